// SPDX-License-Identifier: Apache-2.0
//
// Files and folders: whole reads, atomic writes, copies, removal. A file appears by temp → rename, so a kill
// at any instant leaves the old content or the new; what must outlast a power cut is fsynced as well.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/fd.hpp"
#include "core/base/file_lock.hpp"
#include "core/base/file_system.hpp"
#include "mtc/result.hpp"

namespace mtc {

/// What a finished write outlasts: the death of the process, or that of the machine too. The latter costs an
/// fsync of the file before it gets its name and one of its folder after.
enum class Outlasts { kill, power_cut };

/// The whole content. Errors: not_found, permission_denied, data_loss; out_of_range over `max_bytes`.
Result<std::string> read_file(const std::filesystem::path& file,
                              std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max());

/// Writes all of `bytes`, going on after short writes. Errors: resource_exhausted (disk full), data_loss;
/// `name` is for messages.
Result<void> write_all(int descriptor, std::string_view bytes, const std::filesystem::path& name,
                       FileSystem& file_system = FileSystem::real());

/// Replaces `file` by `content`, atomically; its folder must exist. On an error the old file stands and no
/// temporary file is left. Errors: as errno_error().
Result<void> write_file_atomic(const std::filesystem::path& file, std::string_view content,
                               mode_t mode = 0644, FileSystem& file_system = FileSystem::real(),
                               Outlasts outlasts = Outlasts::kill);

/// Makes `to` a copy of the regular file `from`, atomically: shared blocks (reflink) where the file system
/// can, else bytes. `mode` is what the copy gets (umask is not applied). Errors: as errno_error().
Result<void> clone_file(const std::filesystem::path& from, const std::filesystem::path& to, mode_t mode,
                        FileSystem& file_system = FileSystem::real());

/// Renames; replaces a file at `to`. Errors: as errno_error().
Result<void> rename_path(const std::filesystem::path& from, const std::filesystem::path& to,
                         FileSystem& file_system = FileSystem::real());

/// Lets `a` and `b`, of one file system, change places in one step: at every instant both names exist. False
/// where the kernel or the file system cannot. Errors: as errno_error().
Result<bool> exchange_paths(const std::filesystem::path& a, const std::filesystem::path& b,
                            FileSystem& file_system = FileSystem::real());

/// fsync of a file or of a folder (its entries).
Result<void> sync_path(const std::filesystem::path& path, FileSystem& file_system = FileSystem::real());

/// Makes `folder` and what is missing above it; fine when it exists.
Result<void> make_directories(const std::filesystem::path& folder);

/// Removes a file, or a folder with all that is in it, also where files and folders are read-only; fine when
/// it does not exist. Symbolic links are removed, not followed.
Result<void> remove_tree(const std::filesystem::path& path);

/// A new private folder "<prefix>XXXXXX" in `parent`.
Result<std::filesystem::path> make_private_folder(const std::filesystem::path& parent,
                                                  std::string_view prefix);

/// The bytes of all regular files under `folder`; 0 when it does not exist. Hard links count once.
Result<std::uint64_t> bytes_under(const std::filesystem::path& folder);

}  // namespace mtc
