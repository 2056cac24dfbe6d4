// SPDX-License-Identifier: Apache-2.0
#include "core/store/materialise.hpp"

#include <sys/stat.h>

#include "core/base/file.hpp"
#include "core/store/file_digests.hpp"
#include "core/store/session.hpp"

namespace mtc::store {

namespace fs = std::filesystem;

namespace {

constexpr const char* kWork = ".mtc-new-";

mode_t mode_of(bool executable) { return executable ? 0755 : 0644; }

Error in_the_way(const fs::path& destination, const char* what) {
  return {Code::already_exists, std::string("cannot write the output: ") + what + " is in the way",
          destination.string(), "move it away, or choose another place"};
}

fs::file_type type_of(const fs::path& path) {
  std::error_code ignored;  // What cannot be looked at counts as absent; writing it then says why.
  return fs::symlink_status(path, ignored).type();
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// Puts the folder `made` in the place of `destination`, which may exist: in one step where the file system
/// can, so that a kill leaves the old folder or the new one there.
Result<void> replace_folder(const fs::path& made, const fs::path& destination, const fs::path& aside,
                            FileSystem& file_system) {
  if (type_of(destination) != fs::file_type::directory) return rename_path(made, destination, file_system);
  MTC_ASSIGN(const bool exchanged, exchange_paths(made, destination, file_system));
  if (exchanged) return {};
  MTC_TRY(rename_path(destination, aside, file_system));
  auto renamed = rename_path(made, destination, file_system);
  if (!renamed) static_cast<void>(rename_path(aside, destination, file_system));  // The first error counts.
  return renamed;
}

}  // namespace

bool Materialiser::same_file(const fs::path& file, const Digest& digest, bool executable) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  if ((status.st_mode & 0777U) != mode_of(executable)) return false;
  const auto actual = digest_by_stat(file, stats_, clock_);
  return actual && *actual == digest;
}

bool Materialiser::same_folder(const fs::path& folder, const TreeListing& listing) {
  const auto paths = paths_of_tree(folder);
  if (!paths || paths->files.size() != listing.files.size() || paths->empty_folders != listing.empty_folders)
    return false;
  for (std::size_t i = 0; i < listing.files.size(); ++i) {
    const TreeEntry& file = listing.files[i];
    if (paths->files[i] != file.path) return false;
    if (!same_file(folder / file.path, file.digest, file.executable)) return false;
  }
  return true;
}

Result<void> Materialiser::copy(const Digest& digest, const fs::path& to, bool executable) {
  if (!blobs_.check(digest)) return blob_missing(digest);
  MTC_TRY(clone_file(layout_.blob(digest), to, mode_of(executable), file_system_));
  remember(to, digest, stats_);
  return {};
}

Result<void> Materialiser::file(const Digest& digest, const fs::path& destination, bool executable) {
  if (type_of(destination) == fs::file_type::directory) return in_the_way(destination, "a folder");
  if (same_file(destination, digest, executable)) return {};
  MTC_TRY(make_directories(folder_of(destination)));
  return copy(digest, destination, executable);
}

Result<void> Materialiser::folder(const Digest& digest, const fs::path& destination) {
  const fs::file_type type = type_of(destination);
  if (type != fs::file_type::directory && type != fs::file_type::not_found && type != fs::file_type::none)
    return in_the_way(destination, "a file");
  MTC_ASSIGN(const TreeListing listing, trees_.listing(digest));
  Session::remove_abandoned(folder_of(destination), kWork);
  if (type == fs::file_type::directory && same_folder(destination, listing)) return {};
  // Built beside its place, so that a failure leaves what is there untouched.
  Session session(kWork);
  MTC_ASSIGN(const fs::path work, session.take_folder(folder_of(destination)));
  const fs::path made = work / "new";
  MTC_TRY(make_directories(made));
  for (const std::string& empty : listing.empty_folders) MTC_TRY(make_directories(made / empty));
  for (const TreeEntry& entry : listing.files) {
    const fs::path file = made / entry.path;
    MTC_TRY(make_directories(file.parent_path()));
    MTC_TRY(copy(entry.digest, file, entry.executable));
  }
  return replace_folder(made, destination, work / "old", file_system_);
}

}  // namespace mtc::store
