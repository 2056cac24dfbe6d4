// SPDX-License-Identifier: Apache-2.0
#include "core/store/verifier.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "core/base/checkpoint_folder.hpp"
#include "core/base/file.hpp"
#include "core/store/action_lock.hpp"
#include "core/store/file_digests.hpp"
#include "core/store/result_json.hpp"

namespace mtc::store {

namespace fs = std::filesystem;

Result<VerifyReport> Verifier::run() {
  MTC_ASSIGN(inventory_, take_inventory(state_.layout, state_.clock.now_unix_s()));
  MTC_TRY(blobs());
  MTC_TRY(entries());
  documents();
  trees();
  MTC_TRY(checkpoints());
  state_.stats.flush();
  return report_;
}

void Verifier::damaged(const char* kind, const fs::path& path, std::string what) {
  if (repair_) state_.quarantine.put(path);
  report_.damage.push_back({kind, path, std::move(what), repair_});
}

Result<void> Verifier::blobs() {
  std::uint64_t total = 0;
  for (const auto& [digest, bytes] : inventory_.blobs) total += bytes;
  for (const auto& [digest, bytes] : inventory_.blobs) {
    if (progress_) progress_("reading blobs", report_.blobs.bytes, total, "bytes");
    MTC_TRY(blob(digest));
    ++report_.blobs.count;
    report_.blobs.bytes += bytes;
  }
  return {};
}

Result<void> Verifier::blob(const Digest& digest) {
  const fs::path file = state_.layout.blob(digest);
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) return {};  // A run found it damaged, and moved it away.
  if (!S_ISREG(status.st_mode)) {
    damaged("blob", file, "it is no regular file");
    return {};
  }
  const auto actual = digest_of_file(file);
  if (actual && *actual == digest) {
    good_[digest] = static_cast<std::uint64_t>(status.st_size);
    state_.stats.record(FileIdentity(status), digest);
    return {};
  }
  if (!actual && actual.error().code == Code::not_found) return {};
  // A lack of memory or descriptors is not the blob's fault.
  if (!actual && actual.error().code != Code::data_loss) return actual.error();
  damaged("blob", file, actual ? "its content has digest " + *actual : actual.error().message);
  return {};
}

std::optional<std::uint64_t> Verifier::good_blob(const Digest& digest) {
  const auto found = good_.find(digest);
  if (found != good_.end()) return found->second;
  if (inventory_.blobs.contains(digest)) return std::nullopt;
  // It came after the walk, with an entry that the walk still met.
  const auto actual = digest_of_file(state_.layout.blob(digest));
  std::error_code error;
  const auto bytes = fs::file_size(state_.layout.blob(digest), error);
  if (!actual || *actual != digest || error) return std::nullopt;
  good_[digest] = bytes;
  return bytes;
}

std::string Verifier::fault_of(const Entry& entry) {
  for (const Digest& digest : entry.blobs) {
    if (!good_blob(digest)) return "blob " + digest + " is missing or damaged";
  }
  for (const StoredOutput& output : entry.result.outputs) {
    std::uint64_t bytes = *good_blob(output.digest);
    if (output.folder) {
      const auto text = read_file(state_.layout.blob(output.digest));
      const auto listing = text ? parse_listing(*text) : Result<TreeListing>(text.error());
      if (!listing) return "output " + output.name + ": " + listing.error().message;
      bytes = 0;
      for (const TreeEntry& file : listing->files) bytes += good_blob(file.digest).value_or(0);
    }
    if (bytes != output.bytes)
      return "output " + output.name + " has " + std::to_string(bytes) + " bytes instead of " +
             std::to_string(output.bytes);
  }
  return {};
}

Result<void> Verifier::entries() {
  for (const Entry& entry : inventory_.entries) {
    ++(entry.record ? report_.records : report_.results);
    // Read again: with its blobs checked, a listing that could not be read before is known to be damaged.
    if (std::string fault = fault_of(entry); !fault.empty())
      damaged(entry.record ? "record" : "result", entry.file, std::move(fault));
  }
  for (const fs::path& file : inventory_.damaged) {
    const bool record = file.extension() == ".json";
    ++(record ? report_.records : report_.results);
    damaged(record ? "record" : "result", file, "it is not what was written");
  }
  return {};
}

void Verifier::documents() {
  for (const auto& [key, bytes] : inventory_.documents) {
    ++report_.documents;
    const fs::path file = state_.layout.action(key);
    const auto actual = digest_of_file(file);
    if (!actual && actual.error().code == Code::not_found) continue;
    if (!actual || *actual != key)
      damaged("document", file, actual ? "its content has digest " + *actual : actual.error().message);
  }
}

std::string Verifier::fault_of_tree(const Digest& digest) {
  const fs::path folder = state_.layout.tree(digest);
  const auto text = good_blob(digest) ? read_file(state_.layout.blob(digest)) : Result<std::string>(Error());
  const auto listing = text ? parse_listing(*text) : Result<TreeListing>(text.error());
  if (!listing) return "its listing is missing or damaged";
  const auto paths = paths_of_tree(folder);
  if (!paths) return paths.error().message;
  if (paths->files.size() != listing->files.size() || paths->empty_folders != listing->empty_folders)
    return "it holds other files than its listing";
  for (std::size_t i = 0; i < listing->files.size(); ++i) {
    const TreeEntry& file = listing->files[i];
    if (paths->files[i] != file.path) return "it holds other files than its listing";
    std::error_code error;
    if (fs::equivalent(folder / file.path, state_.layout.blob(file.digest), error) && good_blob(file.digest))
      continue;
    const auto actual = digest_of_file(folder / file.path);
    if (!actual || *actual != file.digest) return "file " + file.path + " has another content";
  }
  return {};
}

void Verifier::trees() {
  for (const auto& [digest, bytes] : inventory_.trees) {
    ++report_.trees;
    std::error_code error;
    if (!fs::exists(state_.layout.tree(digest), error)) continue;
    if (std::string fault = fault_of_tree(digest); !fault.empty())
      damaged("tree", state_.layout.tree(digest), std::move(fault));
  }
}

Result<void> Verifier::checkpoints() {
  for (const KeptCheckpoints& kept : inventory_.checkpoints) {
    // Who has the locks writes them: the run, and the worker, which may outlive a killed run by an instant.
    MTC_ASSIGN(const auto lock, ActionLock::try_take(state_.layout.root(), kept.key));
    if (!lock) continue;
    const fs::path folder = state_.layout.checkpoints(kept.key);
    MTC_ASSIGN(const auto worker, FileLock::try_lock(folder / "lock"));
    if (!worker) continue;
    MTC_ASSIGN(const auto paths, checkpoints_in(folder));
    for (const fs::path& path : paths) {
      ++report_.checkpoints;
      const auto checkpoint = read_checkpoint(path);
      if (!checkpoint && checkpoint.error().code == Code::resource_exhausted) return checkpoint.error();
      // One of another format is another mtc's to judge.
      if (!checkpoint && checkpoint.error().code == Code::data_loss)
        damaged("checkpoint", path, checkpoint.error().message);
    }
  }
  return {};
}

}  // namespace mtc::store
