// SPDX-License-Identifier: Apache-2.0
//
// One execution of one node, as a kernel sees it.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <onnx/onnx_pb.h>

namespace at {
class Tensor;
}

namespace mtc::autograd {

using Shape = std::vector<std::int64_t>;

/// Thrown by kernels; never leaves the executor.
struct OperatorError : std::runtime_error {
  OperatorError(const std::string& message, bool is_unsupported)
      : std::runtime_error(message), unsupported(is_unsupported) {}
  bool unsupported;  ///< The operator is valid ONNX that mtc does not implement; else the node is wrong.
};

class Call {
 public:
  Call(const onnx::NodeProto& node, int since, std::span<const at::Tensor* const> inputs, bool training,
       bool float64)
      : version(since), is_training(training), is_float64(float64), node_(node), inputs_(inputs) {}

  const int version;       ///< Since-version of the operator.
  const bool is_training;  ///< BatchNormalization uses batch statistics.
  const bool is_float64;   ///< float32 of the model is computed in double.

  [[nodiscard]] std::size_t count() const { return inputs_.size(); }
  [[nodiscard]] bool has(std::size_t slot) const { return slot < inputs_.size() && inputs_[slot] != nullptr; }
  /// Throws where the input is absent.
  [[nodiscard]] const at::Tensor& input(std::size_t slot) const;
  /// The values of an integer tensor. Throws where the input is absent.
  [[nodiscard]] Shape integers(std::size_t slot) const;
  /// The values of a float tensor of few elements.
  [[nodiscard]] std::vector<double> numbers(std::size_t slot) const;
  /// Whether the node names its output `slot`.
  [[nodiscard]] bool wants(int slot) const;
  [[nodiscard]] std::size_t output_count() const { return static_cast<std::size_t>(node_.output_size()); }

  [[nodiscard]] bool has_attribute(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t fallback) const;
  [[nodiscard]] double number(std::string_view name, float fallback) const;
  [[nodiscard]] std::string text(std::string_view name, const std::string& fallback) const;
  [[nodiscard]] Shape list(std::string_view name, const Shape& fallback = {}) const;
  [[nodiscard]] const onnx::NodeProto& node() const { return node_; }

 private:
  const onnx::NodeProto& node_;
  std::span<const at::Tensor* const> inputs_;
};

/// Throws an OperatorError: the node is wrong.
[[noreturn]] void reject(const std::string& message);
/// Throws an OperatorError: valid, but not implemented.
[[noreturn]] void unsupported(const std::string& message);

/// `axis` counted from the front; throws where it lies outside [-rank, rank).
std::int64_t normalize_axis(std::int64_t axis, std::int64_t rank);

/// One tensor as the list of outputs.
std::vector<at::Tensor> one(at::Tensor tensor);

}  // namespace mtc::autograd
