// SPDX-License-Identifier: Apache-2.0
#include "core/run/output_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <system_error>

#include "core/base/digest.hpp"

namespace mtc::run {
namespace {

constexpr std::size_t kLongestName = 200;
constexpr std::size_t kDigits = 8;

bool is_kept(unsigned char c) {
  return std::isalnum(c) != 0 ||
         std::string_view("-_=.[],").find(static_cast<char>(c)) != std::string_view::npos;
}

Error cannot_write(const std::filesystem::path& folder, const std::string& why,
                   const std::string& what_to_do) {
  return {Code::invalid_argument, "cannot write outputs to '" + folder.string() + "': " + why,
          folder.string(), what_to_do};
}

}  // namespace

std::string file_name(const std::string& text) {
  std::string name = text;
  std::ranges::replace_if(
      name, [](unsigned char c) { return !is_kept(c); }, '_');
  if (name == text && name.size() <= kLongestName) return name;
  return name.substr(0, kLongestName) + "-" + digest_of(text).substr(0, kDigits);
}

std::filesystem::path output_folder(const std::filesystem::path& out, const pipeline::Variant& variant) {
  auto folder = out / file_name(variant.stage);
  for (const auto& axis : variant.axes) folder /= file_name(axis.name + "=" + axis.value);
  return folder;
}

Result<void> check_can_write(const std::filesystem::path& folder, const std::string& choose_another) {
  for (auto path = folder;; path = path.parent_path()) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
      const int number = errno;
      if ((number == ENOENT || number == ENOTDIR) && path.has_relative_path()) continue;
      return cannot_write(folder, std::generic_category().message(number), choose_another);
    }
    if (!S_ISDIR(status.st_mode)) {
      return cannot_write(folder, "'" + path.string() + "' is a file, not a folder",
                          "move the file away, or " + choose_another);
    }
    if (::faccessat(AT_FDCWD, path.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return {};
    return cannot_write(folder, "'" + path.string() + "': " + std::generic_category().message(errno),
                        "let this user write there, or " + choose_another);
  }
}

Result<void> check_outputs(const pipeline::Plan& plan, const std::filesystem::path& out) {
  for (const auto& variant : plan.variants)
    MTC_TRY(check_can_write(output_folder(out, variant), "choose another folder with --out"));
  return {};
}

}  // namespace mtc::run
