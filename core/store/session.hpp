// SPDX-License-Identifier: Apache-2.0
//
// The part of tmp/ that belongs to one open store: tmp/<session>/ with a locked tmp/<session>.lock beside it.
// When the process is gone, however it went, the lock is free and the next writer removes both. Folders for
// people are built the same way, beside their place.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/file.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

/// Safe from any thread.
class Session {
 public:
  static constexpr const char* kStaging = "session-";

  /// `prefix` begins the names of its folder and lock, and of no other files where they lie.
  explicit Session(std::string prefix = kStaging) : prefix_(std::move(prefix)) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { end(); }

  /// Removes what sessions of `prefix` left in `parent` whose process is gone.
  static void remove_abandoned(const std::filesystem::path& parent, const std::string& prefix);

  /// A private folder inside the session's own, which the first call makes in `tmp`. It holds no files; one
  /// that came back may hold empty folders.
  Result<std::filesystem::path> take_folder(const std::filesystem::path& tmp);
  /// Empties a folder of take_folder() and keeps it for the next call: on a disk that discards freed blocks
  /// at once, making and removing folders costs more than all the rest of a small stage.
  void give_back(const std::filesystem::path& folder);
  /// Removes all that is left of the session.
  void end();

 private:
  Result<void> begin(const std::filesystem::path& tmp);
  std::string prefix_;
  std::mutex mutex_;
  std::filesystem::path folder_;
  std::vector<std::filesystem::path> free_;
  std::optional<FileLock> lock_;
};

}  // namespace mtc::store
