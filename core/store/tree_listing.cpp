// SPDX-License-Identifier: Apache-2.0
#include "core/store/tree_listing.hpp"

#include <algorithm>
#include <map>

#include "core/base/file_system.hpp"
#include "core/base/text.hpp"

namespace mtc::store {

namespace {

constexpr std::size_t kModeDigits = 3;
constexpr std::size_t kDigestDigits = 64;
constexpr std::string_view kPlain = "644";
constexpr std::string_view kExecutable = "755";
constexpr std::string_view kFolder = "dir";
constexpr std::size_t kPathStart = kModeDigits + 1 + kDigestDigits + 1;

const Digest& digest_of_nothing() {
  static const Digest digest = digest_of("");
  return digest;
}

/// Adds what one line says; false for a line that listing_text() does not write.
bool parse_line(std::string_view line, TreeListing& listing) {
  if (line.size() <= kPathStart || line[kModeDigits] != ' ' || line[kPathStart - 1] != ' ') return false;
  const std::string_view mode = line.substr(0, kModeDigits);
  const Digest digest(line.substr(kModeDigits + 1, kDigestDigits));
  std::string path(line.substr(kPathStart));
  if (!is_digest(digest) || !stays_inside(path)) return false;
  if (mode == kFolder && digest == digest_of_nothing()) {
    listing.empty_folders.push_back(std::move(path));
    return true;
  }
  if (mode != kPlain && mode != kExecutable) return false;
  listing.files.push_back({std::move(path), digest, mode == kExecutable});
  return true;
}

Error bad_entry(const std::filesystem::path& path, const char* what) {
  Error error{Code::invalid_argument, std::string("an output folder holds ") + what, path.string(),
              "outputs may hold regular files and folders only"};
  error.plugin_fault = true;
  return error;
}

}  // namespace

bool stays_inside(std::string_view path) {
  const auto parts = split(path, '/');
  return std::none_of(parts.begin(), parts.end(),
                      [](const std::string& part) { return part.empty() || part == "." || part == ".."; });
}

std::string listing_text(const TreeListing& listing) {
  std::map<std::string_view, std::string> lines;
  for (const TreeEntry& file : listing.files)
    lines[file.path] = std::string(file.executable ? kExecutable : kPlain) + " " + file.digest;
  for (const std::string& folder : listing.empty_folders)
    lines[folder] = std::string(kFolder) + " " + digest_of_nothing();
  std::string text;
  for (const auto& [path, line] : lines) text.append(line).append(" ").append(path).append("\n");
  return text;
}

Result<TreeListing> parse_listing(std::string_view text) {
  TreeListing listing;
  std::string last;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (end == std::string_view::npos || !parse_line(line, listing) ||
        (number > 1 && line.substr(kPathStart) <= last))
      return Error{Code::data_loss, "damaged folder listing at line " + std::to_string(number), "",
                   "run the same command again"};
    last = std::string(line.substr(kPathStart));
    text.remove_prefix(end + 1);
  }
  return listing;
}

Result<TreePaths> paths_of_tree(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  TreePaths paths;
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    const fs::file_status status = it->symlink_status(error);
    if (error) break;
    const bool inner = fs::is_directory(status);
    if (fs::is_symlink(status)) return bad_entry(it->path(), "a symbolic link");
    if (!inner && !fs::is_regular_file(status))
      return bad_entry(it->path(), "something that is no regular file");
    std::string relative = it->path().lexically_relative(folder).generic_string();
    if (relative.find('\n') != std::string::npos) return bad_entry(it->path(), "a name with a line break");
    const bool empty = inner && fs::is_empty(it->path(), error);
    if (error) break;
    if (!inner || empty) (inner ? paths.empty_folders : paths.files).push_back(std::move(relative));
  }
  if (error) return errno_error(error.value(), "cannot list", folder);
  std::sort(paths.files.begin(), paths.files.end());
  std::sort(paths.empty_folders.begin(), paths.empty_folders.end());
  return paths;
}

}  // namespace mtc::store
