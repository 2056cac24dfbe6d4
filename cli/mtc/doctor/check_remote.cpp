// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "cli/mtc/doctor/checks.hpp"
#include "cli/mtc/remote_options.hpp"
#include "core/base/digest.hpp"
#include "core/base/file.hpp"
#include "core/remote/program.hpp"

namespace mtc::cli {
namespace {

constexpr double kPatienceS = 5;
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 20U;

Check trouble(const std::string& url, const Error& error) {
  return {"remote", url, Check::Status::warn, error.message,
          error.hint.empty() ? "runs go on without it; see docs/cache.md" : error.hint};
}

}  // namespace

Checks check_remote(const remote::Options& asked) {
  auto options = complete_remote_options(asked);
  if (!options)
    return {{"remote", asked.url, Check::Status::missing, options.error().message, options.error().hint}};
  if (options->url.empty()) return {};
  options->timeout_s = std::min(options->timeout_s, kPatienceS);
  auto program = remote::Program::start(*options);
  if (!program) return {trouble(options->url, program.error())};
  const auto folder = make_private_folder(std::filesystem::temp_directory_path(), "mtc-doctor-");
  if (!folder) return {trouble(options->url, folder.error())};
  const auto reply = (*program)->find({digest_of("mtc doctor"), *folder / "entry", kMostBytes});
  auto removed = remove_tree(*folder);
  static_cast<void>(removed);  // What stays in /tmp harms nobody.
  if (reply.kind == remote::Reply::Kind::failed) return {trouble(options->url, reply.error)};
  return {{"remote", options->url, Check::Status::ok, "answers", {}}};
}

}  // namespace mtc::cli
