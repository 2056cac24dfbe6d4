// SPDX-License-Identifier: Apache-2.0
//
// What moves bytes between a remote cache and files. Nothing is decided here: when to ask, what to do with
// the answer and when to stop asking are the callers' part.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "mtc/result.hpp"

namespace mtc::remote {

/// A blob, or the entry of an action, and the file that it is to go to or to come from.
struct Item {
  Digest key;
  std::filesystem::path file;
  std::uint64_t bytes = 0;  ///< Size of the content; of a download the most that is taken.
};

struct Reply {
  enum class Kind {
    done,
    missing,  ///< The cache does not have it.
    damaged,  ///< What came is not what its digest says, or not in the form of an entry.
    failed,   ///< The cache could not be asked, or refused.
  };
  Kind kind = Kind::done;
  std::uint64_t bytes = 0;  ///< How many bytes were moved.
  Error error;              ///< Of damaged and failed.
};

/// Safe from any thread.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// Downloads the entry of an action to a new file.
  virtual Reply find(const Item& entry) = 0;
  /// Downloads blobs to new files, each checked against its digest; ends with the first that is not to be
  /// had.
  virtual Reply fetch(const std::vector<Item>& blobs) = 0;
  /// Uploads those blobs that the cache lacks, then the entry. Returns at once; `done` is called once, from
  /// any thread.
  virtual void store(const std::vector<Item>& blobs, const Item& entry, std::function<void(Reply)> done) = 0;
  /// The process that does it; 0 = this one.
  [[nodiscard]] virtual pid_t pid() const { return 0; }
};

}  // namespace mtc::remote
