// SPDX-License-Identifier: Apache-2.0
//
// The GNU make jobserver: a pipe that holds a byte for each free slot. Workers hand it on to the compilers
// that they start, so that `make` or `gcc -flto=jobserver` below a stage stays within -j of the whole run.
// Protocol: GNU make manual, "Sharing Job Slots with GNU make" (POSIX form: two descriptors).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/fd.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

class Jobserver {
 public:
  /// A pipe with `slots` free slots, 1 or more.
  static Result<Jobserver> make(int slots);

  /// Takes `count` slots at once, or none: false when fewer are free. A program that was started with a slot
  /// owns one without asking, as the protocol wants it.
  bool try_take(int count);
  void give_back(int count);
  /// Makes all slots free again. Only while nothing runs that may hold one: what was killed with a slot in
  /// its hand cannot give it back.
  void refill();

  /// {ours, number in the child}, to hand to a worker.
  [[nodiscard]] std::vector<std::pair<int, int>> descriptors() const;
  /// MAKEFLAGS for that worker.
  [[nodiscard]] static std::string makeflags();

 private:
  Jobserver(int slots, Fd read_end, Fd write_end, Fd own_read)
      : slots_(slots),
        read_end_(std::move(read_end)),
        write_end_(std::move(write_end)),
        own_read_(std::move(own_read)) {}

  int slots_;
  Fd read_end_;  ///< Blocking, as the clients expect it.
  Fd write_end_;
  Fd own_read_;  ///< The same pipe opened anew, so that only this end does not block.
};

}  // namespace mtc::run
