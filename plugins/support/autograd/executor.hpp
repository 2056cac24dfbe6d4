// SPDX-License-Identifier: Apache-2.0
//
// An ONNX graph on libtorch, differentiable: initializers are parameters.
//
// The header names at::Tensor without including torch (14 s a file). Who only runs a model uses HostTensor
// and never compiles against torch; who trains includes <torch/torch.h> in one .cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace at {
class Tensor;
}

namespace mtc::autograd {

/// A dense, row-major tensor in plain memory.
struct HostTensor {
  mtc_dtype dtype{};
  std::vector<std::int64_t> shape;
  std::vector<std::byte> data;
};

/// Sees a tensor while the graph runs: its name, shape and float values. The span lives during the call only.
using Observer = std::function<void(const std::string& name, std::span<const std::int64_t> shape,
                                    std::span<const float> values)>;

struct Options {
  bool training = false;  ///< Gradients for float initializers; BatchNormalization uses batch statistics.
  bool float64 = false;   ///< Compute in double (gradient checks).
  int threads = 1;        ///< Kernel threads of libtorch; process-wide.
};

/// A model ready to run. One thread at a time.
class Executor {
 public:
  /// Checks that every node is in the table of operators.hpp.
  /// Errors: unimplemented, naming the operator with version and the node: "not supported: QuantizeLinear-21
  /// …".
  static Result<Executor> create(const onnx::ModelProto& model, const Options& options);
  Executor(Executor&&) noexcept;
  Executor& operator=(Executor&&) noexcept;
  ~Executor();

  /// Names of the real graph inputs, and of the graph outputs, in order.
  [[nodiscard]] const std::vector<std::string>& inputs() const;
  [[nodiscard]] const std::vector<std::string>& outputs() const;

  /// One inference without gradients; frees an activation after its last use.
  /// `observe`, where given, is called for every float tensor that `wanted` names (empty = all node outputs
  /// and graph inputs). Errors: invalid_argument, naming node and tensor, when shapes do not fit.
  Result<std::vector<HostTensor>> run(std::span<const HostTensor> inputs, const Observer& observe = {},
                                      std::span<const std::string> wanted = {});

  /// One pass with gradients (Options::training) or without, on torch tensors.
  Result<std::vector<at::Tensor>> forward(std::span<const at::Tensor> inputs);

  /// Trainable initializers by name (float, used by a node), in file order. Tensors share storage with the
  /// executor.
  [[nodiscard]] std::vector<std::pair<std::string, at::Tensor>> parameters() const;

  /// Copies the present values of parameters and BatchNormalization statistics into `model`'s initializers.
  Result<void> write_back(onnx::ModelProto& model) const;

  /// The inverse: takes the values from `model`'s initializers, in place. Errors: invalid_argument, before
  /// anything is changed, when one is missing or of another shape or type.
  Result<void> read_back(const onnx::ModelProto& model);

  void set_training(bool training);

 private:
  struct State;
  explicit Executor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mtc::autograd
