// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/image_list.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <system_error>

#include "plugins/data/label_file.hpp"

namespace mtc::data {

namespace {

namespace fs = std::filesystem;

bool is_picture(const fs::path& file) {
  std::string extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  constexpr std::array kExtensions{".jpg", ".jpeg", ".png"};
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

Result<void> add_folder(const std::string& source, std::vector<ImageEntry>& entries) {
  std::error_code error;
  fs::recursive_directory_iterator walk(source, error);
  const fs::recursive_directory_iterator end;
  for (; !error && walk != end; walk.increment(error)) {
    if (!walk->is_regular_file() || !is_picture(walk->path())) continue;
    entries.push_back(
        {walk->path(), walk->path().lexically_relative(source).generic_string(), kUnknownLabel});
  }
  if (!error) return {};
  return Error{Code::not_found, "cannot read the folder of images: " + error.message(), source,
               "name a folder with .jpg or .png files"};
}

/// Labels from the first sub-folder of each file.
Result<void> label_by_folder(ImageList& list) {
  std::set<std::string> classes;
  std::size_t loose = 0;
  for (const auto& entry : list.entries) {
    const auto slash = entry.name.find('/');
    if (slash == std::string::npos) {
      ++loose;
    } else {
      classes.insert(entry.name.substr(0, slash));
    }
  }
  if (loose != 0 && !classes.empty()) {
    return Error{
        Code::invalid_argument, "some images lie in sub-folders and " + std::to_string(loose) + " do not",
        list.entries.front().file.string(), "give every class a sub-folder, or a CSV file as labels"};
  }
  list.classes.assign(classes.begin(), classes.end());
  for (auto& entry : list.entries) {
    const auto slash = entry.name.find('/');
    if (slash == std::string::npos) continue;
    const auto found =
        std::lower_bound(list.classes.begin(), list.classes.end(), entry.name.substr(0, slash));
    entry.label = found - list.classes.begin();
  }
  return {};
}

/// The entry that `name` means: the whole path first, then without its leading folders.
std::map<std::string, ImageEntry>::const_iterator find_entry(const std::map<std::string, ImageEntry>& by_name,
                                                             std::string name) {
  auto found = by_name.find(name);
  for (auto slash = name.find('/'); found == by_name.end() && slash != std::string::npos;
       slash = name.find('/')) {
    name.erase(0, slash + 1);
    found = by_name.find(name);
  }
  return found;
}

Result<ImageList> label_by_files(const std::vector<ImageEntry>& entries,
                                 const std::vector<std::string>& files) {
  std::map<std::string, ImageEntry> by_name;
  for (const auto& entry : entries) by_name.emplace(entry.name, entry);
  ImageList list;
  std::set<fs::path> seen;
  for (const auto& file : files) {
    MTC_ASSIGN(const auto lines, read_label_file(file));
    for (const auto& line : lines) {
      const std::string where = file + ":" + std::to_string(line.line);
      const auto found = find_entry(by_name, fs::path(line.file).lexically_normal().generic_string());
      if (found == by_name.end()) {
        return Error{Code::not_found, "there is no image '" + line.file + "'", where,
                     "write paths relative to the folder of images, or remove the line"};
      }
      ImageEntry entry = found->second;
      if (!seen.insert(entry.file).second) {
        return Error{Code::invalid_argument, "the image '" + line.file + "' is listed twice", where,
                     "remove one of the lines"};
      }
      entry.label = line.label;
      list.entries.push_back(std::move(entry));
    }
  }
  list.unlisted = by_name.size() - list.entries.size();
  return list;
}

}  // namespace

Result<ImageList> list_images(const std::vector<std::string>& sources,
                              const std::vector<std::string>& label_files) {
  ImageList list;
  for (const auto& source : sources) MTC_TRY(add_folder(source, list.entries));
  std::sort(list.entries.begin(), list.entries.end(), [](const ImageEntry& a, const ImageEntry& b) {
    return std::tie(a.name, a.file) < std::tie(b.name, b.file);
  });
  if (!label_files.empty()) {
    MTC_ASSIGN(list, label_by_files(list.entries, label_files));
  } else {
    MTC_TRY(label_by_folder(list));
  }
  if (!list.entries.empty()) return list;
  return Error{Code::not_found, "there are no images", sources.empty() ? std::string() : sources.front(),
               "name a folder with .jpg, .jpeg or .png files"};
}

}  // namespace mtc::data
