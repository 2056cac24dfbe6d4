// SPDX-License-Identifier: Apache-2.0
//
// Keeps LeakSanitizer from blaming us for what ONNX Runtime allocates once for the life of the process.
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MTC_LEAK_CHECK 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define MTC_LEAK_CHECK 1
#endif

#if defined(MTC_LEAK_CHECK)
#include <sanitizer/lsan_interface.h>
#endif

namespace mtc::onnxruntime {

/// While it lives, allocations of this thread count as no leaks. Without the sanitizer it does nothing.
class LeaksAllowed {
 public:
#if defined(MTC_LEAK_CHECK)
  LeaksAllowed() { __lsan_disable(); }
  ~LeaksAllowed() { __lsan_enable(); }
#else
  LeaksAllowed() = default;
  ~LeaksAllowed() = default;
#endif
  LeaksAllowed(const LeaksAllowed&) = delete;
  LeaksAllowed& operator=(const LeaksAllowed&) = delete;
};

}  // namespace mtc::onnxruntime
