// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/plugins/cpu/scheme_reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/tensor.hpp"

namespace mtc::cpu::test {
namespace {

using Tensors = std::map<std::string, Reference>;
using Ints = std::vector<std::int64_t>;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

float half_even(float value) {
  const float down = std::floor(value);
  const float rest = value - down;
  if (rest < 0.5F) return down;
  if (rest > 0.5F) return down + 1;
  return std::fmod(down, 2.0F) == 0.0F ? down : down + 1;
}

float saturate(float rounded, int zero_point) {
  return std::min(std::max(rounded + static_cast<float>(zero_point), 0.0F), 255.0F);
}

std::size_t count(const Ints& shape) {
  std::size_t elements = 1;
  for (const auto extent : shape) elements *= static_cast<std::size_t>(extent);
  return elements;
}

/// Float values whatever the kind.
std::vector<float> as_float(const Reference& tensor) {
  std::vector<float> values = tensor.real;
  if (tensor.dequantized) {
    for (auto& value : values) value = (value - static_cast<float>(tensor.zero_point)) * tensor.scale;
  }
  for (std::size_t i = 0; i < tensor.accumulator.size(); ++i) {
    const float unit = tensor.divisor.empty() ? tensor.unit[i] : tensor.unit[i] / tensor.divisor[i];
    values[i] = std::clamp(static_cast<float>(tensor.accumulator[i]) * unit, tensor.low, tensor.high);
  }
  return values;
}

struct Window {
  std::int64_t kh, kw, sh, sw, dh, dw, top, left, bottom, right;
};

Window window_of(const onnx::NodeProto& node, std::int64_t kh, std::int64_t kw) {
  const auto stride = model::attribute(node, "strides", Ints{1, 1});
  const auto dilation = model::attribute(node, "dilations", Ints{1, 1});
  const auto pads = model::attribute(node, "pads", Ints{0, 0, 0, 0});
  return {kh, kw, stride[0], stride[1], dilation[0], dilation[1], pads[0], pads[1], pads[2], pads[3]};
}

std::int64_t out_extent(std::int64_t in, std::int64_t k, std::int64_t s, std::int64_t d, std::int64_t pads) {
  return (in + pads - ((k - 1) * d + 1)) / s + 1;
}

/// Calls visit(output index, input index, tap) for each tap of each output within the image of one channel
/// plane.
template <class Visit>
void each_tap(const Ints& in, const Ints& out, const Window& w, Visit&& visit) {
  for (std::int64_t i = 0; i < out[2]; ++i) {
    for (std::int64_t j = 0; j < out[3]; ++j) {
      for (std::int64_t u = 0; u < w.kh; ++u) {
        for (std::int64_t v = 0; v < w.kw; ++v) {
          const std::int64_t y = i * w.sh + u * w.dh - w.top;
          const std::int64_t x = j * w.sw + v * w.dw - w.left;
          if (y < 0 || x < 0 || y >= in[2] || x >= in[3]) continue;
          visit(static_cast<std::size_t>(i * out[3] + j), static_cast<std::size_t>(y * in[3] + x),
                static_cast<std::size_t>(u * w.kw + v));
        }
      }
    }
  }
}

class Interpreter {
 public:
  explicit Interpreter(const onnx::GraphProto& graph) : graph_(graph) {
    for (const auto& tensor : graph.initializer()) constants_[tensor.name()] = &tensor;
  }

  void run(const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    if (op == "QuantizeLinear") return quantize(node);
    if (op == "DequantizeLinear") return dequantize(node);
    if (op == "Conv") return conv(node);
    if (op == "Gemm" || op == "MatMul") return product(node);
    if (op == "Add") return add(node);
    if (op == "Relu" || op == "Clip") return clamp(node);
    if (op == "MaxPool") return max_pool(node);
    if (op == "AveragePool" || op == "GlobalAveragePool") return average(node);
    if (op == "Flatten" || op == "Concat") return move(node);
    throw std::runtime_error("the reference has no " + op);
  }

  Tensors tensors;

 private:
  float scalar(const std::string& name) const { return (*model::values<float>(*constants_.at(name)))[0]; }
  int zero_point(const onnx::NodeProto& node) const {
    return node.input_size() > 2
               ? static_cast<int>((*model::values<std::int64_t>(*constants_.at(node.input(2))))[0])
               : 0;
  }

  void quantize(const onnx::NodeProto& node) {
    const Reference& from = tensors.at(node.input(0));
    Reference made;
    made.shape = from.shape;
    made.integer = true;
    made.scale = scalar(node.input(1));
    made.zero_point = zero_point(node);
    const auto code = [&](float real) { return saturate(half_even(real / made.scale), made.zero_point); };
    if (from.dequantized && from.scale == made.scale && from.zero_point == made.zero_point) {
      made.real = from.real;
    } else if (from.accumulator.empty()) {
      for (const float value : as_float(from)) made.real.push_back(code(value));
    }
    for (std::size_t i = 0; i < from.accumulator.size(); ++i) {
      const float unit =
          from.divisor.empty() ? from.unit[i] / made.scale : from.unit[i] / (made.scale * from.divisor[i]);
      const float q = saturate(half_even(static_cast<float>(from.accumulator[i]) * unit), made.zero_point);
      made.real.push_back(std::min(std::max(q, code(from.low)), code(from.high)));
    }
    tensors[node.output(0)] = made;
  }

