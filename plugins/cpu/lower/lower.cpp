// SPDX-License-Identifier: Apache-2.0
//
// The table of operators, and the walk over the graph.
#include "plugins/cpu/lower/lower.hpp"

#include <map>
#include <string_view>
#include <utility>

#include <onnx/onnx_pb.h>

#include "plugins/cpu/lower/context.hpp"
#include "plugins/cpu/lower/operators.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/tensor.hpp"
#include "plugins/support/onnx/transform.hpp"

namespace mtc::cpu {
namespace {

constexpr int kMinOpset = 7;
constexpr int kMaxOpset = 17;

const std::map<std::string_view, LowerFunction>& operator_table() {
  static const std::map<std::string_view, LowerFunction> table = {
      {"Add", lower_binary},
      {"AveragePool", lower_pool},
      {"Clip", lower_unary},
      {"Concat", lower_concat},
      {"Conv", lower_conv},
      {"DequantizeLinear", lower_dequantize},
      {"Div", lower_binary},
      {"Dropout", lower_identity},
      {"Flatten", lower_reshape},
      {"Gemm", lower_gemm},
      {"GlobalAveragePool", lower_pool},
      {"GlobalMaxPool", lower_pool},
      {"Identity", lower_identity},
      {"LeakyRelu", lower_unary},
      {"MatMul", lower_matmul},
      {"MaxPool", lower_pool},
      {"Mul", lower_binary},
      {"Pad", lower_pad},
      {"QuantizeLinear", lower_quantize},
      {"Relu", lower_unary},
      {"Reshape", lower_reshape},
      {"Sigmoid", lower_unary},
      {"Slice", lower_slice},
      {"Softmax", lower_softmax},
      {"Squeeze", lower_reshape},
      {"Sub", lower_binary},
      {"Tanh", lower_unary},
      {"Transpose", lower_transpose},
      {"Unsqueeze", lower_reshape},
  };
  return table;
}

/// Declares the model's inputs as tensors.
Result<void> add_inputs(Context& context) {
  for (const auto* input : model::real_inputs(context.graph())) {
    const int type = input->type().tensor_type().elem_type();
    if (type != onnx::TensorProto::FLOAT && type != onnx::TensorProto::UINT8) {
      return Error{Code::unimplemented,
                   "target cpu does not support inputs of type " + model::type_name(type), input->name(),
                   "use another target (onnxruntime)"};
    }
    MTC_ASSIGN(auto shape, context.shape(input->name()));
    const auto kind = type == onnx::TensorProto::FLOAT ? Type::f32 : Type::u8;
    const auto id = context.add_tensor(input->name(), kind, std::move(shape), Layout::dense);
    auto& storage = context.program().storages[context.tensor(id).storage];
    storage.kind = Storage::Kind::input;
    storage.index = context.program().inputs.size();
    context.program().inputs.push_back(id);
    context.bind(input->name(), id);
  }
  return {};
}

/// Lets each output be written where the caller wants it, by a copy only where it cannot be made there at
/// once.
Result<void> add_outputs(Context& context) {
  Program& program = context.program();
  for (const auto& output : context.graph().output()) {
    MTC_ASSIGN(const auto value, context.value(output.name()));
    std::size_t id = value.tensor;
    if (value.dequantized) {
      MTC_ASSIGN(id, context.as_float(output.name()));
    }
    id = context.in_layout(id, Layout::dense);
    if (program.storages[context.tensor(id).storage].kind != Storage::Kind::arena) {
      const Tensor from = context.tensor(id);
      const auto copy = context.add_tensor(output.name(), from.type, from.shape, Layout::dense, from.quant);
      Move::Copy all;
      all.extent[4] = elements(from.shape);
      all.in_stride[4] = 1;
      all.out_stride[4] = 1;
      context.add_layer("output '" + output.name() + "'", {id}, copy, Move{{all}});
      id = copy;
    } else {
      const Tensor from = context.tensor(id);
      id = context.alias(id, output.name(), from.shape, Layout::dense);
    }
    auto& storage = program.storages[context.tensor(id).storage];
    storage.kind = Storage::Kind::output;
    storage.index = program.outputs.size();
    program.outputs.push_back(id);
  }
  return {};
}

Result<void> lower_nodes(Context& context) {
  for (const auto* node : context.index().order()) {
    if (context.done(node) || node->op_type() == "Constant") continue;
    const auto found = operator_table().find(node->op_type());
    if ((!node->domain().empty() && node->domain() != "ai.onnx") || found == operator_table().end()) {
      const std::string domain = node->domain().empty() ? "" : node->domain() + ".";
      return unsupported(*node, "operator " + domain + node->op_type());
    }
    auto lowered = found->second(context, *node);
    if (!lowered) {
      Error error = std::move(lowered).error();
      const auto place = model::describe(*node);
      if (error.where.find(place) == std::string::npos) {
        error.where = error.where.empty() ? place : place + ", tensor '" + error.where + "'";
      }
      return error;
    }
  }
  return {};
}

Result<void> prepare(onnx::ModelProto& model) {
  const int opset = model::opset(model);
  if (opset < kMinOpset || opset > kMaxOpset) {
    return Error{
        Code::unimplemented,
        "target cpu does not support opset " + std::to_string(opset),
        {},
        "convert the model to an opset of " + std::to_string(kMinOpset) + " to " + std::to_string(kMaxOpset)};
  }
  MTC_TRY(model::fix_batch(model, 1));
  MTC_TRY(model::fold_constants(model));
  MTC_TRY(model::fold_batch_norms(model));
  MTC_TRY(model::split_batch_norms(model));
  model::remove_unused(model);
  return {};
}

}  // namespace

std::vector<std::string> supported_operators() {
  std::vector<std::string> names;
  for (const auto& [name, function] : operator_table()) names.emplace_back(name);
  return names;
}

Result<Program> lower(onnx::ModelProto& model) {
  MTC_TRY(prepare(model));
  MTC_ASSIGN(auto shapes, model::infer_shapes(model));
  MTC_ASSIGN(const auto index, model::GraphIndex::build(model.graph()));
  Context context(model.graph(), index, model::opset(model), std::move(shapes));
  const auto metadata = model::metadata(model);
  if (const auto scheme = metadata.find("mtc.quant.scheme"); scheme != metadata.end()) {
    context.program().scheme = scheme->second;
  }
  MTC_TRY(add_inputs(context));
  MTC_TRY(lower_nodes(context));
  MTC_TRY(add_outputs(context));
  return std::move(context.program());
}

}  // namespace mtc::cpu
