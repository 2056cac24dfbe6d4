// SPDX-License-Identifier: Apache-2.0
//
// The processes that another process started.
#pragma once

#include <sys/types.h>

#include <vector>

namespace mtc::test {

/// The children of `pid` that live now; none when `pid` is gone.
std::vector<pid_t> children_of(pid_t pid);

/// Waits until no child of this process, and no orphan that came to it, is left; false when some outlive
/// `limit_ms`. (Sandbox makes this process the parent of orphans.)
bool all_children_end(int limit_ms);

}  // namespace mtc::test
