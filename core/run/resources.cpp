// SPDX-License-Identifier: Apache-2.0
#include "core/run/resources.hpp"

#include <unistd.h>

#include <algorithm>
#include <limits>

#include "core/base/file.hpp"
#include "core/base/text.hpp"

namespace mtc::run {
namespace {

/// The number in a file of the control group; nothing where it is absent or says "max".
std::uint64_t limit_in(const char* file) {
  const auto text = read_file(file, 64);
  const auto value = text ? parse_integer(trim(*text)) : std::nullopt;
  return value && *value > 0 ? static_cast<std::uint64_t>(*value) : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

std::uint64_t memory_of_machine() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return 0;
  const auto physical = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
  return std::min({physical, limit_in("/sys/fs/cgroup/memory.max"),
                   limit_in("/sys/fs/cgroup/memory/memory.limit_in_bytes")});
}

int Resources::slots(const Demand& demand) const {
  return demand.exclusive ? capacity_.cpu : std::clamp(demand.cpu, 1, capacity_.cpu);
}

bool Resources::fits(const Demand& demand) const {
  if (idle()) return true;
  if (exclusive_ || demand.exclusive) return false;
  if (cpu_ + slots(demand) > capacity_.cpu) return false;
  if (capacity_.memory_bytes > 0 && memory_bytes_ + demand.memory_bytes > capacity_.memory_bytes)
    return false;
  return std::ranges::none_of(demand.devices, [this](const auto& name) { return devices_.contains(name); });
}

void Resources::take(const Demand& demand) {
  ++running_;
  cpu_ += slots(demand);
  memory_bytes_ += demand.memory_bytes;
  devices_.insert(demand.devices.begin(), demand.devices.end());
  exclusive_ = demand.exclusive;
}

void Resources::give_back(const Demand& demand) {
  --running_;
  cpu_ -= slots(demand);
  memory_bytes_ -= demand.memory_bytes;
  for (const auto& name : demand.devices) devices_.erase(name);
  exclusive_ = false;
}

}  // namespace mtc::run
