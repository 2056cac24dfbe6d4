// SPDX-License-Identifier: Apache-2.0
//
// What running stages share: CPUs, memory, named devices, the machine as a whole.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace mtc::run {

/// What a stage occupies while it runs.
struct Demand {
  int cpu = 1;                       ///< Slots, 1 or more; more than there are counts as all of them.
  std::uint64_t memory_bytes = 0;    ///< 0 = not said.
  std::vector<std::string> devices;  ///< Each belongs to one stage at a time.
  bool exclusive = false;            ///< Nothing else runs meanwhile.
};

struct Capacity {
  int cpu = 1;                     ///< -j
  std::uint64_t memory_bytes = 0;  ///< 0 = not limited.
};

/// Memory of this machine, or of its container where the root of the control groups says less; 0 when
/// unknown.
std::uint64_t memory_of_machine();

/// Who has what. Not safe from several threads; the scheduler holds its lock around it.
class Resources {
 public:
  explicit Resources(Capacity capacity) : capacity_(capacity) {}

  /// Whether `demand` can be met now. A demand beyond the capacity is met when nothing else runs.
  [[nodiscard]] bool fits(const Demand& demand) const;
  [[nodiscard]] bool idle() const { return running_ == 0; }
  void take(const Demand& demand);
  void give_back(const Demand& demand);
  /// Slots that `demand` takes.
  [[nodiscard]] int slots(const Demand& demand) const;

 private:
  Capacity capacity_;
  int running_ = 0;
  int cpu_ = 0;
  std::uint64_t memory_bytes_ = 0;
  std::set<std::string> devices_;
  bool exclusive_ = false;
};

}  // namespace mtc::run
