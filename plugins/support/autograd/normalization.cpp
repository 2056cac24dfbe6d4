// SPDX-License-Identifier: Apache-2.0
//
// Normalizations. Source: ONNX BatchNormalization-7/9/14/15, InstanceNormalization-6, LayerNormalization-17.
#include <ATen/ATen.h>

#include "plugins/support/autograd/operators.hpp"

namespace mtc::autograd {
namespace {

/// training_mode = 1 of the file itself: batch statistics, and the running ones as outputs (population
/// variance).
std::vector<at::Tensor> batch_norm_training(const Call& call, double momentum, double epsilon) {
  const at::Tensor& x = call.input(0);
  Shape axes{0};
  Shape channels{1, -1};
  for (std::int64_t i = 2; i < x.dim(); ++i) {
    axes.push_back(i);
    channels.push_back(1);
  }
  const at::Tensor mean = x.mean(axes);
  const at::Tensor variance = at::var(x, axes, false);
  const at::Tensor scale = call.input(1) / at::sqrt(variance + epsilon);
  const at::Tensor y =
      (x - mean.reshape(channels)) * scale.reshape(channels) + call.input(2).reshape(channels);
  return {y, call.input(3) * momentum + mean * (1 - momentum),
          call.input(4) * momentum + variance * (1 - momentum)};
}

/// Inference form; in training, batch statistics are used and the running ones (inputs 3 and 4) updated in
/// place by running = running · momentum + batch · (1 - momentum), with the unbiased variance as libtorch
/// does.
std::vector<at::Tensor> batch_norm(const Call& call) {
  if (call.integer("spatial", 1) != 1) unsupported("BatchNormalization with spatial = 0");
  const double momentum = call.number("momentum", 0.9F);
  const double epsilon = call.number("epsilon", 1e-5F);
  if (call.integer("training_mode", 0) != 0) return batch_norm_training(call, momentum, epsilon);
  for (int i = 1; i < 5; ++i) {
    if (call.wants(i)) unsupported("BatchNormalization with outputs of statistics");
  }
  return one(at::batch_norm(call.input(0), call.input(1), call.input(2), call.input(3), call.input(4),
                            call.is_training, 1.0 - momentum, epsilon, false));
}

std::vector<at::Tensor> instance_norm(const Call& call) {
  return one(at::instance_norm(call.input(0), call.input(1), call.input(2), {}, {}, true, 0.0,
                               call.number("epsilon", 1e-5F), false));
}

/// Outputs: Y, and where asked for Mean and InvStdDev.
std::vector<at::Tensor> layer_norm(const Call& call) {
  const at::Tensor& x = call.input(0);
  const std::int64_t axis = normalize_axis(call.integer("axis", -1), x.dim());
  const Shape normalized(x.sizes().begin() + axis, x.sizes().end());
  const at::Tensor scale = call.input(1).expand(normalized).contiguous();
  c10::optional<at::Tensor> bias;
  if (call.has(2)) bias = call.input(2).expand(normalized).contiguous();
  const auto [y, mean, deviation] =
      at::native_layer_norm(x, normalized, scale, bias, call.number("epsilon", 1e-5F));
  return {y, mean, deviation};
}

}  // namespace

std::vector<Row> normalization_operators() {
  return {{"BatchNormalization", {7, 9, 14, 15}, batch_norm},
          {"InstanceNormalization", {6, 22}, instance_norm},
          {"LayerNormalization", {17}, layer_norm}};
}

}  // namespace mtc::autograd
