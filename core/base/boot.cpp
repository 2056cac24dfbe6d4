// SPDX-License-Identifier: Apache-2.0
#include "core/base/boot.hpp"

#include <unistd.h>

#include <random>

#include "core/base/file.hpp"
#include "core/base/text.hpp"

namespace mtc {

std::string boot_id() {
  if (const auto id = read_file("/proc/sys/kernel/random/boot_id"); id && !trim(*id).empty())
    return std::string(trim(*id));
  std::random_device random;
  return "process-" + std::to_string(::getpid()) + "-" + std::to_string(random());
}

}  // namespace mtc
