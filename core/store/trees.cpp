// SPDX-License-Identifier: Apache-2.0
#include "core/store/trees.hpp"

#include <sys/stat.h>

#include "core/base/file.hpp"
#include "core/store/file_digests.hpp"

namespace mtc::store {

namespace fs = std::filesystem;

namespace {

std::optional<FileIdentity> identity_of(const fs::path& file) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileIdentity(status);
}

}  // namespace

Result<PreparedTree> Trees::prepare(const fs::path& staged, const fs::path& listing_file) {
  MTC_ASSIGN(TreePaths paths, paths_of_tree(staged));
  PreparedTree tree;
  TreeListing listing;
  listing.empty_folders = std::move(paths.empty_folders);
  for (const std::string& file : paths.files) {
    MTC_ASSIGN(PreparedBlob blob, blobs_.prepare(staged / file));
    listing.files.push_back({file, blob.digest, blob.executable});
    tree.bytes += blob.bytes;
    tree.blobs.push_back(std::move(blob));
  }
  MTC_TRY(write_file_atomic(listing_file, listing_text(listing), 0644, file_system_));
  MTC_ASSIGN(PreparedBlob blob, blobs_.prepare(listing_file));
  tree.digest = blob.digest;
  tree.blobs.push_back(std::move(blob));
  return tree;
}

Result<TreeListing> Trees::listing(const Digest& digest) {
  MTC_ASSIGN(const std::string text, blobs_.read(digest));
  return parse_listing(text);
}

std::optional<std::uint64_t> Trees::check(const Digest& digest) {
  const auto listed = listing(digest);
  if (!listed) return std::nullopt;
  std::uint64_t total = 0;
  for (const TreeEntry& file : listed->files) {
    const auto bytes = blobs_.check(file.digest);
    if (!bytes) return std::nullopt;
    total += *bytes;
  }
  return total;
}

bool Trees::intact(const fs::path& folder, const TreeListing& listing) {
  const auto paths = paths_of_tree(folder);
  if (!paths || paths->files.size() != listing.files.size() || paths->empty_folders != listing.empty_folders)
    return false;
  for (std::size_t i = 0; i < listing.files.size(); ++i) {
    const TreeEntry& file = listing.files[i];
    if (paths->files[i] != file.path || !blobs_.check(file.digest)) return false;
    const auto identity = identity_of(folder / file.path);
    if (!identity) return false;
    if (identity == identity_of(layout_.blob(file.digest))) continue;  // Another name of the good blob.
    if (stats_.find(*identity) == file.digest) continue;
    const auto actual = digest_of_file(folder / file.path);
    if (!actual || *actual != file.digest) return false;
    stats_.record(*identity, file.digest);
  }
  return true;
}

Result<void> Trees::build(const TreeListing& listing, const fs::path& folder) {
  for (const std::string& empty : listing.empty_folders) MTC_TRY(make_directories(folder / empty));
  for (const TreeEntry& file : listing.files) {
    const fs::path path = folder / file.path;
    MTC_TRY(make_directories(path.parent_path()));
    MTC_TRY(blobs_.link_to(file.digest, path, file.executable));
  }
  std::error_code ignored;  // What cannot be opened to others is still the owner's.
  fs::permissions(folder, fs::perms(0755), ignored);
  return {};
}

Result<fs::path> Trees::lay_out(const Digest& digest) {
  MTC_ASSIGN(const TreeListing listed, listing(digest));
  const fs::path folder = layout_.tree(digest);
  std::error_code error;
  if (fs::exists(fs::symlink_status(folder, error))) {
    if (intact(folder, listed)) return folder;
    quarantine_.put(folder);
  }
  MTC_TRY(make_directories(folder.parent_path()));
  // Where a gc takes nothing for a leftover, whatever the clock says, as long as this process lives.
  MTC_ASSIGN(const fs::path work, session_.take_folder(layout_.tmp()));
  const fs::path building = work / "tree";
  auto made = make_directories(building);
  if (made) made = build(listed, building);
  if (made) made = rename_path(building, folder, file_system_);
  session_.give_back(work);
  if (made) return folder;
  // Another process may have laid out the same tree meanwhile.
  if (intact(folder, listed)) return folder;
  return std::move(made).error();
}

}  // namespace mtc::store
