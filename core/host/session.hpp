// SPDX-License-Identifier: Apache-2.0
//
// A loaded artifact (mtc.session/1): described once, run many times by the host.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/host/host.hpp"
#include "core/host/loaded_plugin.hpp"
#include "core/host/tensor.hpp"
#include "mtc/plugin.h"
#include "mtc/result.hpp"

namespace mtc::host {

/// An input or output of the model.
struct Io {
  std::string name;
  mtc_dtype dtype{};
  std::vector<std::int64_t> shape;  ///< -1 = symbolic.
  double scale = 0;                 ///< 0 = not quantized.
  std::int64_t zero_point = 0;
};

/// When a run began and ended, ns of CLOCK_MONOTONIC.
struct Interval {
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
};

class Session {
 public:
  /// Opens `path` (an artifact folder or a model file) and reads what its inputs and outputs are. A cancel
  /// interrupts a run. Errors: unimplemented (no mtc.session/1 or an incomplete one); the plugin's own;
  /// internal for a description that cannot be (rank over 8).
  static Result<Session> open(Host& host, const LoadedPlugin& plugin, const std::string& path);
  Session(Session&&) noexcept;
  Session& operator=(Session&&) = delete;
  ~Session();

  [[nodiscard]] const std::vector<Io>& inputs() const { return inputs_; }
  [[nodiscard]] const std::vector<Io>& outputs() const { return outputs_; }

  /// Memory for all outputs of a run on `inputs`. Errors: the plugin's own; internal, blaming it, for a shape
  /// that is not finite.
  Result<std::vector<Tensor>> make_outputs(const std::vector<mtc_tensor>& inputs);

  /// One inference. `interval`, if given, gets time stamps around the plugin's function alone.
  Result<void> run(const std::vector<mtc_tensor>& inputs, std::vector<mtc_tensor>& outputs,
                   Interval* interval = nullptr);

 private:
  Session(Host& host, const mtc_session_v1* interface);
  Result<void> describe();
  Result<Io> describe_one(bool is_input, std::uint64_t index);

  Host& host_;
  const mtc_session_v1* interface_;
  void* session_ = nullptr;
  std::vector<Io> inputs_;
  std::vector<Io> outputs_;
  std::uint64_t control_ = 0;  // floating-point control that a run must leave
  std::unique_ptr<Cancel::Hook> interrupt_;
};

}  // namespace mtc::host
