// SPDX-License-Identifier: Apache-2.0
#include "core/base/own_children.hpp"

namespace mtc {

namespace {

// Children belong to the process, whichever thread or object started them; never destroyed, because threads
// may still end their children while the process ends.
struct SharedList {
  std::mutex mutex;
  std::set<pid_t> pids;
};

SharedList& shared_list() {
  static auto& list = *new SharedList;
  return list;
}

}  // namespace

OwnChildren::OwnChildren() : list_(shared_list().pids), lock_(shared_list().mutex) {}

}  // namespace mtc
