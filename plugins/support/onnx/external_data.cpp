// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/onnx/external_data.hpp"

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>

#include "plugins/support/onnx/tensors.hpp"

namespace mtc::model {
namespace {

struct Location {
  std::string file;
  std::uint64_t offset = 0;
  std::int64_t length = -1;  ///< -1 = to the end of the file.
};

template <class T>
bool parse_number(const std::string& text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

Result<Location> parse_location(const onnx::TensorProto& tensor, const std::string& where) {
  Location location;
  bool valid = true;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") location.file = entry.value();
    if (entry.key() == "offset") valid = valid && parse_number(entry.value(), location.offset);
    if (entry.key() == "length") valid = valid && parse_number(entry.value(), location.length);
  }
  if (!valid || location.file.empty()) {
    return Error{Code::data_loss, "external data without a valid location, offset or length", where,
                 "export the model again"};
  }
  const std::filesystem::path file(location.file);
  bool leaves = file.is_absolute();
  for (const auto& part : file) leaves = leaves || part == "..";
  if (leaves) {
    return Error{Code::invalid_argument, "external data outside the model's folder: " + location.file, where,
                 "keep the data file beside the model, with a relative location"};
  }
  return location;
}

Result<void> read_tensor(onnx::TensorProto& tensor, const std::filesystem::path& folder,
                         const std::string& where) {
  MTC_ASSIGN(const Location location, parse_location(tensor, where));
  const auto path = folder / location.file;
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  if (!stream) {
    return Error{Code::data_loss, "the external data file " + path.string() + " cannot be read", where,
                 "copy it beside the model"};
  }
  const auto size = static_cast<std::uint64_t>(stream.tellg());
  const std::uint64_t rest = size >= location.offset ? size - location.offset : 0;
  const std::uint64_t length = location.length < 0 ? rest : static_cast<std::uint64_t>(location.length);
  if (length > rest) {
    return Error{Code::data_loss,
                 "the external data file " + path.string() + " has " + std::to_string(size) +
                     " bytes, the tensor ends at byte " + std::to_string(location.offset + length),
                 where, "copy the file again"};
  }
  std::string& bytes = *tensor.mutable_raw_data();
  bytes.resize(length);
  stream.seekg(static_cast<std::streamoff>(location.offset));
  stream.read(bytes.data(), static_cast<std::streamsize>(length));
  if (!stream) return Error{Code::data_loss, "cannot read " + path.string(), where, "copy the file again"};
  tensor.clear_external_data();
  tensor.clear_data_location();
  return {};
}

}  // namespace

Result<void> read_external_data(onnx::ModelProto& model, const std::string& model_path) {
  const auto folder = std::filesystem::path(model_path).parent_path();
  return for_each_tensor(model, [&](onnx::TensorProto& tensor, TensorPlace /*place*/) -> Result<void> {
    if (tensor.data_location() != onnx::TensorProto::EXTERNAL) return {};
    return read_tensor(tensor, folder, model_path + ": tensor '" + tensor.name() + "'");
  });
}

}  // namespace mtc::model
