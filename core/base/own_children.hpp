// SPDX-License-Identifier: Apache-2.0
//
// The children that this process started itself and has not reaped: what tells them from orphans that a
// subreaper inherits. Internal to core/base.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <set>

namespace mtc {

/// The list, locked while this object lives.
class OwnChildren {
 public:
  OwnChildren();
  [[nodiscard]] const std::set<pid_t>& pids() const { return list_; }
  void add(pid_t pid) { list_.insert(pid); }
  void remove(pid_t pid) { list_.erase(pid); }

 private:
  std::set<pid_t>& list_;
  std::unique_lock<std::mutex> lock_;
};

}  // namespace mtc
