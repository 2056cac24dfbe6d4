// SPDX-License-Identifier: Apache-2.0
//
// Activation functions. Source: the ONNX operator of the same name, in the versions of the table below.
#include <ATen/ATen.h>

#include "plugins/support/autograd/operators.hpp"

namespace mtc::autograd {
namespace {

std::vector<at::Tensor> relu(const Call& call) { return one(at::relu(call.input(0))); }

std::vector<at::Tensor> leaky_relu(const Call& call) {
  return one(at::leaky_relu(call.input(0), call.number("alpha", 0.01F)));
}

/// The slope broadcasts to the input from the right (PRelu-7 and up).
std::vector<at::Tensor> prelu(const Call& call) {
  const at::Tensor& x = call.input(0);
  return one(at::where(x < 0, x * call.input(1), x));
}

std::vector<at::Tensor> elu(const Call& call) {
  return one(at::elu(call.input(0), call.number("alpha", 1.0F)));
}

std::vector<at::Tensor> selu(const Call& call) {
  const at::Tensor& x = call.input(0);
  const double alpha = call.number("alpha", 1.67326319217681884765625F);
  const double gamma = call.number("gamma", 1.05070102214813232421875F);
  return one(gamma * at::where(x > 0, x, alpha * at::expm1(at::minimum(x, at::zeros_like(x)))));
}

std::vector<at::Tensor> sigmoid(const Call& call) { return one(at::sigmoid(call.input(0))); }

std::vector<at::Tensor> tanh(const Call& call) { return one(at::tanh(call.input(0))); }

std::vector<at::Tensor> softplus(const Call& call) {
  const at::Tensor& x = call.input(0);
  return one(at::logaddexp(x, at::zeros_like(x)));
}

std::vector<at::Tensor> hard_sigmoid(const Call& call) {
  return one(at::clamp(call.input(0) * call.number("alpha", 0.2F) + call.number("beta", 0.5F), 0, 1));
}

std::vector<at::Tensor> hard_swish(const Call& call) {
  const at::Tensor& x = call.input(0);
  return one(x * at::clamp(x / 6 + 0.5, 0, 1));
}

/// Before version 13 the input counts as a matrix, split before `axis` (default 1); from 13 on `axis`
/// (default -1) is reduced alone.
template <at::Tensor (*Function)(const at::Tensor&, std::int64_t)>
std::vector<at::Tensor> softmax_like(const Call& call) {
  const at::Tensor& x = call.input(0);
  if (call.version >= 13) return one(Function(x, normalize_axis(call.integer("axis", -1), x.dim())));
  const std::int64_t axis = normalize_axis(call.integer("axis", 1), x.dim());
  std::int64_t rows = 1;
  for (std::int64_t i = 0; i < axis; ++i) rows *= x.size(i);
  const std::int64_t columns = rows == 0 ? 0 : x.numel() / rows;
  return one(Function(x.reshape({rows, columns}), 1).reshape(x.sizes()));
}

at::Tensor softmax(const at::Tensor& x, std::int64_t axis) { return at::softmax(x, axis); }

at::Tensor log_softmax(const at::Tensor& x, std::int64_t axis) { return at::log_softmax(x, axis); }

}  // namespace

std::vector<Row> activation_operators() {
  return {{"Elu", {6, 22}, elu},
          {"HardSigmoid", {6, 22}, hard_sigmoid},
          {"HardSwish", {14, 22}, hard_swish},
          {"LeakyRelu", {6, 16}, leaky_relu},
          {"LogSoftmax", {1, 11, 13}, softmax_like<log_softmax>},
          {"PRelu", {7, 9, 16}, prelu},
          {"Relu", {6, 13, 14}, relu},
          {"Selu", {6, 22}, selu},
          {"Sigmoid", {6, 13}, sigmoid},
          {"Softmax", {1, 11, 13}, softmax_like<softmax>},
          {"Softplus", {1, 22}, softplus},
          {"Tanh", {6, 13}, tanh}};
}

}  // namespace mtc::autograd
