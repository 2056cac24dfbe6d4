// SPDX-License-Identifier: Apache-2.0
//
// The processes that another process started.
#pragma once

#include <sys/types.h>

#include <vector>

namespace mtc::test {

/// The workers that `pid` runs now; none when it is gone. Other children of a driver, such as the tracer with
/// which LeakSanitizer looks at it at its end, are none.
std::vector<pid_t> workers_of(pid_t pid);

/// Waits until no child of this process, and no orphan that came to it, is left; false when some outlive
/// `limit_ms`. (Sandbox makes this process the parent of orphans.)
bool all_children_end(int limit_ms);

}  // namespace mtc::test
