// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/autograd/convert.hpp"

#include <cstring>

#include <ATen/ATen.h>

#include "plugins/support/onnx/tensor.hpp"

namespace mtc::autograd {
namespace {

using Type = onnx::TensorProto;

template <class T>
Result<at::Tensor> from_values(const onnx::TensorProto& proto, at::ScalarType type) {
  MTC_ASSIGN(const auto list, model::values<T>(proto));
  const std::vector<std::int64_t> shape(proto.dims().begin(), proto.dims().end());
  at::Tensor tensor = at::empty(shape, at::CppTypeToScalarType<T>::value);
  auto* data = tensor.data_ptr<T>();
  for (std::size_t i = 0; i < list.size(); ++i) data[i] = list[i];
  return tensor.to(type);
}

Error no_type(const std::string& name, const std::string& where) {
  return Error{Code::unimplemented, "not supported: tensors of type " + name, where, "use float32 or int64"};
}

int onnx_type(mtc_dtype dtype) {
  for (int type = Type::FLOAT; type <= Type::BFLOAT16; ++type) {
    const mtc_dtype known = model::abi_type(type);
    if (known.bits != 0 && known.kind == dtype.kind && known.bits == dtype.bits &&
        known.format == dtype.format)
      return type;
  }
  return Type::UNDEFINED;
}

int onnx_type(at::ScalarType scalar) {
  for (int type = Type::FLOAT; type <= Type::BFLOAT16; ++type) {
    if (scalar_type(type, false) == static_cast<int>(scalar)) return type;
  }
  return Type::UNDEFINED;
}

}  // namespace

int scalar_type(int onnx_type, bool float64) {
  switch (onnx_type) {
    case Type::FLOAT:
      return static_cast<int>(float64 ? at::kDouble : at::kFloat);
    case Type::DOUBLE:
      return static_cast<int>(at::kDouble);
    case Type::FLOAT16:
      return static_cast<int>(at::kHalf);
    case Type::BFLOAT16:
      return static_cast<int>(at::kBFloat16);
    case Type::INT8:
      return static_cast<int>(at::kChar);
    case Type::UINT8:
      return static_cast<int>(at::kByte);
    case Type::INT16:
      return static_cast<int>(at::kShort);
    case Type::INT32:
      return static_cast<int>(at::kInt);
    case Type::INT64:
      return static_cast<int>(at::kLong);
    case Type::BOOL:
      return static_cast<int>(at::kBool);
    default:
      return -1;
  }
}

Result<at::Tensor> to_tensor(const onnx::TensorProto& proto, bool float64) {
  const int wanted = scalar_type(proto.data_type(), float64);
  if (wanted < 0) return no_type(model::type_name(proto.data_type()), "tensor '" + proto.name() + "'");
  const auto type = static_cast<at::ScalarType>(wanted);
  switch (proto.data_type()) {
    case Type::DOUBLE:
      return from_values<double>(proto, type);
    case Type::FLOAT:
    case Type::FLOAT16:
    case Type::BFLOAT16:
      return from_values<float>(proto, type);
    case Type::BOOL:
      return from_values<bool>(proto, type);
    default:
      return from_values<std::int64_t>(proto, type);
  }
}

Result<at::Tensor> to_tensor(const HostTensor& host, bool float64) {
  const int type = onnx_type(host.dtype);
  const int stored = scalar_type(type, false);
  if (stored < 0) return no_type(model::type_name(type), "model input");
  at::Tensor tensor = at::empty(host.shape, static_cast<at::ScalarType>(stored));
  if (tensor.nbytes() != host.data.size()) {
    return Error{Code::invalid_argument,
                 "an input of " + std::to_string(host.data.size()) + " bytes whose shape asks for " +
                     std::to_string(tensor.nbytes()),
                 "model input", "pass as many values as the shape says"};
  }
  if (!host.data.empty()) std::memcpy(tensor.data_ptr(), host.data.data(), host.data.size());
  return tensor.to(static_cast<at::ScalarType>(scalar_type(type, float64)));
}

HostTensor to_host(const at::Tensor& tensor) {
  const at::Tensor dense = tensor.detach().contiguous();
  HostTensor host;
  host.dtype = model::abi_type(onnx_type(dense.scalar_type()));
  host.shape = dense.sizes().vec();
  host.data.resize(dense.nbytes());
  if (!host.data.empty()) std::memcpy(host.data.data(), dense.data_ptr(), host.data.size());
  return host;
}

void store(const at::Tensor& tensor, onnx::TensorProto& proto) {
  const auto type = static_cast<at::ScalarType>(scalar_type(proto.data_type(), false));
  const at::Tensor dense = tensor.detach().to(type).contiguous();
  proto.clear_float_data();
  proto.clear_double_data();
  proto.clear_int32_data();
  proto.set_raw_data(std::string(static_cast<const char*>(dense.data_ptr()), dense.nbytes()));
}

}  // namespace mtc::autograd
