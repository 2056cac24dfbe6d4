// SPDX-License-Identifier: Apache-2.0
//
// Small models built in memory.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <onnx/defs/parser.h>
#include <onnx/onnx_pb.h>

namespace mtc::test {

/// The model that `text` (ONNX's own notation) describes.
inline onnx::ModelProto parse_model(const std::string& text) {
  onnx::ModelProto model;
  onnx::OnnxParser parser(text.c_str());
  const auto status = parser.Parse(model);
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  return model;
}

template <class T>
void add_initializer(onnx::ModelProto& model, const std::string& name, int type,
                     const std::vector<std::int64_t>& shape, const std::vector<T>& values) {
  auto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (const auto extent : shape) tensor.add_dims(extent);
  tensor.set_raw_data(values.data(), values.size() * sizeof(T));
}

inline void write_model(const onnx::ModelProto& model, const std::string& path) {
  std::ofstream stream(path, std::ios::binary);
  ASSERT_TRUE(model.SerializeToOstream(&stream));
}

/// y = x + bias over [N, 3]; `bias` is {1, 2, 3}.
inline onnx::ModelProto add_model() {
  auto model = parse_model(R"(<ir_version: 8, opset_import: ["" : 13]>
    add (float[N, 3] x) => (float[N, 3] y) { y = Add(x, bias) })");
  add_initializer<float>(model, "bias", onnx::TensorProto::FLOAT, {3}, {1, 2, 3});
  return model;
}

inline void set_metadata(onnx::ModelProto& model, const std::string& key, const std::string& value) {
  auto& entry = *model.add_metadata_props();
  entry.set_key(key);
  entry.set_value(value);
}

}  // namespace mtc::test