  void dequantize(const onnx::NodeProto& node) {
    if (constants_.contains(node.input(0))) return;  // Weights and biases are read as integers.
    Reference made = tensors.at(node.input(0));
    made.dequantized = true;
    made.scale = scalar(node.input(1));
    made.zero_point = zero_point(node);
    tensors[node.output(0)] = made;
  }

  /// The integers and scales of the constant behind the DequantizeLinear that makes `name`.
  std::vector<std::int64_t> codes(const std::string& name, std::vector<float>* scales, Ints* shape) const {
    for (const auto& node : graph_.node()) {
      if (node.output(0) != name) continue;
      const auto& data = *constants_.at(node.input(0));
      if (scales != nullptr) *scales = *model::values<float>(*constants_.at(node.input(1)));
      if (shape != nullptr) shape->assign(data.dims().begin(), data.dims().end());
      return *model::values<std::int64_t>(data);
    }
    throw std::runtime_error("no constant behind " + name);
  }

  void conv(const onnx::NodeProto& node) {
    const Reference& x = tensors.at(node.input(0));
    std::vector<float> scales;
    Ints shape;
    const auto weights = codes(node.input(1), &scales, &shape);
    const auto group = model::attribute(node, "group", std::int64_t{1});
    const Window w = window_of(node, shape[2], shape[3]);
    Reference made = accumulator({1, shape[0], out_extent(x.shape[2], w.kh, w.sh, w.dh, w.top + w.bottom),
                                  out_extent(x.shape[3], w.kw, w.sw, w.dw, w.left + w.right)});
    const auto bias = node.input_size() > 2 ? codes(node.input(2), nullptr, nullptr) : Ints();
    const auto in_plane = static_cast<std::size_t>(x.shape[2] * x.shape[3]);
    const auto plane = static_cast<std::size_t>(made.shape[2] * made.shape[3]);
    const auto taps = static_cast<std::size_t>(w.kh * w.kw);
    for (std::size_t m = 0; m < static_cast<std::size_t>(shape[0]); ++m) {
      const std::size_t first =
          m / static_cast<std::size_t>(shape[0] / group) * static_cast<std::size_t>(shape[1]);
      for (std::size_t i = 0; i < plane; ++i) {
        made.accumulator[m * plane + i] = bias.empty() ? 0 : static_cast<std::int32_t>(bias[m]);
        made.unit[m * plane + i] = x.scale * (scales.size() == 1 ? scales[0] : scales[m]);
      }
      for (std::size_t c = 0; c < static_cast<std::size_t>(shape[1]); ++c) {
        each_tap(x.shape, made.shape, w, [&](std::size_t to, std::size_t from, std::size_t tap) {
          const auto value = static_cast<std::int32_t>(x.real[(first + c) * in_plane + from]) - x.zero_point;
          const auto weight = weights[(m * static_cast<std::size_t>(shape[1]) + c) * taps + tap];
          made.accumulator[m * plane + to] += value * static_cast<std::int32_t>(weight);
        });
      }
    }
    tensors[node.output(0)] = made;
  }

  void product(const onnx::NodeProto& node) {
    const Reference& x = tensors.at(node.input(0));
    std::vector<float> scales;
    Ints shape;
    const auto weights = codes(node.input(1), &scales, &shape);
    const bool transposed = model::attribute(node, "transB", std::int64_t{0}) != 0;
    const auto depth = static_cast<std::size_t>(shape[transposed ? 1 : 0]);
    const auto columns = static_cast<std::size_t>(shape[transposed ? 0 : 1]);
    const auto bias = node.input_size() > 2 ? codes(node.input(2), nullptr, nullptr) : Ints();
    Ints out = x.shape;
    out.back() = static_cast<std::int64_t>(columns);
    Reference made = accumulator(out);
    for (std::size_t i = 0; i < made.accumulator.size(); ++i) {
      const std::size_t n = i % columns;
      std::int32_t sum = bias.empty() ? 0 : static_cast<std::int32_t>(bias[n]);
      for (std::size_t k = 0; k < depth; ++k) {
        const auto weight = weights[transposed ? n * depth + k : k * columns + n];
        sum += (static_cast<std::int32_t>(x.real[i / columns * depth + k]) - x.zero_point) *
               static_cast<std::int32_t>(weight);
      }
      made.accumulator[i] = sum;
      made.unit[i] = x.scale * scales[n];
    }
    tensors[node.output(0)] = made;
  }

  void add(const onnx::NodeProto& node) {
    const auto a = as_float(tensors.at(node.input(0)));
    const auto b = as_float(tensors.at(node.input(1)));
    Reference made;
    made.shape = tensors.at(node.input(0)).shape;
    for (std::size_t i = 0; i < a.size(); ++i) made.real.push_back(a[i] + b[i]);
    tensors[node.output(0)] = made;
  }

