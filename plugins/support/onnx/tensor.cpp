// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/onnx/tensor.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace mtc::model {
namespace {

using Type = onnx::TensorProto;

/// IEEE 754 binary16 and bfloat16 as stored, so that they are types of their own.
struct Half {
  std::uint16_t bits;
};
struct Bfloat {
  std::uint16_t bits;
};

float to_float(Half half) {
  const int exponent = (half.bits >> 10) & 0x1F;
  const int fraction = half.bits & 0x3FF;
  const float sign = (half.bits & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  if (exponent == 31) {
    return fraction == 0 ? sign * std::numeric_limits<float>::infinity()
                         : std::numeric_limits<float>::quiet_NaN();
  }
  return sign * std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
}
float to_float(Bfloat value) { return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16U); }

Error short_tensor(const Type& tensor) {
  return Error{Code::invalid_argument,
               "a tensor of type " + type_name(tensor.data_type()) + " with " +
                   std::to_string(elements(tensor)) + " elements holds another number of values",
               "tensor '" + tensor.name() + "'", "export the model again"};
}

/// Which typed field of TensorProto holds elements of type S when raw_data does not.
template <class S>
const auto& typed_field(const Type& tensor) {
  if constexpr (std::is_same_v<S, float>) {
    return tensor.float_data();
  } else if constexpr (std::is_same_v<S, double>) {
    return tensor.double_data();
  } else if constexpr (std::is_same_v<S, std::int64_t>) {
    return tensor.int64_data();
  } else if constexpr (std::is_same_v<S, std::uint32_t> || std::is_same_v<S, std::uint64_t>) {
    return tensor.uint64_data();
  } else {
    return tensor.int32_data();
  }
}

/// All elements, stored as S, converted by `convert`.
template <class S, class T, class Convert>
Result<std::vector<T>> read(const Type& tensor, Convert convert) {
  const std::int64_t stored_count = tensor.has_raw_data()
                                        ? static_cast<std::int64_t>(tensor.raw_data().size() / sizeof(S))
                                        : static_cast<std::int64_t>(typed_field<S>(tensor).size());
  if (stored_count != elements(tensor)) return short_tensor(tensor);
  const auto count = static_cast<std::size_t>(stored_count);
  std::vector<T> out(count);
  if (tensor.has_raw_data()) {
    const std::string& raw = tensor.raw_data();
    if (raw.size() != count * sizeof(S)) return short_tensor(tensor);
    for (std::size_t i = 0; i < count; ++i) {
      S value{};
      std::memcpy(&value, raw.data() + i * sizeof(S), sizeof(S));
      out[i] = convert(value);
    }
    return out;
  }
  const auto& field = typed_field<S>(tensor);
  for (std::size_t i = 0; i < count; ++i) {
    const auto stored = field.Get(static_cast<int>(i));
    if constexpr (std::is_same_v<S, Half> || std::is_same_v<S, Bfloat>) {
      out[i] = convert(S{static_cast<std::uint16_t>(stored)});
    } else {
      out[i] = convert(static_cast<S>(stored));
    }
  }
  return out;
}

template <class S, class T>
Result<std::vector<T>> read_as(const Type& tensor) {
  return read<S, T>(tensor, [](S value) { return static_cast<T>(value); });
}

template <class T>
Error no_conversion(const Type& tensor) {
  return Error{Code::invalid_argument,
               "a tensor of type " + type_name(tensor.data_type()) + " where another is expected",
               "tensor '" + tensor.name() + "'", "convert the model to float32 weights and int64 shapes"};
}

template <class T>
Result<std::vector<T>> read_floating(const Type& tensor) {
  switch (tensor.data_type()) {
    case Type::FLOAT:
      return read_as<float, T>(tensor);
    case Type::DOUBLE:
      return read_as<double, T>(tensor);
    case Type::FLOAT16:
      return read<Half, T>(tensor, [](Half value) { return static_cast<T>(to_float(value)); });
    case Type::BFLOAT16:
      return read<Bfloat, T>(tensor, [](Bfloat value) { return static_cast<T>(to_float(value)); });
    default:
      return no_conversion<T>(tensor);
  }
}

/// Integer types that T holds without loss.
template <class T>
Result<std::vector<T>> read_integer(const Type& tensor) {
  switch (tensor.data_type()) {
    case Type::INT8:
      if constexpr (std::is_signed_v<T>) return read_as<std::int8_t, T>(tensor);
      break;
    case Type::UINT8:
      if constexpr (sizeof(T) > 1 || std::is_unsigned_v<T>) return read_as<std::uint8_t, T>(tensor);
      break;
    case Type::INT16:
      if constexpr (sizeof(T) > 1) return read_as<std::int16_t, T>(tensor);
      break;
    case Type::UINT16:
      if constexpr (sizeof(T) > 2) return read_as<std::uint16_t, T>(tensor);
      break;
    case Type::INT32:
      if constexpr (sizeof(T) > 2) return read_as<std::int32_t, T>(tensor);
      break;
    case Type::UINT32:
      if constexpr (sizeof(T) > 4) return read_as<std::uint32_t, T>(tensor);
      break;
    case Type::INT64:
      if constexpr (sizeof(T) > 4) return read_as<std::int64_t, T>(tensor);
      break;
    case Type::UINT64:
      if constexpr (sizeof(T) > 4) {
        auto wide = read_as<std::uint64_t, std::uint64_t>(tensor);
        if (!wide) return wide.error();
        for (const auto value : *wide) {
          if (value > static_cast<std::uint64_t>(std::numeric_limits<T>::max()))
            return no_conversion<T>(tensor);
        }
        return std::vector<T>(wide->begin(), wide->end());
      }
      break;
    default:
      break;
  }
  return no_conversion<T>(tensor);
}

template <class T>
constexpr int onnx_type() {
  if constexpr (std::is_same_v<T, float>) return Type::FLOAT;
  if constexpr (std::is_same_v<T, double>) return Type::DOUBLE;
  if constexpr (std::is_same_v<T, std::int64_t>) return Type::INT64;
  if constexpr (std::is_same_v<T, std::int32_t>) return Type::INT32;
  if constexpr (std::is_same_v<T, std::int8_t>) return Type::INT8;
  if constexpr (std::is_same_v<T, std::uint8_t>) return Type::UINT8;
  return Type::BOOL;
}

}  // namespace

