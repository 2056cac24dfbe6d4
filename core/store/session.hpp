// SPDX-License-Identifier: Apache-2.0
//
// The part of tmp/ that belongs to one open store: tmp/<session>/ with a locked tmp/<session>.lock beside it.
// When the process is gone, however it went, the lock is free and the next writer removes both.
#pragma once

#include <filesystem>
#include <optional>

#include "core/base/file.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { end(); }

  /// A new private folder, inside the session's own, which the first call makes in `tmp`.
  Result<std::filesystem::path> new_folder(const std::filesystem::path& tmp);
  /// Removes all that is left of the session.
  void end();

 private:
  Result<void> begin(const std::filesystem::path& tmp);
  std::filesystem::path folder_;
  std::optional<FileLock> lock_;
};

}  // namespace mtc::store
