// SPDX-License-Identifier: Apache-2.0
//
// Source: onnx.proto of IR version 8 (field numbers), ONNX QLinearConv-10. Written by hand because the plugin
// links no protobuf: a second copy of ONNX's messages in the process of ONNX Runtime would abort it.
#include "plugins/onnxruntime/probe_model.hpp"

#include <cstring>
#include <initializer_list>
#include <string_view>

namespace mtc::onnxruntime {
namespace {

using Extents = std::initializer_list<std::int64_t>;

constexpr int kFloat = 1, kUint8 = 2, kInt8 = 3;  // TensorProto.DataType
constexpr std::int64_t kIntegers = 7;             // AttributeProto.INTS
constexpr std::int64_t kInteger = 2;              // AttributeProto.INT

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>((value & 0x7F) | 0x80);
  return bytes + static_cast<char>(value);
}

std::string number(unsigned field, std::int64_t value) {
  return varint(field << 3U) + varint(static_cast<std::uint64_t>(value));
}

std::string message(unsigned field, std::string_view content) {
  return varint((field << 3U) | 2U) + varint(content.size()) + std::string(content);
}

std::string tensor(std::string_view name, int type, Extents shape, std::string_view data) {
  std::string text;
  for (const auto extent : shape) text += number(1, extent);
  return message(5, text + number(2, type) + message(8, name) + message(9, data));
}

std::string scale(std::string_view name, float value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return tensor(name, kFloat, {}, bytes);
}

/// An input (field 11) or output (field 12) of the graph.
std::string port(unsigned field, std::string_view name, Extents shape) {
  std::string dims;
  for (const auto extent : shape) dims += message(1, number(1, extent));
  return message(field, message(1, name) + message(2, message(1, number(1, kUint8) + message(2, dims))));
}

std::string convolution(std::string_view input, std::string_view weight, std::string_view out_scale,
                        std::string_view output, std::string_view attributes) {
  std::string text;
  for (const auto name :
       {input, std::string_view("one"), std::string_view("zero"), weight, std::string_view("one"),
        std::string_view("zero_s"), out_scale, std::string_view("zero")})
    text += message(1, name);
  return message(1, text + message(2, output) + message(4, "QLinearConv") + std::string(attributes));
}

}  // namespace

std::string probe_model() {
  constexpr std::int64_t channels = kProbeChannels;
  const std::string group = message(5, message(1, "group") + number(3, channels) + number(20, kInteger));
  const std::string kernel =
      message(5, message(1, "kernel_shape") + number(8, 3) + number(8, 3) + number(20, kIntegers));
  const std::string weights(static_cast<std::size_t>(channels), 127);
  const std::string deep(static_cast<std::size_t>(channels) * 9, 127);
  const std::string graph =
      convolution("x", "w", "full_scale", "full", "") +
      convolution("d", "v", "deep_scale", "deep", group + kernel) + message(2, "probe") +
      tensor("w", kInt8, {1, channels, 1, 1}, weights) + tensor("v", kInt8, {channels, 1, 3, 3}, deep) +
      scale("one", 1.0F) +
      // Sums are n · 255 · 127: at these scales the outputs are 127.
      scale("full_scale", static_cast<float>(channels) * 255.0F) + scale("deep_scale", 9.0F * 255.0F) +
      tensor("zero", kUint8, {}, std::string(1, '\0')) + tensor("zero_s", kInt8, {}, std::string(1, '\0')) +
      port(11, "x", {1, channels, 1, 1}) + port(11, "d", {1, channels, 3, 3}) +
      port(12, "full", {1, 1, 1, 1}) + port(12, "deep", {1, channels, 1, 1});
  return number(1, 8) + message(7, graph) + message(8, message(1, "") + number(2, 13));
}

}  // namespace mtc::onnxruntime
