// SPDX-License-Identifier: Apache-2.0
//
// An owned file descriptor.
#pragma once

#include <utility>

namespace mtc {

/// Owns a descriptor and closes it. Holds -1 when empty; movable, not copyable.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int descriptor) : descriptor_(descriptor) {}
  Fd(Fd&& other) noexcept : descriptor_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  [[nodiscard]] int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }
  /// Gives the descriptor away; the caller closes it.
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }
  /// Closes what it holds and takes `descriptor`.
  void reset(int descriptor = -1);

 private:
  int descriptor_ = -1;
};

}  // namespace mtc
