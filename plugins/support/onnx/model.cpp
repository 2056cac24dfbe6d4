// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/onnx/model.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <system_error>

#include "plugins/support/onnx/external_data.hpp"
#include "plugins/support/onnx/tensor.hpp"
#include "plugins/support/onnx/tensors.hpp"

namespace mtc::model {
namespace {

Result<std::string> read_bytes(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return Error{Code::not_found, "no such model file", path, "check the path"};
  }
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  if (!stream) return Error{Code::permission_denied, "cannot read the model", path, "check its permissions"};
  std::string bytes(static_cast<std::size_t>(stream.tellg()), '\0');
  stream.seekg(0);
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!stream) return Error{Code::data_loss, "cannot read the model", path, "copy the file again"};
  return bytes;
}

/// The first value that is NaN or infinite, as text; empty when all are finite. Integers always are.
/// Attributes may hold infinities: masks are filled with them.
Result<std::string> not_finite(const onnx::TensorProto& tensor, TensorPlace place) {
  const auto type = abi_type(tensor.data_type());
  if (type.kind != MTC_KIND_FLOAT || type.bits == 0) return std::string();
  MTC_ASSIGN(const auto list, values<double>(tensor));
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (std::isfinite(list[i]) || (place == TensorPlace::attribute && std::isinf(list[i]))) continue;
    return std::string(std::isnan(list[i]) ? "NaN" : "infinite") + " at element " + std::to_string(i);
  }
  return std::string();
}

/// Bytes and finiteness of one tensor.
Result<void> check_tensor(const onnx::TensorProto& tensor, TensorPlace place, const std::string& path) {
  const std::string where = path + ": tensor '" + tensor.name() + "'";
  const std::int64_t count = elements(tensor);
  if (count < 0 || count > (std::int64_t{1} << 40)) {
    return Error{Code::invalid_argument, "the shape of the tensor is not valid", where,
                 "export the model again"};
  }
  const std::size_t bits = abi_type(tensor.data_type()).bits;
  if (tensor.has_raw_data() && bits != 0 &&
      tensor.raw_data().size() != static_cast<std::size_t>(count) * (bits / 8)) {
    return Error{Code::invalid_argument,
                 "the tensor has " + std::to_string(tensor.raw_data().size()) +
                     " bytes, its shape asks for " +
                     std::to_string(static_cast<std::size_t>(count) * (bits / 8)),
                 where, "export the model again"};
  }
  auto bad = not_finite(tensor, place);
  if (!bad) {
    bad.error().where = where;
    return bad.error();
  }
  if (!bad->empty()) {
    return Error{Code::invalid_argument, "a weight is " + *bad, where, "train or export the model again"};
  }
  return {};
}

/// Some exporters write an unknown extent as -1 or 0, which ONNX's shape inference would count with.
void forget_unknown_extents(onnx::ValueInfoProto& value) {
  if (!value.type().tensor_type().has_shape()) return;
  for (auto& dim : *value.mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim()) {
    if (dim.has_dim_value() && dim.dim_value() <= 0) dim.clear_dim_value();
  }
}

void forget_unknown_extents(onnx::GraphProto& graph) {
  for (auto& value : *graph.mutable_input()) forget_unknown_extents(value);
  for (auto& value : *graph.mutable_value_info()) forget_unknown_extents(value);
  for (auto& value : *graph.mutable_output()) forget_unknown_extents(value);
}

}  // namespace

Result<onnx::ModelProto> load(const std::string& path) {
  onnx::ModelProto model;
  {
    MTC_ASSIGN(const std::string bytes, read_bytes(path));
    if (!model.ParseFromString(bytes)) {
      return Error{Code::data_loss, "truncated, or not an ONNX model", path, "copy or export the file again"};
    }
  }
  if (!model.has_graph()) {
    return Error{Code::data_loss, "the model has no graph: truncated, or not an ONNX model", path,
                 "copy or export the file again"};
  }
  if (model.graph().output_size() == 0) {
    return Error{Code::invalid_argument, "the model's graph has no output", path, "export the model again"};
  }
  if (model.opset_import_size() == 0) {
    return Error{Code::data_loss, "the model names no operator set: truncated, or not an ONNX model", path,
                 "copy or export the file again"};
  }
  MTC_TRY(read_external_data(model, path));
  MTC_TRY(for_each_tensor(model, [&](const onnx::TensorProto& tensor, TensorPlace place) {
    return check_tensor(tensor, place, path);
  }));
  forget_unknown_extents(*model.mutable_graph());
  return model;
}

Result<void> save(const onnx::ModelProto& model, const std::string& path) {
  if (model.ByteSizeLong() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    return Error{Code::invalid_argument, "the model is over 2 GiB, the limit of one ONNX file", path,
                 "use a smaller model"};
  }
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream sink(&bytes);
    google::protobuf::io::CodedOutputStream stream(&sink);
    stream.SetSerializationDeterministic(true);
    if (!model.SerializeToCodedStream(&stream)) {
      return Error{Code::internal, "protobuf cannot write the model", path, "report this"};
    }
  }
  const std::string temporary = path + ".tmp" + std::to_string(getpid());
  std::ofstream stream(temporary, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (stream && std::rename(temporary.c_str(), path.c_str()) == 0) return {};
  std::remove(temporary.c_str());
  return Error{Code::resource_exhausted, "cannot write the model", path,
               "check that the folder exists and has space"};
}

int opset(const onnx::ModelProto& model) {
  for (const auto& import : model.opset_import()) {
    if (import.domain().empty() || import.domain() == "ai.onnx") return static_cast<int>(import.version());
  }
  return 0;
}

std::map<std::string, std::string> metadata(const onnx::ModelProto& model) {
  std::map<std::string, std::string> entries;
  for (const auto& entry : model.metadata_props()) entries[entry.key()] = entry.value();
  return entries;
}

void set_metadata(onnx::ModelProto& model, const std::string& key, const std::string& value) {
  for (auto& entry : *model.mutable_metadata_props()) {
    if (entry.key() != key) continue;
    entry.set_value(value);
    return;
  }
  auto& entry = *model.add_metadata_props();
  entry.set_key(key);
  entry.set_value(value);
}

}  // namespace mtc::model
