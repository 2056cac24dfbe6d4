// SPDX-License-Identifier: Apache-2.0
//
// The checkpoints of one action on disk. The worker writes them and the next attempt reads them; the store
// looks after the folder.
//
//   00000012/files/…   what the plugin wrote; a higher number is newer
//   00000012/seal      text: "mtc-checkpoint 1", "label <text>", a line "<crc32> <bytes> <path>" a file,
//                      sorted by path, and "end <crc32 of the lines above>"
//   new/files/…        what is being written, without a seal
//   lock               locked by the process that writes
//
// A checkpoint gets its number by one rename, after it and its seal were fsynced: it is there whole, or not
// at all. What a disk does to it later shows in the seal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/file_lock.hpp"
#include "core/base/file_system.hpp"
#include "mtc/result.hpp"

namespace mtc {

struct Checkpoint {
  std::filesystem::path folder;  ///< What the plugin wrote.
  std::string label;             ///< What it is: "after epoch 3 of 10".
  std::uint64_t bytes = 0;
};

/// For the one attempt that goes on. The driver of another may have been killed, and its worker not yet:
/// every function waits until that is gone.
class CheckpointFolder {
 public:
  explicit CheckpointFolder(std::filesystem::path folder, FileSystem& file_system = FileSystem::real())
      : folder_(std::move(folder)), file_system_(file_system) {}

  /// As newest_checkpoint().
  Result<std::optional<Checkpoint>> newest(std::vector<Error>& damaged);

  /// An empty folder for the next one; what another begin() started is dropped.
  Result<std::filesystem::path> begin();
  /// Makes what is in that folder the newest checkpoint and removes the older ones. Errors:
  /// failed_precondition without begin(), or for a folder without files; invalid_argument for symbolic links,
  /// devices, and names or a label with a line break; resource_exhausted (disk full).
  Result<Checkpoint> commit(std::string_view label);
  /// Drops what begin() started.
  Result<void> discard();

 private:
  Result<void> own();

  std::filesystem::path folder_;
  FileSystem& file_system_;
  std::optional<FileLock> lock_;
  bool begun_ = false;
};

/// The folders of checkpoints in `folder` (00000012 …), the newest first. A folder that does not exist has
/// none. Errors: as errno_error().
Result<std::vector<std::filesystem::path>> checkpoints_in(const std::filesystem::path& folder);

/// The newest whole checkpoint in `folder`; what is wrong with newer ones is added to `damaged`. Errors: as
/// errno_error().
Result<std::optional<Checkpoint>> newest_checkpoint(const std::filesystem::path& folder,
                                                    std::vector<Error>& damaged);

/// Reads a checkpoint (…/00000012) and compares it with its seal. Errors: data_loss, saying what differs;
/// failed_precondition for a format that this mtc does not know.
Result<Checkpoint> read_checkpoint(const std::filesystem::path& path);

}  // namespace mtc
