// SPDX-License-Identifier: Apache-2.0
#include "plugins/onnxruntime/signature.hpp"

#include <map>

#include "plugins/onnxruntime/element_type.hpp"

namespace mtc::onnxruntime {

namespace {

/// Which half of the signature is read.
struct Side {
  const char* word;
  Status* (*type)(const RuntimeSession*, std::size_t, TypeInfo**);
  Status* (*name)(const RuntimeSession*, std::size_t, Allocator*, char**);
};

Result<void> read_port(const Library& library, RuntimeSession* session, const std::string& model,
                       const Side& side, std::size_t index, Ports& ports) {
  const Api& api = library.api();
  sdk::Io io;
  Allocator* allocator = nullptr;
  MTC_TRY(library.check(api.default_allocator(&allocator), model));
  char* name = nullptr;
  MTC_TRY(library.check(side.name(session, index, allocator, &name), model));
  io.name = name;
  MTC_TRY(library.check(api.allocator_free(allocator, name), model));

  TypeInfo* raw_type = nullptr;
  MTC_TRY(library.check(side.type(session, index, &raw_type), model));
  const Owned<TypeInfo> type(raw_type, api.release_type_info);
  const TensorInfo* info = nullptr;
  MTC_TRY(library.check(api.tensor_info_of_type(type.get(), &info), model));
  int element = 0;
  if (info != nullptr) MTC_TRY(library.check(api.element_type(info, &element), model));
  const auto dtype = dtype_of(element);
  std::size_t rank = 0;
  if (info != nullptr) MTC_TRY(library.check(api.dimension_count(info, &rank), model));
  if (!dtype || rank > MTC_MAX_RANK) {
    return Error{Code::unimplemented,
                 std::string(side.word) + " " + io.name + " is no tensor of numbers of rank 8 or less", model,
                 "export the model with plain tensors as inputs and outputs"};
  }
  io.dtype = *dtype;
  io.shape.resize(rank);
  MTC_TRY(library.check(api.dimensions(info, io.shape.data(), rank), model));
  std::vector<const char*> names(rank, nullptr);
  MTC_TRY(library.check(api.symbolic_dimensions(info, names.data(), rank), model));
  std::vector<std::string> symbols(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (io.shape[axis] >= 0) continue;
    io.shape[axis] = -1;
    if (names[axis] != nullptr) symbols[axis] = names[axis];
  }
  ports.list.push_back(std::move(io));
  ports.symbols.push_back(std::move(symbols));
  return {};
}

Error mismatch(const Ports& ports, std::size_t index, const mtc_tensor& tensor, const std::string& model) {
  const auto& io = ports.list[index];
  const std::string what = tensor.dtype.kind != io.dtype.kind || tensor.dtype.bits != io.dtype.bits ||
                                   tensor.dtype.format != io.dtype.format
                               ? "another element type"
                               : describe({tensor.shape, tensor.rank});
  return Error{
      Code::invalid_argument,
      "input " + io.name + " takes " + describe(io.shape, ports.symbols[index]) + ", but the data is " + what,
      model, "check the dataset, its preprocess section and the batch"};
}

}  // namespace

Result<Signature> read_signature(const Library& library, RuntimeSession* session, const std::string& model) {
  const Api& api = library.api();
  Signature signature;
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  MTC_TRY(library.check(api.input_count(session, &inputs), model));
  MTC_TRY(library.check(api.output_count(session, &outputs), model));
  const Side in{"input", api.input_type, api.input_name};
  const Side out{"output", api.output_type, api.output_name};
  for (std::size_t i = 0; i < inputs; ++i) {
    MTC_TRY(read_port(library, session, model, in, i, signature.inputs));
  }
  for (std::size_t i = 0; i < outputs; ++i) {
    MTC_TRY(read_port(library, session, model, out, i, signature.outputs));
  }
  return signature;
}

Result<void> check_inputs(const Ports& ports, std::span<const mtc_tensor> inputs, const std::string& model) {
  if (inputs.size() != ports.list.size()) {
    return Error{Code::invalid_argument,
                 "the model takes " + std::to_string(ports.list.size()) + " inputs, got " +
                     std::to_string(inputs.size()),
                 model, "give one array for each input of the model"};
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto& io = ports.list[i];
    const auto& tensor = inputs[i];
    bool fits = tensor.rank == io.shape.size() && tensor.dtype.kind == io.dtype.kind &&
                tensor.dtype.bits == io.dtype.bits && tensor.dtype.format == io.dtype.format;
    for (std::size_t axis = 0; fits && axis < io.shape.size(); ++axis) {
      fits = io.shape[axis] < 0 || io.shape[axis] == tensor.shape[axis];
    }
    if (!fits) return mismatch(ports, i, tensor, model);
  }
  return {};
}

std::optional<std::vector<Shape>> shapes_by_symbol(const Signature& signature,
                                                   std::span<const mtc_tensor> inputs) {
  std::map<std::string, std::int64_t> extents;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto& symbols = signature.inputs.symbols[i];
    for (std::size_t axis = 0; axis < symbols.size(); ++axis) {
      if (!symbols[axis].empty()) extents.emplace(symbols[axis], inputs[i].shape[axis]);
    }
  }
  std::vector<Shape> shapes;
  for (std::size_t i = 0; i < signature.outputs.list.size(); ++i) {
    Shape shape = signature.outputs.list[i].shape;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] >= 0) continue;
      const auto found = extents.find(signature.outputs.symbols[i][axis]);
      if (found == extents.end()) return std::nullopt;
      shape[axis] = found->second;
    }
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

std::string describe(std::span<const std::int64_t> shape, std::span<const std::string> symbols) {
  std::string text = "[";
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (axis != 0) text += ',';
    if (shape[axis] >= 0) {
      text += std::to_string(shape[axis]);
    } else {
      text += axis < symbols.size() && !symbols[axis].empty() ? symbols[axis] : "?";
    }
  }
  return text + "]";
}

}  // namespace mtc::onnxruntime
