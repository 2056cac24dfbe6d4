// SPDX-License-Identifier: Apache-2.0
//
// The wish that an action should end: set by the driver's cancel frame or SIGTERM, polled by plugins.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <utility>

namespace mtc::host {

class Cancel {
 public:
  /// Any thread. Sets the flag and runs the hook, if there is one.
  void request() {
    requested_ = true;
    const std::lock_guard lock(mutex_);
    if (hook_) hook_();
  }
  [[nodiscard]] bool requested() const { return requested_; }

  /// While it lives, request() also runs `hook` (on the requesting thread), such as a session's interrupt.
  class Hook {
   public:
    Hook(Cancel& cancel, std::function<void()> hook) : cancel_(cancel) {
      const std::lock_guard lock(cancel_.mutex_);
      cancel_.hook_ = std::move(hook);
    }
    ~Hook() {
      const std::lock_guard lock(cancel_.mutex_);
      cancel_.hook_ = nullptr;
    }
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;

   private:
    Cancel& cancel_;
  };

 private:
  std::atomic<bool> requested_{false};
  std::mutex mutex_;
  std::function<void()> hook_;
};

}  // namespace mtc::host
