// SPDX-License-Identifier: Apache-2.0
//
// MaxPool-1…12, AveragePool-1…11, GlobalAveragePool-1, GlobalMaxPool-1 on [1, C, H, W].
#include <utility>

#include "plugins/cpu/lower/operators.hpp"
#include "plugins/cpu/lower/quantization.hpp"
#include "plugins/cpu/lower/window.hpp"

namespace mtc::cpu {
namespace {

Result<Pool> read_pool(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(const Shape in, context.shape(node.input(0)));
  MTC_ASSIGN(const Shape out, context.shape(node.output(0)));
  Pool pool;
  pool.kind = node.op_type().ends_with("MaxPool") ? Pool::Kind::max : Pool::Kind::average;
  if (in.size() != 4)
    return unsupported(node, node.op_type() + " on tensors of rank " + std::to_string(in.size()));
  pool.channels = in[1];
  pool.count_padding = model::attribute(node, "count_include_pad", std::int64_t{0}) != 0;
  if (node.op_type().starts_with("Global")) {
    pool.window.in_h = pool.window.kernel_h = in[2];
    pool.window.in_w = pool.window.kernel_w = in[3];
    return pool;
  }
  if (model::attribute(node, "storage_order", std::int64_t{0}) != 0 || node.output_size() > 1) {
    return unsupported(node, "MaxPool with indices");
  }
  if (pool.count_padding && model::attribute(node, "ceil_mode", std::int64_t{0}) != 0) {
    return unsupported(node, "AveragePool with count_include_pad and ceil_mode");
  }
  MTC_ASSIGN(pool.window, read_window(node, in, out, 1, 1));
  return pool;
}

}  // namespace

Result<void> lower_pool(Context& context, const onnx::NodeProto& node) {
  MTC_ASSIGN(Pool pool, read_pool(context, node));
  MTC_ASSIGN(Shape out, context.shape(node.output(0)));
  MTC_ASSIGN(const Value value, context.value(node.input(0)));
  const Tensor from = context.tensor(value.tensor);
  if (from.type == Type::u8 && !value.dequantized)
    return unsupported(node, node.op_type() + " on uint8 tensors");
  const std::size_t input = context.in_layout(value.tensor, Layout::nhwc);
  if (pool.kind == Pool::Kind::max && from.type == Type::u8) {
    // The largest integer is the largest value: the result keeps scale and zero point of the input.
    const auto output =
        context.add_tensor(node.output(0), Type::u8, std::move(out), Layout::nhwc, from.quant);
    context.bind(node.output(0), Value{output, true});
    context.add_layer(model::describe(node), {input}, output, std::move(pool));
    return {};
  }
  MTC_ASSIGN(Epilogue epilogue, absorb_epilogue(context, node, from.type == Type::u8));
  if (from.type == Type::f32 || !epilogue.quant) {
    // Averages in float have no limits in the kernel: the activation stays a layer of its own.
    const auto pooled = context.add_tensor(node.output(0), Type::f32, out, Layout::nhwc);
    context.add_layer(model::describe(node), {input}, pooled, std::move(pool));
    if (epilogue.name == node.output(0)) {
      context.bind(node.output(0), pooled);
      return {};
    }
    const auto output = add_result(context, epilogue, std::move(out), Layout::nhwc);
    context.add_layer(model::describe(node), {pooled}, output, Unary{Unary::Kind::clamp, epilogue.clamp, 0});
    return {};
  }
  pool.q_low = epilogue.q_low;
  pool.q_high = epilogue.q_high;
  const auto output = add_result(context, epilogue, std::move(out), Layout::nhwc);
  context.add_layer(model::describe(node), {input}, output, std::move(pool));
  return {};
}

}  // namespace mtc::cpu
