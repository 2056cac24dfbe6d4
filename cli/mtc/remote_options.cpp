// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/remote_options.hpp"

#include <cstdlib>

#include "core/base/text.hpp"

namespace mtc::cli {
namespace {

constexpr const char* kToken = "MTC_REMOTE_TOKEN";
constexpr const char* kAuthorities = "MTC_REMOTE_CA";
constexpr const char* kTimeout = "MTC_REMOTE_TIMEOUT";

std::string remote_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

void add_remote_options(CLI::App& app, remote::Options& options) {
  app.add_option("--remote", options.url, "Share results through this cache (default: $MTC_REMOTE)")
      ->envname("MTC_REMOTE")
      ->type_name("URL");
  app.add_flag("--remote-read-only", options.read_only, "Take results from the remote cache, upload none")
      ->envname("MTC_REMOTE_READ_ONLY");
  app.add_flag("--remote-strict", options.strict, "Exit with 8 when the remote cache fails")
      ->envname("MTC_REMOTE_STRICT");
  app.add_flag("--remote-zstd", options.zstd,
               "Compress uploads: for servers that undo Content-Encoding: zstd, such as bazel-remote")
      ->envname("MTC_REMOTE_ZSTD");
}

Result<remote::Options> complete_remote_options(remote::Options options) {
  options.token = remote_variable(kToken);
  ::unsetenv(kToken);
  options.ca_file = remote_variable(kAuthorities);
  const auto timeout = remote_variable(kTimeout);
  if (timeout.empty()) return options;
  const auto seconds = parse_number(timeout);
  if (!seconds || *seconds <= 0) {
    return Error{Code::invalid_argument, "'" + timeout + "' is not a number of seconds above 0", kTimeout,
                 "write for example MTC_REMOTE_TIMEOUT=10"};
  }
  options.timeout_s = *seconds;
  return options;
}

}  // namespace mtc::cli
