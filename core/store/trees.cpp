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

Result<PreparedTree> Trees::prepare(const fs::path& staged, const fs::path& listing_file,
                                    FileSystem& file_system) {
  MTC_ASSIGN(const std::vector<std::string> files, files_of_tree(staged));
  PreparedTree tree;
  std::vector<TreeEntry> entries;
  for (const std::string& file : files) {
    MTC_ASSIGN(PreparedBlob blob, blobs_.prepare(staged / file));
    entries.push_back({file, blob.digest, blob.executable});
    tree.bytes += blob.bytes;
    tree.blobs.push_back(std::move(blob));
  }
  MTC_TRY(write_file_atomic(listing_file, listing_text(std::move(entries)), 0644, file_system));
  MTC_ASSIGN(PreparedBlob listing, blobs_.prepare(listing_file));
  tree.digest = listing.digest;
  tree.blobs.push_back(std::move(listing));
  return tree;
}

Result<std::vector<TreeEntry>> Trees::entries(const Digest& digest) {
  MTC_ASSIGN(const std::string text, blobs_.read(digest));
  return parse_listing(text);
}

std::optional<std::uint64_t> Trees::check(const Digest& digest) {
  const auto listed = entries(digest);
  if (!listed) return std::nullopt;
  std::uint64_t total = 0;
  for (const TreeEntry& entry : *listed) {
    const auto bytes = blobs_.check(entry.digest);
    if (!bytes) return std::nullopt;
    total += *bytes;
  }
  return total;
}

bool Trees::intact(const fs::path& folder, const std::vector<TreeEntry>& entries) {
  const auto files = files_of_tree(folder);
  if (!files || files->size() != entries.size()) return false;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const TreeEntry& entry = entries[i];
    if ((*files)[i] != entry.path || !blobs_.check(entry.digest)) return false;
    const auto identity = identity_of(folder / entry.path);
    if (!identity) return false;
    if (identity == identity_of(layout_.blob(entry.digest))) continue;  // Another name of the good blob.
    if (stats_.find(*identity) == entry.digest) continue;
    const auto actual = digest_of_file(folder / entry.path);
    if (!actual || *actual != entry.digest) return false;
    stats_.record(*identity, entry.digest);
  }
  return true;
}

Result<fs::path> Trees::lay_out(const Digest& digest) {
  MTC_ASSIGN(const std::vector<TreeEntry> listed, entries(digest));
  const fs::path folder = layout_.tree(digest);
  std::error_code error;
  if (fs::exists(fs::symlink_status(folder, error))) {
    if (intact(folder, listed)) return folder;
    quarantine_.put(folder);
  }
  MTC_TRY(make_directories(folder.parent_path()));
  MTC_ASSIGN(const fs::path building, make_private_folder(folder.parent_path(), ".building-"));
  // A kill from here on leaves a folder that no digest names; clear() takes it along.
  const auto build = [&]() -> Result<void> {
    for (const TreeEntry& entry : listed) {
      const fs::path file = building / entry.path;
      MTC_TRY(make_directories(file.parent_path()));
      MTC_TRY(blobs_.link_to(entry.digest, file, entry.executable));
    }
    fs::permissions(building, fs::perms(0755), error);
    if (auto renamed = rename_durably(building, folder); !renamed) {
      // Another process may have laid out the same tree meanwhile.
      if (intact(folder, listed)) return remove_tree(building);
      return renamed;
    }
    return {};
  };
  if (auto built = build(); !built) {
    static_cast<void>(remove_tree(building));  // The first error counts.
    return std::move(built).error();
  }
  return folder;
}

}  // namespace mtc::store
