// SPDX-License-Identifier: Apache-2.0
//
// Blobs that came damaged: an upload must replace them, although the server has something under their name.
#pragma once

#include <mutex>
#include <set>

#include "core/base/digest.hpp"

namespace mtc::cache_http {

/// Safe from any thread.
class Damaged {
 public:
  void add(const Digest& digest) {
    const std::lock_guard guard(mutex_);
    digests_.insert(digest);
  }
  bool contains(const Digest& digest) const {
    const std::lock_guard guard(mutex_);
    return digests_.contains(digest);
  }
  void remove(const Digest& digest) {
    const std::lock_guard guard(mutex_);
    digests_.erase(digest);
  }

 private:
  mutable std::mutex mutex_;
  std::set<Digest> digests_;
};

}  // namespace mtc::cache_http
