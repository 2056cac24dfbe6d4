// SPDX-License-Identifier: Apache-2.0
//
// Conv (2-D, groups, dilation): ONNX Conv-1/11. Float, or integer when input and weights are quantized.
#include <cmath>
#include <utility>

#include "plugins/cpu/lower/operators.hpp"
#include "plugins/cpu/lower/quantized_product.hpp"
#include "plugins/cpu/lower/window.hpp"

namespace mtc::cpu {
namespace {

/// [M][C/g][KH][KW] → [M][KH][KW][C/g].
template <class T>
std::vector<T> channels_last(const std::vector<T>& weights, const Shape& shape) {
  std::vector<T> result(weights.size());
  const auto channels = static_cast<std::size_t>(shape[1]);
  const auto taps = static_cast<std::size_t>(shape[2] * shape[3]);
  std::size_t at = 0;
  for (std::size_t m = 0; m < static_cast<std::size_t>(shape[0]); ++m) {
    for (std::size_t tap = 0; tap < taps; ++tap) {
      for (std::size_t c = 0; c < channels; ++c) result[at++] = weights[(m * channels + c) * taps + tap];
    }
  }
  return result;
}

Result<Conv> read_conv(Context& context, const onnx::NodeProto& node, const Shape& weight) {
  MTC_ASSIGN(const Shape in, context.shape(node.input(0)));
  MTC_ASSIGN(const Shape out, context.shape(node.output(0)));
  if (weight.size() != 4) {
    return unsupported(node, "Conv with weights of rank " + std::to_string(weight.size()));
  }
  Conv conv;
  MTC_ASSIGN(conv.window, read_window(node, in, out, weight[2], weight[3]));
  conv.groups = model::attribute(node, "group", std::int64_t{1});
  conv.in_channels = in[1];
  conv.out_channels = weight[0];
  if (conv.groups < 1 || conv.in_channels != weight[1] * conv.groups ||
      conv.out_channels % conv.groups != 0 || out[1] != conv.out_channels ||
      conv.window.kernel_h != weight[2] || conv.window.kernel_w != weight[3]) {
    return invalid(node, "input, weight, output and group do not agree");
  }
  return conv;
}

}  // namespace

Result<void> lower_conv(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(const Shape weight, context.shape(node.input(1)));
  MTC_ASSIGN(Conv conv, read_conv(context, node, weight));
  const std::string bias = has_input(node, 2) ? node.input(2) : std::string();
  ProductInputs inputs{node.input(0), node.input(1), bias, 0};
  MTC_ASSIGN(const bool integer, is_quantized_product(context, node, inputs));
  MTC_ASSIGN(const Epilogue epilogue, absorb_epilogue(context, node, integer));
  if (integer) {
    MTC_TRY(fill_quantized(context, node, inputs, epilogue, conv));
    conv.q_weights = channels_last(conv.q_weights, weight);
  } else {
    MTC_TRY(fill_float(context, node, inputs, epilogue, conv));
    conv.weights = channels_last(conv.weights, weight);
  }
  MTC_ASSIGN(const std::size_t source, product_input(context, inputs, integer));
  MTC_ASSIGN(Shape out, context.shape(node.output(0)));
  const std::size_t input = context.in_layout(source, Layout::nhwc);
  const std::size_t output = add_result(context, epilogue, std::move(out), Layout::nhwc);
  context.add_layer(model::describe(node), {input}, output, std::move(conv));
  return {};
}

}  // namespace mtc::cpu
