// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/children.hpp"

#include <poll.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {

namespace fs = std::filesystem;

std::vector<pid_t> workers_of(pid_t pid) {
  std::vector<pid_t> workers;
  std::error_code error;  // A process that is gone has no threads to list.
  for (auto it = fs::directory_iterator("/proc/" + std::to_string(pid) + "/task", error);
       !error && it != fs::directory_iterator(); it.increment(error)) {
    std::ifstream stream(it->path() / "children");
    for (pid_t child = 0; stream >> child;) {
      const auto program = fs::read_symlink("/proc/" + std::to_string(child) + "/exe", error);
      if (program.filename() == "mtc-worker") workers.push_back(child);
      error.clear();
    }
  }
  return workers;
}

bool all_children_end(int limit_ms) {
  for (int waited_ms = 0; any_child_left(); ++waited_ms) {
    if (waited_ms >= limit_ms) return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

}  // namespace mtc::test
