// SPDX-License-Identifier: Apache-2.0
//
// Operators that pick, join, repeat or make elements. Source: the ONNX operator of the same name.
#include <algorithm>

#include <ATen/ATen.h>

#include "plugins/support/autograd/convert.hpp"
#include "plugins/support/autograd/operators.hpp"

namespace mtc::autograd {
namespace {

/// Negative indices count from the end.
std::vector<at::Tensor> gather(const Call& call) {
  const at::Tensor& data = call.input(0);
  const std::int64_t axis = normalize_axis(call.integer("axis", 0), data.dim());
  const at::Tensor given = call.input(1).to(at::kLong);
  const at::Tensor indices = at::where(given < 0, given + data.size(axis), given);
  Shape shape(data.sizes().begin(), data.sizes().begin() + axis);
  shape.insert(shape.end(), indices.sizes().begin(), indices.sizes().end());
  shape.insert(shape.end(), data.sizes().begin() + axis + 1, data.sizes().end());
  return one(data.index_select(axis, indices.reshape({-1})).reshape(shape));
}

at::Tensor slice_axis(const at::Tensor& x, std::int64_t axis, std::int64_t start, std::int64_t end,
                      std::int64_t step) {
  const std::int64_t extent = x.size(axis);
  if (step == 0) reject("a step of 0");
  if (step > 0) return x.slice(axis, start, end, step);
  const std::int64_t from = std::clamp<std::int64_t>(start < 0 ? start + extent : start, -1, extent - 1);
  const std::int64_t stop = std::clamp<std::int64_t>(end < 0 ? end + extent : end, -1, extent - 1);
  Shape indices;
  for (std::int64_t i = from; i > stop; i += step) indices.push_back(i);
  return x.index_select(axis, at::tensor(indices, at::kLong));
}

/// Bounds are attributes in Slice-1, inputs from Slice-10 on.
std::vector<at::Tensor> slice(const Call& call) {
  at::Tensor y = call.input(0);
  const bool inputs = call.version >= 10;
  const Shape starts = inputs ? call.integers(1) : call.list("starts");
  const Shape ends = inputs ? call.integers(2) : call.list("ends");
  Shape axes = inputs ? (call.has(3) ? call.integers(3) : Shape()) : call.list("axes");
  const Shape steps = inputs && call.has(4) ? call.integers(4) : Shape(starts.size(), 1);
  if (axes.empty()) {
    for (std::size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  }
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size()) {
    reject("starts, ends, axes and steps differ in length");
  }
  for (std::size_t i = 0; i < starts.size(); ++i) {
    y = slice_axis(y, normalize_axis(axes[i], y.dim()), starts[i], ends[i], steps[i]);
  }
  return one(y);
}

std::vector<at::Tensor> concat(const Call& call) {
  std::vector<at::Tensor> parts;
  for (std::size_t i = 0; i < call.count(); ++i) parts.push_back(call.input(i));
  if (parts.empty()) reject("no input");
  return one(at::cat(parts, normalize_axis(call.integer("axis", 1), parts[0].dim())));
}

/// Sizes are an attribute before version 13, an input from then on; absent, the parts are equal.
std::vector<at::Tensor> split(const Call& call) {
  const at::Tensor& x = call.input(0);
  const std::int64_t axis = normalize_axis(call.integer("axis", 0), x.dim());
  Shape sizes = call.version < 13 ? call.list("split") : (call.has(1) ? call.integers(1) : Shape());
  const auto parts = static_cast<std::int64_t>(call.output_count());
  if (sizes.empty()) {
    if (x.size(axis) % parts != 0)
      reject("axis " + std::to_string(axis) + " does not split into equal parts");
    sizes.assign(call.output_count(), x.size(axis) / parts);
  }
  if (sizes.size() != call.output_count()) reject("as many sizes as outputs are needed");
  return at::split_with_sizes(x, sizes, axis);
}

/// Source position of each element of an axis of `extent` after padding by copies ("edge") or mirroring
/// ("reflect").
at::Tensor padded_positions(std::int64_t extent, std::int64_t before, std::int64_t after, bool reflect) {
  Shape positions;
  for (std::int64_t i = -before; i < extent + after; ++i) {
    std::int64_t at = i;
    if (reflect && extent > 1) {
      const std::int64_t period = 2 * (extent - 1);
      at = ((i % period) + period) % period;
      if (at >= extent) at = period - at;
    }
    positions.push_back(std::clamp<std::int64_t>(at, 0, extent - 1));
  }
  return at::tensor(positions, at::kLong);
}

/// Pads and value are attributes in Pad-2, inputs from Pad-11 on; negative pads cut.
std::vector<at::Tensor> pad(const Call& call) {
  const at::Tensor& x = call.input(0);
  const Shape pads = call.version < 11 ? call.list("pads") : call.integers(1);
  const auto rank = static_cast<std::size_t>(x.dim());
  if (pads.size() != 2 * rank) reject("pads needs two entries for each axis");
  const std::string mode = call.text("mode", "constant");
  if (mode == "constant") {
    double value = call.version < 11 ? call.number("value", 0.0F) : 0.0;
    if (call.version >= 11 && call.has(2)) value = call.numbers(2).at(0);
    Shape reversed;
    for (std::size_t i = rank; i-- > 0;) {
      reversed.push_back(pads[i]);
      reversed.push_back(pads[rank + i]);
    }
    return one(at::constant_pad_nd(x, reversed, value));
  }
  if (mode != "edge" && mode != "reflect") unsupported("Pad with mode " + mode);
  at::Tensor y = x;
  for (std::size_t i = 0; i < rank; ++i) {
    if (pads[i] == 0 && pads[rank + i] == 0) continue;
    const auto axis = static_cast<std::int64_t>(i);
    y = y.index_select(axis, padded_positions(x.size(axis), pads[i], pads[rank + i], mode == "reflect"));
  }
  return one(y);
}

at::Tensor made(const onnx::TensorProto& proto, bool float64) {
  auto tensor = to_tensor(proto, float64);
  if (!tensor) throw OperatorError(tensor.error().message, tensor.error().code == Code::unimplemented);
  return *tensor;
}

std::vector<at::Tensor> constant(const Call& call) {
  const auto real = call.is_float64 ? at::kDouble : at::kFloat;
  for (const auto& attribute : call.node().attribute()) {
    const std::string& name = attribute.name();
    if (name == "value") return one(made(attribute.t(), call.is_float64));
    if (name == "value_int") return one(at::scalar_tensor(attribute.i(), at::kLong));
    if (name == "value_float") return one(at::scalar_tensor(static_cast<double>(attribute.f()), real));
    if (name == "value_ints")
      return one(at::tensor(Shape(attribute.ints().begin(), attribute.ints().end()), at::kLong));
    if (name == "value_floats") {
      const std::vector<double> list(attribute.floats().begin(), attribute.floats().end());
      return one(at::tensor(list, at::kDouble).to(real));
    }
  }
  unsupported("a Constant without value, value_int(s) or value_float(s)");
}

std::vector<at::Tensor> constant_of_shape(const Call& call) {
  at::Tensor value = at::zeros({1}, call.is_float64 ? at::kDouble : at::kFloat);
  for (const auto& attribute : call.node().attribute()) {
    if (attribute.name() == "value") value = made(attribute.t(), call.is_float64);
  }
  return one(value.reshape({1}).expand(call.integers(0)).contiguous());
}

std::vector<at::Tensor> range(const Call& call) {
  const at::Tensor& start = call.input(0);
  return one(at::arange(start.item(), call.input(1).item(), call.input(2).item(),
                        start.options().requires_grad(false)));
}

/// DCR (depth-column-row, the default) or CRD order.
std::vector<at::Tensor> depth_to_space(const Call& call) {
  const at::Tensor& x = call.input(0);
  const std::int64_t block = call.integer("blocksize", 1);
  const std::int64_t depth = x.size(1) / (block * block);
  at::Tensor y;
  if (call.text("mode", "DCR") == "CRD") {
    y = x.reshape({x.size(0), depth, block, block, x.size(2), x.size(3)}).permute({0, 1, 4, 2, 5, 3});
  } else {
    y = x.reshape({x.size(0), block, block, depth, x.size(2), x.size(3)}).permute({0, 3, 4, 1, 5, 2});
  }
  return one(y.reshape({x.size(0), depth, x.size(2) * block, x.size(3) * block}));
}

std::vector<at::Tensor> space_to_depth(const Call& call) {
  const at::Tensor& x = call.input(0);
  const std::int64_t block = call.integer("blocksize", 1);
  const std::int64_t height = x.size(2) / block;
  const std::int64_t width = x.size(3) / block;
  const at::Tensor y =
      x.reshape({x.size(0), x.size(1), height, block, width, block}).permute({0, 3, 5, 1, 2, 4});
  return one(y.reshape({x.size(0), x.size(1) * block * block, height, width}));
}

}  // namespace

std::vector<Row> indexing_operators() {
  return {{"Concat", {4, 11, 13}, concat},
          {"Constant", {1, 9, 11, 12, 13, 19, 21}, constant},
          {"ConstantOfShape", {9, 20, 21}, constant_of_shape},
          {"DepthToSpace", {1, 11, 13}, depth_to_space},
          {"Gather", {1, 11, 13}, gather},
          {"Pad", {2, 11, 13}, pad},
          {"Range", {11}, range},
          {"Slice", {1, 10, 11, 13}, slice},
          {"SpaceToDepth", {1, 13}, space_to_depth},
          {"Split", {2, 11, 13}, split}};
}

}  // namespace mtc::autograd
