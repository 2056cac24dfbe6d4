// SPDX-License-Identifier: Apache-2.0
#include "core/run/folder_files.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

namespace mtc::run {

Result<std::vector<std::filesystem::path>> folder_files(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code broken;  // Of a link to nothing: it is neither file nor folder then.
    const auto status = at->status(broken);
    const bool is_link = at->is_symlink(broken);
    if (fs::is_directory(status) && !is_link) continue;
    if (!fs::is_regular_file(status)) {
      return Error{Code::invalid_argument,
                   fmt::format("'{}' is neither a file nor a folder{}", at->path().string(),
                               is_link ? " but a link to a folder or to nothing" : ""),
                   folder.string(), is_link ? "replace the link by what it stands for" : "remove it"};
    }
    files.push_back(at->path().lexically_relative(folder));
  }
  if (error) {
    const bool missing = error == std::errc::no_such_file_or_directory;
    return Error{missing ? Code::not_found : Code::permission_denied,
                 "cannot list the folder: " + error.message(), folder.string(),
                 "check the path and its mode"};
  }
  std::ranges::sort(files, {}, [](const fs::path& file) { return file.generic_string(); });
  return files;
}

}  // namespace mtc::run
