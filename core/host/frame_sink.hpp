// SPDX-License-Identifier: Apache-2.0
//
// Where the worker's frames go: the driver's socket, or a list in a test.
#pragma once

#include "core/base/json.hpp"
#include "mtc/result.hpp"

namespace mtc::host {

class FrameSink {
 public:
  virtual ~FrameSink() = default;
  /// Takes one frame (docs/architecture.md, "Actions"). Any thread; may not throw.
  virtual void send(const Json& frame) noexcept = 0;
};

/// {"type": "error", "code": "invalid_argument", "message", "where", "hint", "retryable", "plugin_fault"}
Json error_frame(const Error& error);

}  // namespace mtc::host
