// SPDX-License-Identifier: Apache-2.0
#include "core/store/tree_listing.hpp"

#include <algorithm>

#include "core/base/file_system.hpp"
#include "core/base/text.hpp"

namespace mtc::store {

namespace {

constexpr std::size_t kModeDigits = 3;
constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kPathStart = kModeDigits + 1 + kDigestDigits + 1;

/// True for a relative path of plain names.
bool stays_inside(std::string_view path) {
  const auto parts = split(path, '/');
  return std::none_of(parts.begin(), parts.end(),
                      [](const std::string& part) { return part.empty() || part == "." || part == ".."; });
}

bool parse_line(std::string_view line, TreeEntry& entry) {
  if (line.size() <= kPathStart || line[kModeDigits] != ' ' || line[kPathStart - 1] != ' ') return false;
  const std::string_view mode = line.substr(0, kModeDigits);
  if (mode != "644" && mode != "755") return false;
  entry.executable = mode == "755";
  entry.digest = Digest(line.substr(kModeDigits + 1, kDigestDigits));
  entry.path = std::string(line.substr(kPathStart));
  return is_digest(entry.digest) && stays_inside(entry.path);
}

Error bad_entry(const std::filesystem::path& path, const char* what) {
  Error error{Code::invalid_argument, std::string("an output folder holds ") + what, path.string(),
              "outputs may hold regular files and folders only"};
  error.plugin_fault = true;
  return error;
}

}  // namespace

std::string listing_text(std::vector<TreeEntry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const TreeEntry& a, const TreeEntry& b) { return a.path < b.path; });
  std::string text;
  for (const TreeEntry& entry : entries)
    text.append(entry.executable ? "755 " : "644 ")
        .append(entry.digest)
        .append(" ")
        .append(entry.path)
        .append("\n");
  return text;
}

Result<std::vector<TreeEntry>> parse_listing(std::string_view text) {
  std::vector<TreeEntry> entries;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    TreeEntry entry;
    if (end == std::string_view::npos || !parse_line(text.substr(0, end), entry) ||
        (!entries.empty() && entries.back().path >= entry.path))
      return Error{Code::data_loss, "damaged folder listing at line " + std::to_string(entries.size() + 1),
                   "", ""};
    entries.push_back(std::move(entry));
    text.remove_prefix(end + 1);
  }
  return entries;
}

Result<std::vector<std::string>> files_of_tree(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    const fs::file_status status = it->symlink_status(error);
    if (error) break;
    if (fs::is_directory(status)) continue;
    if (fs::is_symlink(status)) return bad_entry(it->path(), "a symbolic link");
    if (!fs::is_regular_file(status)) return bad_entry(it->path(), "something that is no regular file");
    std::string relative = it->path().lexically_relative(folder).generic_string();
    if (relative.find('\n') != std::string::npos) return bad_entry(it->path(), "a name with a line break");
    files.push_back(std::move(relative));
  }
  if (error) return errno_error(error.value(), "cannot list", folder);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace mtc::store
