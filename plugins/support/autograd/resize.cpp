// SPDX-License-Identifier: Apache-2.0
//
// Resize and Upsample, axis by axis: each output element is a weighted sum of 1 (nearest), 2 (linear) or 4
// (cubic) input elements. Source: ONNX Resize-10/11/13, Upsample-7/9; cubic weights: R. Keys, 1981.
#include <algorithm>
#include <array>
#include <cmath>

#include <ATen/ATen.h>

#include "plugins/support/autograd/operators.hpp"

namespace mtc::autograd {
namespace {

/// How positions of the output map to the input.
struct Rule {
  std::string mode;
  std::string transform;
  std::string nearest;
  double cubic = -0.75;
  bool exclude_outside = false;
};

Rule rule_of(const Call& call) {
  Rule rule{call.text("mode", "nearest"), "asymmetric", "floor"};
  if (call.node().op_type() == "Resize" && call.version >= 11) {
    rule.transform = call.text("coordinate_transformation_mode", "half_pixel");
    rule.nearest = call.text("nearest_mode", "round_prefer_floor");
    rule.cubic = call.number("cubic_coeff_a", -0.75F);
    rule.exclude_outside = call.integer("exclude_outside", 0) != 0;
  }
  if (rule.mode != "nearest" && rule.mode != "linear" && rule.mode != "cubic")
    unsupported("Resize with mode " + rule.mode);
  return rule;
}

double source_position(const Rule& rule, std::int64_t at, double scale, std::int64_t in, std::int64_t out) {
  const auto x = static_cast<double>(at);
  if (rule.transform == "asymmetric") return x / scale;
  if (rule.transform == "align_corners") {
    return out == 1 ? 0.0 : x * static_cast<double>(in - 1) / static_cast<double>(out - 1);
  }
  if (rule.transform == "pytorch_half_pixel") return out > 1 ? (x + 0.5) / scale - 0.5 : 0.0;
  if (rule.transform == "half_pixel") return (x + 0.5) / scale - 0.5;
  if (rule.transform == "tf_half_pixel_for_nn") return (x + 0.5) / scale;
  unsupported("Resize with coordinate_transformation_mode " + rule.transform);
}

double nearest_position(const Rule& rule, double x) {
  if (rule.nearest == "floor") return std::floor(x);
  if (rule.nearest == "ceil") return std::ceil(x);
  return rule.nearest == "round_prefer_ceil" ? std::floor(x + 0.5) : std::ceil(x - 0.5);
}

/// Weights of the elements at floor(x) - 1 … floor(x) + 2 for a fraction `t` past floor(x).
std::array<double, 4> cubic_weights(double t, double a) {
  const auto near = [&](double d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
  const auto far = [&](double d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
  return {far(t + 1), near(t), near(1 - t), far(2 - t)};
}

/// The taps of one axis: `indices[k]` and `weights[k]` for each output position.
struct Taps {
  std::vector<Shape> indices;
  std::vector<std::vector<double>> weights;
};

void add_position(const Rule& rule, double x, std::int64_t in, Taps& taps) {
  const double base = std::floor(x);
  const double t = x - base;
  std::vector<std::pair<double, double>> parts;  // position, weight
  if (rule.mode == "nearest") parts = {{nearest_position(rule, x), 1.0}};
  if (rule.mode == "linear") parts = {{base, 1 - t}, {base + 1, t}};
  if (rule.mode == "cubic") {
    const auto weights = cubic_weights(t, rule.cubic);
    for (std::size_t k = 0; k < 4; ++k) parts.emplace_back(base - 1 + static_cast<double>(k), weights[k]);
  }
  double total = 0;
  for (auto& [position, weight] : parts) {
    if (rule.exclude_outside && (position < 0 || position > static_cast<double>(in - 1))) weight = 0;
    total += weight;
  }
  taps.indices.resize(parts.size());
  taps.weights.resize(parts.size());
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const double inside = std::clamp(parts[k].first, 0.0, static_cast<double>(in - 1));
    taps.indices[k].push_back(static_cast<std::int64_t>(inside));
    taps.weights[k].push_back(rule.exclude_outside ? parts[k].second / total : parts[k].second);
  }
}

at::Tensor resize_axis(const at::Tensor& x, std::int64_t axis, std::int64_t out, double scale,
                       const Rule& rule) {
  const std::int64_t in = x.size(axis);
  Taps taps;
  for (std::int64_t i = 0; i < out; ++i)
    add_position(rule, source_position(rule, i, scale, in, out), in, taps);
  if (taps.indices.empty()) reject("an output extent of 0");
  if (taps.indices.size() == 1) return x.index_select(axis, at::tensor(taps.indices[0], at::kLong));
  Shape along(static_cast<std::size_t>(x.dim()), 1);
  along[static_cast<std::size_t>(axis)] = out;
  at::Tensor sum;
  for (std::size_t k = 0; k < taps.indices.size(); ++k) {
    const at::Tensor weight = at::tensor(taps.weights[k], at::kDouble).to(x.scalar_type()).reshape(along);
    const at::Tensor part = x.index_select(axis, at::tensor(taps.indices[k], at::kLong)) * weight;
    sum = k == 0 ? part : sum + part;
  }
  return sum;
}

/// Scales of all axes: an attribute (Upsample-7), input 1 (Resize-10, Upsample-9) or input 2 (Resize-11 and
/// up).
std::vector<double> scales_of(const Call& call) {
  if (call.node().op_type() == "Upsample" && call.version < 9) {
    for (const auto& attribute : call.node().attribute()) {
      if (attribute.name() == "scales") return {attribute.floats().begin(), attribute.floats().end()};
    }
  }
  const std::size_t slot = call.node().op_type() == "Resize" && call.version >= 11 ? 2 : 1;
  return call.has(slot) ? call.numbers(slot) : std::vector<double>();
}

/// Extent of the output. Scales are float32, and so is the product here and in ONNX Runtime: 10 · 0.7 is 7,
/// which it is not in double.
std::int64_t output_extent(std::int64_t extent, double scale) {
  return static_cast<std::int64_t>(std::floor(static_cast<float>(extent) * static_cast<float>(scale)));
}

std::vector<at::Tensor> resize(const Call& call) {
  at::Tensor y = call.input(0);
  const Rule rule = rule_of(call);
  std::vector<double> scales = scales_of(call);
  const Shape sizes = call.version >= 11 && call.has(3) ? call.integers(3) : Shape();
  const auto rank = static_cast<std::size_t>(y.dim());
  if (sizes.empty() ? scales.size() != rank : sizes.size() != rank)
    reject("scales or sizes must name every axis");
  const at::ScalarType type = y.scalar_type();
  const bool integral = at::isIntegralType(type, false) && rule.mode != "nearest";
  if (integral) y = y.to(at::kDouble);
  for (std::size_t i = 0; i < rank; ++i) {
    const auto axis = static_cast<std::int64_t>(i);
    const std::int64_t in = y.size(axis);
    const double scale = sizes.empty() ? scales[i] : static_cast<double>(sizes[i]) / static_cast<double>(in);
    const std::int64_t out = sizes.empty() ? output_extent(in, scale) : sizes[i];
    if (scale != 1.0) y = resize_axis(y, axis, out, scale, rule);
  }
  return one(integral ? y.to(type) : y);
}

}  // namespace

std::vector<Row> resize_operators() {
  return {{"Resize", {10, 11, 13}, resize}, {"Upsample", {7, 9}, resize}};
}

}  // namespace mtc::autograd
