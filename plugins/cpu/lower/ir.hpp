// SPDX-License-Identifier: Apache-2.0
//
// The program that code generation works on: tensors in storages, and a flat list of layers whose sizes are
// all known. Made by lower.hpp from ONNX; memory/ places its storages, kernels/ turn its layers into C.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace mtc::cpu {

enum class Type { f32, u8 };
inline std::size_t bytes_of(Type type) { return type == Type::f32 ? 4 : 1; }

using Shape = std::vector<std::int64_t>;
std::int64_t elements(const Shape& shape);

/// real = (q - zero_point) * scale.
struct Quant {
  float scale = 0;
  int zero_point = 0;
  bool operator==(const Quant&) const = default;
};

/// Where the bytes of one or several tensors live.
struct Storage {
  enum class Kind { arena, input, output, constant };
  Kind kind = Kind::arena;
  std::size_t bytes = 0;
  std::size_t index = 0;        ///< Number of the model's input or output.
  std::vector<std::byte> data;  ///< Of a constant: values in host order.
};

/// Order of the bytes: dense is row-major in the order of the ONNX axes; nhwc moves axis 1 of four behind the
/// others.
enum class Layout { dense, nhwc };

struct Tensor {
  std::string name;  ///< Of the ONNX tensor.
  Type type = Type::f32;
  Shape shape;  ///< ONNX axes.
  Layout layout = Layout::dense;
  Quant quant;  ///< Of a u8 tensor.
  std::size_t storage = 0;
};

/// Elements between neighbours on each ONNX axis.
Shape strides(const Shape& shape, Layout layout);
/// True when a tensor of `shape` has the same bytes in both layouts.
bool same_bytes_in_any_layout(const Shape& shape);

/// Limits of a fused activation, in real values.
struct Clamp {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

/// A window over an image of [in_h, in_w, channels] that makes [out_h, out_w, …].
struct Window {
  std::int64_t in_h = 1, in_w = 1, out_h = 1, out_w = 1;
  std::int64_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  [[nodiscard]] bool padded() const { return pad_top > 0 || pad_left > 0 || pad_bottom > 0 || pad_right > 0; }
};

/// Convolution; Gemm and MatMul are one of 1x1 over an image of height 1 whose width is the number of rows.
/// u8 input: accumulator = bias + sum (x - zero_point) * weight in int32; then real = accumulator * scale
/// (f32 output) or q = clamp(half_even(accumulator * scale) + zero_point) (u8 output), both in float32.
struct Conv {
  Window window;
  std::int64_t in_channels = 1, out_channels = 1, groups = 1;
  std::vector<float> weights;  ///< [out_channels][kernel_h][kernel_w][in_channels / groups], f32 input.
  std::vector<float> bias;     ///< [out_channels]
  std::vector<std::int8_t> q_weights;  ///< The same order, u8 input.
  std::vector<std::int32_t> q_bias;
  std::vector<float> scale;     ///< [out_channels]: sx * sw, or (sx * sw) / sy.
  Clamp clamp;                  ///< f32 output.
  int q_low = 0, q_high = 255;  ///< u8 output.
};

/// Max: f32 or u8 in and out. Average: f32→f32, u8→f32 or u8→u8, the sum of a u8 window being an int32 of
/// (x - zero_point), multiplied by scale / count in float32, where scale is sx (f32 out) or sx / (sy * count)
/// is formed.
struct Pool {
  enum class Kind { max, average };
  Kind kind = Kind::max;
  Window window;
  std::int64_t channels = 1;
  bool count_padding = false;
  int q_low = 0, q_high = 255;  ///< u8 → u8 average.
};

/// Elementwise with broadcasting, four loops from outer to inner; the output is written densely.
/// u8: q = clamp(half_even(((a - za) * sa + (b - zb) * sb) / sy) + zy) in float32 in this order; add alone.
struct Binary {
  enum class Kind { add, sub, mul, div };
  Kind kind = Kind::add;
  std::int64_t extent[4] = {1, 1, 1, 1};
  std::int64_t stride_a[4] = {0, 0, 0, 0};
  std::int64_t stride_b[4] = {0, 0, 0, 0};
  Clamp clamp;
  int q_low = 0, q_high = 255;
};

struct Unary {
  enum class Kind { clamp, leaky_relu, sigmoid, tanh };
  Kind kind = Kind::clamp;
  Clamp clamp;
  float alpha = 0;
};

/// Over `length` elements that lie `inner` apart.
struct Softmax {
  std::int64_t outer = 1, length = 1, inner = 1;
};

/// Strided copies into one output: layout changes, Slice, Pad, Concat, Transpose. Source i is inputs[i].
struct Move {
  static constexpr std::size_t kRank = 5;
  struct Copy {
    std::int64_t extent[kRank] = {1, 1, 1, 1, 1};
    std::int64_t in_stride[kRank] = {0, 0, 0, 0, 0};
    std::int64_t out_stride[kRank] = {0, 0, 0, 0, 0};
    std::int64_t in_offset = 0, out_offset = 0;
  };
  std::vector<Copy> copies;
  bool fill = false;
  float fill_value = 0;  ///< The stored value: of a u8 tensor an integer 0..255.
};

/// f32 → u8: clamp(half_even(x / scale) + zero_point), ONNX QuantizeLinear-10/13.
struct Quantize {};
/// u8 → f32: (q - zero_point) * scale, ONNX DequantizeLinear-10/13.
struct Dequantize {};
/// u8 → u8 by a table of 256 values: a change of scale, an activation between DequantizeLinear and
/// QuantizeLinear.
struct Lookup {
  std::vector<std::uint8_t> table;
};

struct Layer {
  std::string node;                 ///< "Conv 'layer1.0.conv1'", for messages and comments.
  std::vector<std::size_t> inputs;  ///< Tensors that it reads.
  std::size_t output = 0;           ///< The tensor that it writes.
  std::variant<Conv, Pool, Binary, Unary, Softmax, Move, Quantize, Dequantize, Lookup> op;
};

struct Program {
  std::vector<Storage> storages;
  std::vector<Tensor> tensors;
  std::vector<Layer> layers;
  std::vector<std::size_t> inputs;  ///< Tensors, in the model's order.
  std::vector<std::size_t> outputs;
  std::string scheme;  ///< Quantization scheme of the model; empty = float.
};

}  // namespace mtc::cpu