  void clamp(const onnx::NodeProto& node) {
    float low = node.op_type() == "Relu" ? 0.0F : -kInfinity;
    float high = kInfinity;
    if (node.op_type() == "Clip") {
      low = scalar(node.input(1));
      high = scalar(node.input(2));
    }
    Reference made = tensors.at(node.input(0));
    if (made.accumulator.empty()) {
      made.real = as_float(made);
      made.integer = made.dequantized = false;
      for (auto& value : made.real) value = std::min(std::max(value, low), high);
    } else {
      made.low = std::max(made.low, low);
      made.high = std::min(made.high, high);
    }
    tensors[node.output(0)] = made;
  }

  void max_pool(const onnx::NodeProto& node) {
    const Reference& x = tensors.at(node.input(0));
    const auto kernel = model::attribute(node, "kernel_shape", Ints{});
    const Window w = window_of(node, kernel[0], kernel[1]);
    Reference made = x;
    made.shape[2] = out_extent(x.shape[2], w.kh, w.sh, w.dh, w.top + w.bottom);
    made.shape[3] = out_extent(x.shape[3], w.kw, w.sw, w.dw, w.left + w.right);
    made.real.assign(count(made.shape), 0.0F);
    const auto in_plane = static_cast<std::size_t>(x.shape[2] * x.shape[3]);
    const auto plane = static_cast<std::size_t>(made.shape[2] * made.shape[3]);
    for (std::size_t c = 0; c < static_cast<std::size_t>(x.shape[1]); ++c) {
      each_tap(x.shape, made.shape, w, [&](std::size_t to, std::size_t from, std::size_t) {
        auto& value = made.real[c * plane + to];
        value = std::max(value, x.real[c * in_plane + from]);
      });
    }
    tensors[node.output(0)] = made;
  }

  void average(const onnx::NodeProto& node) {
    const Reference& x = tensors.at(node.input(0));
    const auto kernel = model::attribute(node, "kernel_shape", Ints{x.shape[2], x.shape[3]});
    const Window w = window_of(node, kernel[0], kernel[1]);
    Reference made = accumulator({1, x.shape[1], out_extent(x.shape[2], w.kh, w.sh, w.dh, w.top + w.bottom),
                                  out_extent(x.shape[3], w.kw, w.sw, w.dw, w.left + w.right)});
    made.divisor.assign(made.accumulator.size(), 0.0F);
    std::ranges::fill(made.unit, x.scale);
    const auto in_plane = static_cast<std::size_t>(x.shape[2] * x.shape[3]);
    const auto plane = static_cast<std::size_t>(made.shape[2] * made.shape[3]);
    for (std::size_t c = 0; c < static_cast<std::size_t>(x.shape[1]); ++c) {
      each_tap(x.shape, made.shape, w, [&](std::size_t to, std::size_t from, std::size_t) {
        made.accumulator[c * plane + to] +=
            static_cast<std::int32_t>(x.real[c * in_plane + from]) - x.zero_point;
        made.divisor[c * plane + to] += 1.0F;
      });
    }
    if (model::attribute(node, "count_include_pad", std::int64_t{0}) != 0) {
      std::ranges::fill(made.divisor, static_cast<float>(w.kh * w.kw));
    }
    tensors[node.output(0)] = made;
  }

  /// Flatten, and Concat of axis 1 at batch 1: the inputs' values one after the other.
  void move(const onnx::NodeProto& node) {
    Reference made = tensors.at(node.input(0));
    for (int i = 1; i < node.input_size(); ++i) {
      const Reference& more = tensors.at(node.input(i));
      made.real.insert(made.real.end(), more.real.begin(), more.real.end());
      made.shape[1] += more.shape[1];
    }
    if (node.op_type() == "Flatten") made.shape = {1, static_cast<std::int64_t>(made.real.size())};
    tensors[node.output(0)] = made;
  }

  static Reference accumulator(const Ints& shape) {
    Reference made;
    made.shape = shape;
    made.real.resize(count(shape));
    made.accumulator.resize(count(shape));
    made.unit.resize(count(shape));
    made.low = -kInfinity;
    made.high = kInfinity;
    return made;
  }

  const onnx::GraphProto& graph_;
  std::map<std::string, const onnx::TensorProto*> constants_;
};

}  // namespace

std::map<std::string, Reference> evaluate(const onnx::ModelProto& model,
                                          const std::vector<std::vector<float>>& inputs) {
  Interpreter interpreter(model.graph());
  for (int i = 0; i < model.graph().input_size(); ++i) {
    Reference input;
    for (const auto& dim : model.graph().input(i).type().tensor_type().shape().dim()) {
      input.shape.push_back(dim.dim_value());
    }
    input.real = inputs[static_cast<std::size_t>(i)];
    interpreter.tensors[model.graph().input(i).name()] = input;
  }
  for (const auto& node : model.graph().node()) interpreter.run(node);
  for (auto& [name, tensor] : interpreter.tensors) {
    if (!tensor.integer) tensor.real = as_float(tensor);
  }
  return interpreter.tensors;
}

}  // namespace mtc::cpu::test
