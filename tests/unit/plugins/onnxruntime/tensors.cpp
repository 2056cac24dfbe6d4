// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/plugins/onnxruntime/tensors.hpp"

#include "plugins/onnxruntime/element_type.hpp"

namespace mtc::test {

namespace {

mtc_tensor view(Tensor& tensor) {
  mtc_tensor raw{};
  raw.struct_size = sizeof raw;
  raw.dtype = tensor.dtype;
  raw.rank = static_cast<std::uint32_t>(tensor.shape.size());
  raw.shape = tensor.shape.data();
  raw.data = tensor.data.data();
  raw.bytes = raw.capacity = tensor.data.size();
  return raw;
}

}  // namespace

Tensor float_tensor(std::vector<std::int64_t> shape, std::span<const float> values) {
  const auto bytes = std::as_bytes(values);
  return Tensor{kFloat32, std::move(shape), {bytes.begin(), bytes.end()}};
}

Result<std::vector<Tensor>> infer(sdk::Session& session, std::vector<Tensor>& inputs) {
  std::vector<mtc_tensor> in;
  for (auto& tensor : inputs) in.push_back(view(tensor));
  MTC_ASSIGN(const auto shapes, session.resolve_shapes(in));
  std::vector<Tensor> outputs;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const mtc_dtype dtype = session.outputs()[i].dtype;
    outputs.push_back({dtype, shapes[i], std::vector<std::byte>(onnxruntime::bytes_of(dtype, shapes[i]))});
  }
  std::vector<mtc_tensor> out;
  for (auto& tensor : outputs) out.push_back(view(tensor));
  MTC_TRY(session.run(in, out));
  return outputs;
}

}  // namespace mtc::test
