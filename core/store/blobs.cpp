// SPDX-License-Identifier: Apache-2.0
#include "core/store/blobs.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <set>

#include "core/base/file.hpp"
#include "core/store/file_digests.hpp"

namespace mtc::store {

namespace fs = std::filesystem;

namespace {

constexpr mode_t kBlobMode = 0444;
constexpr mode_t kExecutableMode = 0555;

Error no_regular_file(const fs::path& staged) {
  Error error{Code::invalid_argument, "the output is not a regular file", staged.string(),
              "the plugin must write a file at the path that it was given"};
  error.plugin_fault = true;
  return error;
}

}  // namespace

Error blob_missing(const Digest& digest) {
  return {Code::data_loss, "the store has no good copy of " + digest, "", "run the same command again", true};
}

std::optional<std::uint64_t> Blobs::check(const Digest& digest) {
  const fs::path file = layout_.blob(digest);
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) return std::nullopt;
  const FileIdentity identity(status);
  if (stats_.find(identity) == digest) return static_cast<std::uint64_t>(status.st_size);
  // The age rule for users' files does not hold here: nobody writes to a blob in the ordinary way.
  const auto actual = S_ISREG(status.st_mode) ? digest_of_file(file) : Result<Digest>(Digest());
  if (!actual && actual.error().code != Code::data_loss)
    return std::nullopt;  // Not its fault: no descriptor left …
  if (!actual || *actual != digest) {
    quarantine_.put(file);
    return std::nullopt;
  }
  stats_.record(identity, digest);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<PreparedBlob> Blobs::prepare(const fs::path& staged) {
  struct stat status {};
  if (::lstat(staged.c_str(), &status) != 0) return errno_error(errno, "cannot read the output", staged);
  if (!S_ISREG(status.st_mode)) return no_regular_file(staged);
  if (status.st_nlink > 1) {
    // Another name of the same file is in somebody's hands: take a copy that is ours alone.
    MTC_TRY(clone_file(staged, staged, status.st_mode & 0777U, file_system_));
  }
  const Fd fd(file_system_.open(staged.c_str(), O_RDONLY, 0));
  if (!fd) return errno_error(errno, "cannot open", staged);
  if (::fchmod(fd.get(), kBlobMode) != 0) return errno_error(errno, "cannot set the mode of", staged);
  PreparedBlob blob;
  blob.staged = staged;
  blob.bytes = static_cast<std::uint64_t>(status.st_size);
  blob.executable = (status.st_mode & S_IXUSR) != 0;
  MTC_ASSIGN(blob.digest, digest_of_descriptor(fd.get(), staged));
  return blob;
}

Result<std::uint64_t> Blobs::take_in(const std::vector<PreparedBlob>& blobs) {
  std::uint64_t taken = 0;
  for (const PreparedBlob& blob : blobs) {
    const fs::path file = layout_.blob(blob.digest);
    if (check(blob.digest)) continue;  // Its staged twin goes with the staging folder.
    MTC_TRY(make_directories(file.parent_path()));
    if (file_system_.rename(blob.staged.c_str(), file.c_str()) != 0)
      return errno_error(errno, "cannot take in " + blob.staged.string() + " as", file);
    remember(file, blob.digest, stats_);
    taken += blob.bytes;
  }
  return taken;
}

Result<void> Blobs::sync(const std::vector<Digest>& digests) {
  std::set<fs::path> folders;
  for (const Digest& digest : std::set<Digest>(digests.begin(), digests.end())) {
    const fs::path file = layout_.blob(digest);
    const Fd fd(file_system_.open(file.c_str(), O_RDONLY, 0));
    if (!fd) return errno_error(errno, "cannot open", file);
    if (file_system_.fsync(fd.get()) != 0) return errno_error(errno, "cannot write", file);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return errno_error(errno, "cannot read", file);
    stats_.record_synced(FileIdentity(status), digest);
    folders.insert(file.parent_path());
    folders.insert(file.parent_path().parent_path());
  }
  for (const fs::path& folder : folders) MTC_TRY(sync_path(folder, file_system_));
  return {};
}

Result<std::string> Blobs::read(const Digest& digest) {
  if (!check(digest)) return blob_missing(digest);
  return read_file(layout_.blob(digest));
}

Result<void> Blobs::link_to(const Digest& digest, const fs::path& to, bool executable) {
  if (!check(digest)) return blob_missing(digest);
  const fs::path file = layout_.blob(digest);
  if (executable) {
    MTC_TRY(clone_file(file, to, kExecutableMode, file_system_));
    remember(to, digest, stats_);
    return {};
  }
  if (file_system_.link(file.c_str(), to.c_str()) != 0) {
    // Too many links, or a file system without them.
    MTC_TRY(clone_file(file, to, kBlobMode, file_system_));
    remember(to, digest, stats_);
    return {};
  }
  remember(file, digest, stats_);  // A new link changes the ctime of the blob.
  return {};
}

}  // namespace mtc::store
