// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic, comparison and conversion of elements, with NumPy broadcasting from opset 7 on.
#include <limits>

#include <ATen/ATen.h>

#include "plugins/support/autograd/convert.hpp"
#include "plugins/support/autograd/operators.hpp"

namespace mtc::autograd {
namespace {

template <at::Tensor (*Function)(const at::Tensor&)>
std::vector<at::Tensor> unary(const Call& call) {
  return one(Function(call.input(0)));
}

template <at::Tensor (*Function)(const at::Tensor&, const at::Tensor&)>
std::vector<at::Tensor> binary(const Call& call) {
  return one(Function(call.input(0), call.input(1)));
}

std::vector<at::Tensor> add(const Call& call) { return one(at::add(call.input(0), call.input(1))); }

std::vector<at::Tensor> sub(const Call& call) { return one(at::sub(call.input(0), call.input(1))); }

/// Integers divide towards zero.
std::vector<at::Tensor> div(const Call& call) {
  const at::Tensor& a = call.input(0);
  if (at::isIntegralType(a.scalar_type(), false)) return one(at::div(a, call.input(1), "trunc"));
  return one(at::div(a, call.input(1)));
}

/// The result has the type of the base, whatever that of the exponent (Pow-12 and up).
std::vector<at::Tensor> pow(const Call& call) {
  const at::Tensor& base = call.input(0);
  const at::Tensor& exponent = call.input(1);
  return one(at::pow(base, exponent).to(base.scalar_type()));
}

/// Max, Min, Sum and Mean take any number of inputs.
template <at::Tensor (*Function)(const at::Tensor&, const at::Tensor&)>
std::vector<at::Tensor> variadic(const Call& call) {
  at::Tensor result = call.input(0);
  for (std::size_t i = 1; i < call.count(); ++i) result = Function(result, call.input(i));
  return one(result);
}

at::Tensor plus(const at::Tensor& a, const at::Tensor& b) { return at::add(a, b); }

std::vector<at::Tensor> mean(const Call& call) {
  return one(variadic<plus>(call)[0] / static_cast<double>(call.count()));
}

/// Bounds are attributes in Clip-6, inputs from Clip-11 on; an absent one does not bound.
std::vector<at::Tensor> clip(const Call& call) {
  const at::Tensor& x = call.input(0);
  if (call.version < 11) {
    return one(at::clamp(x, call.number("min", std::numeric_limits<float>::lowest()),
                         call.number("max", std::numeric_limits<float>::max())));
  }
  at::Tensor y = x;
  if (call.has(1)) y = at::maximum(y, call.input(1));
  if (call.has(2)) y = at::minimum(y, call.input(2));
  return one(y);
}

std::vector<at::Tensor> cast(const Call& call) {
  const int type = scalar_type(static_cast<int>(call.integer("to", 0)), call.is_float64);
  if (type < 0) unsupported("a cast to element type " + std::to_string(call.integer("to", 0)));
  return one(call.input(0).to(static_cast<at::ScalarType>(type)));
}

std::vector<at::Tensor> where(const Call& call) {
  return one(at::where(call.input(0), call.input(1), call.input(2)));
}

at::Tensor equal(const at::Tensor& a, const at::Tensor& b) { return at::eq(a, b); }
at::Tensor greater(const at::Tensor& a, const at::Tensor& b) { return at::gt(a, b); }
at::Tensor greater_equal(const at::Tensor& a, const at::Tensor& b) { return at::ge(a, b); }
at::Tensor less(const at::Tensor& a, const at::Tensor& b) { return at::lt(a, b); }
at::Tensor less_equal(const at::Tensor& a, const at::Tensor& b) { return at::le(a, b); }
/// Half to even, as ONNX Round-11.
at::Tensor round_even(const at::Tensor& x) { return at::round(x); }

std::vector<Row> comparison_operators() {
  return {{"And", {7}, binary<at::logical_and>},
          {"Equal", {7, 11, 13, 19}, binary<equal>},
          {"Greater", {7, 9, 13}, binary<greater>},
          {"GreaterOrEqual", {12, 16}, binary<greater_equal>},
          {"Less", {7, 9, 13}, binary<less>},
          {"LessOrEqual", {12, 16}, binary<less_equal>},
          {"Not", {1}, unary<at::logical_not>},
          {"Or", {7}, binary<at::logical_or>},
          {"Where", {9, 16}, where},
          {"Xor", {7}, binary<at::logical_xor>}};
}

std::vector<Row> arithmetic_operators() {
  return {{"Abs", {6, 13}, unary<at::abs>},
          {"Add", {7, 13, 14}, add},
          {"Cast", {6, 9, 13, 19, 21}, cast},
          {"Ceil", {6, 13}, unary<at::ceil>},
          {"Clip", {6, 11, 12, 13}, clip},
          {"Cos", {7, 22}, unary<at::cos>},
          {"Div", {7, 13, 14}, div},
          {"Erf", {9, 13}, unary<at::erf>},
          {"Exp", {6, 13}, unary<at::exp>},
          {"Floor", {6, 13}, unary<at::floor>},
          {"Log", {6, 13}, unary<at::log>},
          {"Max", {8, 12, 13}, variadic<at::maximum>},
          {"Mean", {8, 13}, mean},
          {"Min", {8, 12, 13}, variadic<at::minimum>},
          {"Mul", {7, 13, 14}, binary<at::mul>},
          {"Neg", {6, 13}, unary<at::neg>},
          {"Pow", {7, 12, 13, 15}, pow},
          {"Reciprocal", {6, 13}, unary<at::reciprocal>},
          {"Round", {11, 22}, unary<round_even>},
          {"Sin", {7, 22}, unary<at::sin>},
          {"Sqrt", {6, 13}, unary<at::sqrt>},
          {"Sub", {7, 13, 14}, sub},
          {"Sum", {8, 13}, variadic<plus>}};
}

}  // namespace

std::vector<Row> elementwise_operators() {
  std::vector<Row> rows = arithmetic_operators();
  const auto more = comparison_operators();
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

}  // namespace mtc::autograd