std::int64_t elements(const onnx::TensorProto& tensor) {
  std::int64_t count = 1;
  for (const auto extent : tensor.dims()) {
    if (extent < 0 || __builtin_mul_overflow(count, extent, &count)) return -1;
  }
  return count;
}

template <class T>
Result<std::vector<T>> values(const onnx::TensorProto& tensor) {
  if (tensor.data_location() == Type::EXTERNAL) {
    return Error{Code::failed_precondition, "the bytes of this tensor lie in another file",
                 "tensor '" + tensor.name() + "'", "load the model with mtc::model::load"};
  }
  if constexpr (std::is_same_v<T, bool>) {
    return tensor.data_type() == Type::BOOL ? read_as<bool, bool>(tensor)
                                            : Result<std::vector<bool>>(no_conversion<T>(tensor));
  } else if constexpr (std::is_floating_point_v<T>) {
    return read_floating<T>(tensor);
  } else {
    return read_integer<T>(tensor);
  }
}

template <class T>
onnx::TensorProto make_tensor(const std::string& name, std::span<const std::int64_t> shape,
                              std::span<const T> values) {
  onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(onnx_type<T>());
  for (const auto extent : shape) tensor.add_dims(extent);
  std::string& raw = *tensor.mutable_raw_data();
  raw.resize(values.size_bytes());
  if (!values.empty()) std::memcpy(raw.data(), values.data(), values.size_bytes());
  return tensor;
}

#define MTC_INSTANTIATE(T)                                                                     \
  template Result<std::vector<T>> values<T>(const onnx::TensorProto&);                         \
  template onnx::TensorProto make_tensor<T>(const std::string&, std::span<const std::int64_t>, \
                                            std::span<const T>);
MTC_INSTANTIATE(float)
MTC_INSTANTIATE(double)
MTC_INSTANTIATE(std::int64_t)
MTC_INSTANTIATE(std::int32_t)
MTC_INSTANTIATE(std::int8_t)
MTC_INSTANTIATE(std::uint8_t)
MTC_INSTANTIATE(bool)
#undef MTC_INSTANTIATE

std::string type_name(int data_type) {
  switch (data_type) {
    case Type::FLOAT:
      return "float32";
    case Type::DOUBLE:
      return "float64";
    case Type::STRING:
      return "string";
    default:
      break;
  }
  const mtc_dtype type = abi_type(data_type);
  if (type.bits == 0) return "type " + std::to_string(data_type);
  if (type.kind == MTC_KIND_BOOL) return "bool";
  if (type.format == MTC_FORMAT_BFLOAT) return "bfloat16";
  const std::string kind = type.kind == MTC_KIND_UINT ? "uint" : type.kind == MTC_KIND_INT ? "int" : "float";
  return kind + std::to_string(type.bits);
}

mtc_dtype abi_type(int data_type) {
  switch (data_type) {
    case Type::FLOAT:
      return {MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE};
    case Type::DOUBLE:
      return {MTC_KIND_FLOAT, 64, MTC_FORMAT_IEEE};
    case Type::FLOAT16:
      return {MTC_KIND_FLOAT, 16, MTC_FORMAT_IEEE};
    case Type::BFLOAT16:
      return {MTC_KIND_FLOAT, 16, MTC_FORMAT_BFLOAT};
    case Type::INT8:
      return {MTC_KIND_INT, 8, 0};
    case Type::INT16:
      return {MTC_KIND_INT, 16, 0};
    case Type::INT32:
      return {MTC_KIND_INT, 32, 0};
    case Type::INT64:
      return {MTC_KIND_INT, 64, 0};
    case Type::UINT8:
      return {MTC_KIND_UINT, 8, 0};
    case Type::UINT16:
      return {MTC_KIND_UINT, 16, 0};
    case Type::UINT32:
      return {MTC_KIND_UINT, 32, 0};
    case Type::UINT64:
      return {MTC_KIND_UINT, 64, 0};
    case Type::BOOL:
      return {MTC_KIND_BOOL, 8, 0};
    default:
      return {};
  }
}

}  // namespace mtc::model
