// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "plugins/support/onnx/constant_evaluation.hpp"
#include "plugins/support/onnx/graph.hpp"

namespace mtc::model {
namespace {

using Type = onnx::TensorProto;

template <class T>
T element(const ConstantValue& value, std::size_t at) {
  T result{};
  std::memcpy(&result, value.bytes.data() + at * sizeof(T), sizeof(T));
  return result;
}

template <class T>
void append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

/// NumPy broadcasting; nothing where the shapes do not fit.
std::optional<std::vector<std::int64_t>> broadcast(const std::vector<std::int64_t>& a,
                                                   const std::vector<std::int64_t>& b) {
  std::vector<std::int64_t> shape(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    const std::int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) return std::nullopt;
    shape[shape.size() - 1 - i] = x == 1 ? y : x;
  }
  return shape;
}

/// Position in a tensor of shape `from` of the element that broadcasts to position `at` of shape `to`.
std::size_t source(std::size_t at, const std::vector<std::int64_t>& to,
                   const std::vector<std::int64_t>& from) {
  std::size_t position = 0;
  std::size_t stride = 1;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const auto extent = static_cast<std::size_t>(to[to.size() - 1 - i]);
    const std::size_t index = at % extent;
    at /= extent;
    if (i >= from.size()) continue;
    const auto own = static_cast<std::size_t>(from[from.size() - 1 - i]);
    position += (own == 1 ? 0 : index) * stride;
    stride *= own;
  }
  return position;
}

template <class T>
std::optional<T> compute(const std::string& op, T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    T result{};
    bool overflow = false;
    if (op == "Add") overflow = __builtin_add_overflow(a, b, &result);
    if (op == "Sub") overflow = __builtin_sub_overflow(a, b, &result);
    if (op == "Mul") overflow = __builtin_mul_overflow(a, b, &result);
    if (op == "Div") {
      if (b == 0 || b == -1) return std::nullopt;
      result = a / b;
    }
    return overflow ? std::nullopt : std::optional<T>(result);
  } else {
    if (op == "Add") return a + b;
    if (op == "Sub") return a - b;
    return op == "Mul" ? a * b : a / b;
  }
}

template <class T>
std::optional<ConstantValue> binary(const std::string& op, const ConstantValue& a, const ConstantValue& b) {
  const auto shape = broadcast(a.shape, b.shape);
  if (!shape) return std::nullopt;
  ConstantValue out{a.type, *shape, {}};
  const auto count = static_cast<std::size_t>(out.elements());
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = compute<T>(op, element<T>(a, source(i, out.shape, a.shape)),
                                  element<T>(b, source(i, out.shape, b.shape)));
    if (!value) return std::nullopt;
    append(out.bytes, *value);
  }
  return out;
}

template <class T>
std::optional<ConstantValue> unary(const std::string& op, const ConstantValue& in) {
  ConstantValue out{in.type, in.shape, {}};
  const auto count = static_cast<std::size_t>(in.elements());
  for (std::size_t i = 0; i < count; ++i) {
    T value = element<T>(in, i);
    if (op == "Neg") value = -value;
    if (op == "Abs") value = std::abs(value);
    if constexpr (std::is_floating_point_v<T>) {
      if (op == "Floor") value = std::floor(value);
      if (op == "Ceil") value = std::ceil(value);
      if (op == "Sqrt") value = std::sqrt(value);
    }
    append(out.bytes, value);
  }
  return out;
}

/// One number of any type that `cast` reads; every such value but large int64 is exact in long double.
long double number(const ConstantValue& value, std::size_t at) {
  switch (value.type) {
    case Type::FLOAT:
      return static_cast<long double>(element<float>(value, at));
    case Type::DOUBLE:
      return static_cast<long double>(element<double>(value, at));
    case Type::INT32:
      return element<std::int32_t>(value, at);
    case Type::INT64:
      return static_cast<long double>(element<std::int64_t>(value, at));
    default:
      return element<std::uint8_t>(value, at) != 0 ? 1 : 0;
  }
}

bool castable(int type) {
  return type == Type::FLOAT || type == Type::DOUBLE || type == Type::INT32 || type == Type::INT64 ||
         type == Type::BOOL;
}

std::optional<ConstantValue> cast(const onnx::NodeProto& node, const ConstantValue& in) {
  const int to = static_cast<int>(attribute(node, "to", std::int64_t{0}));
  if (!castable(to) || !castable(in.type)) return std::nullopt;
  ConstantValue out{to, in.shape, {}};
  const auto count = static_cast<std::size_t>(in.elements());
  for (std::size_t i = 0; i < count; ++i) {
    const long double value = number(in, i);
    const bool integral = to == Type::INT32 || to == Type::INT64;
    const long double limit = to == Type::INT32 ? 2147483648.0L : 9223372036854775808.0L;
    if (integral && !(value > -limit - 1 && value < limit)) return std::nullopt;
    if (to == Type::FLOAT) append(out.bytes, static_cast<float>(value));
    if (to == Type::DOUBLE) append(out.bytes, static_cast<double>(value));
    if (to == Type::INT32) append(out.bytes, static_cast<std::int32_t>(value));
    if (to == Type::INT64) append(out.bytes, static_cast<std::int64_t>(value));
    if (to == Type::BOOL) append(out.bytes, static_cast<std::uint8_t>(value != 0));
  }
  return out;
}

}  // namespace

std::optional<ConstantValue> evaluate_arithmetic(const onnx::NodeProto& node,
                                                 std::span<const ConstantValue* const> inputs) {
  const std::string& op = node.op_type();
  const ConstantValue& a = *inputs[0];
  if (op == "Cast") return cast(node, a);
  if (op == "Add" || op == "Sub" || op == "Mul" || op == "Div") {
    if (inputs.size() != 2 || inputs[1] == nullptr || inputs[1]->type != a.type) return std::nullopt;
    if (a.type == Type::FLOAT) return binary<float>(op, a, *inputs[1]);
    if (a.type == Type::DOUBLE) return binary<double>(op, a, *inputs[1]);
    if (a.type == Type::INT64) return binary<std::int64_t>(op, a, *inputs[1]);
    if (a.type == Type::INT32) return binary<std::int32_t>(op, a, *inputs[1]);
    return std::nullopt;
  }
  const bool rounding = op == "Floor" || op == "Ceil" || op == "Sqrt";
  if (!rounding && op != "Neg" && op != "Abs") return std::nullopt;
  if (a.type == Type::FLOAT) return unary<float>(op, a);
  if (a.type == Type::DOUBLE) return unary<double>(op, a);
  if (a.type == Type::INT64 && !rounding) return unary<std::int64_t>(op, a);
  return std::nullopt;
}

}  // namespace mtc::model
