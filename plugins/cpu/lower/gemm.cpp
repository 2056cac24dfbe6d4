// SPDX-License-Identifier: Apache-2.0
//
// Gemm-7…13 and MatMul-1/9/13 with a constant right side, as 1x1 convolutions over an image of height 1 whose
// width is the number of rows.
#include <algorithm>
#include <utility>

#include "plugins/cpu/lower/operators.hpp"
#include "plugins/cpu/lower/quantized_product.hpp"

namespace mtc::cpu {
namespace {

/// [K][N] → [N][K].
template <class T>
std::vector<T> transposed(const std::vector<T>& weights, std::size_t rows, std::size_t columns) {
  std::vector<T> result(weights.size());
  for (std::size_t k = 0; k < rows; ++k) {
    for (std::size_t n = 0; n < columns; ++n) result[n * rows + k] = weights[k * columns + n];
  }
  return result;
}

/// Whether a tensor of this shape is the same for every row of a product: one element for each column, or
/// one.
bool one_row(const Shape& shape) {
  return shape.empty() ||
         std::ranges::all_of(shape.begin(), shape.end() - 1, [](auto extent) { return extent == 1; });
}

struct Product {
  ProductInputs inputs;
  bool transposed_weight = false;  ///< The weight is [N][K] as it is.
  float alpha = 1, beta = 1;
};

Result<void> lower_product(Context& context, const onnx::NodeProto& node, const Product& product) {
  MTC_ASSIGN(const Shape weight, context.shape(product.inputs.weight));
  MTC_ASSIGN(const Shape in, context.shape(product.inputs.input));
  MTC_ASSIGN(Shape out, context.shape(node.output(0)));
  if (weight.size() != 2 || in.empty()) {
    return unsupported(node, node.op_type() + " with weights of rank " + std::to_string(weight.size()));
  }
  if (!product.inputs.bias.empty()) {
    MTC_ASSIGN(const Shape bias, context.shape(product.inputs.bias));
    if (!one_row(bias)) return unsupported(node, "a C that differs from row to row");
  }
  Conv conv;
  conv.in_channels = weight[product.transposed_weight ? 1 : 0];
  conv.out_channels = weight[product.transposed_weight ? 0 : 1];
  if (in.back() != conv.in_channels) return invalid(node, "the sizes of the two sides do not agree");
  conv.window.in_w = conv.window.out_w = elements(in) / conv.in_channels;

  MTC_ASSIGN(bool integer, is_quantized_product(context, node, product.inputs));
  integer = integer && product.alpha == 1.0F && (product.inputs.bias.empty() || product.beta == 1.0F);
  MTC_ASSIGN(const Epilogue epilogue, absorb_epilogue(context, node, integer));
  const auto rows = static_cast<std::size_t>(weight[0]);
  const auto columns = static_cast<std::size_t>(weight[1]);
  if (integer) {
    MTC_TRY(fill_quantized(context, node, product.inputs, epilogue, conv));
    if (!product.transposed_weight) conv.q_weights = transposed(conv.q_weights, rows, columns);
  } else {
    MTC_TRY(fill_float(context, node, product.inputs, epilogue, conv));
    if (!product.transposed_weight) conv.weights = transposed(conv.weights, rows, columns);
    for (auto& value : conv.weights) value *= product.alpha;
    for (auto& value : conv.bias) value *= product.beta;
  }
  MTC_ASSIGN(const std::size_t source, product_input(context, product.inputs, integer));
  const std::size_t input = context.in_layout(source, Layout::dense);
  const std::size_t output = add_result(context, epilogue, std::move(out), Layout::dense);
  context.add_layer(model::describe(node), {input}, output, std::move(conv));
  return {};
}

}  // namespace

Result<void> lower_gemm(Context& context, const onnx::NodeProto& node) {
  if (model::attribute(node, "transA", std::int64_t{0}) != 0) return unsupported(node, "Gemm with transA");
  Product product;
  product.transposed_weight = model::attribute(node, "transB", std::int64_t{0}) != 0;
  product.alpha = model::attribute(node, "alpha", 1.0F);
  product.beta = model::attribute(node, "beta", 1.0F);
  product.inputs =
      ProductInputs{node.input(0), node.input(1), has_input(node, 2) ? node.input(2) : std::string(),
                    product.transposed_weight ? 0U : 1U};
  return lower_product(context, node, product);
}

Result<void> lower_matmul(Context& context, const onnx::NodeProto& node) {
  if (!context.is_constant(node.input(1))) return unsupported(node, "MatMul of two computed tensors");
  Product product;
  product.inputs = ProductInputs{node.input(0), node.input(1), {}, 1};
  return lower_product(context, node, product);
}

}  // namespace mtc::cpu
