// SPDX-License-Identifier: Apache-2.0
//
// Small models from ONNX's text form.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <onnx/checker.h>
#include <onnx/defs/parser.h>
#include <onnx/onnx_pb.h>

#include "plugins/support/onnx/tensor.hpp"

namespace mtc::test {

/// `graph` ("g (float[N,3] x) => (float[N,3] y) { … }") as a model of operator set `opset`.
inline onnx::ModelProto parse_graph(const std::string& graph, int opset = 13) {
  onnx::ModelProto model;
  const std::string head = "<ir_version: 8, opset_import: [\"\" : " + std::to_string(opset) + "]>\n";
  const std::string text = head + graph;
  onnx::OnnxParser parser(text.c_str());
  const auto status = parser.Parse(model);
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  return model;
}

template <class T>
void add_initializer(onnx::ModelProto& model, const std::string& name, const std::vector<std::int64_t>& shape,
                     const std::vector<T>& values) {
  *model.mutable_graph()->add_initializer() = model::make_tensor<T>(name, shape, std::span<const T>(values));
}

inline const onnx::TensorProto* find_initializer(const onnx::ModelProto& model, const std::string& name) {
  for (const auto& tensor : model.graph().initializer()) {
    if (tensor.name() == name) return &tensor;
  }
  return nullptr;
}

/// What ONNX's own checker says against the model, or "".
inline std::string checker_complaint(const onnx::ModelProto& model) {
  try {
    onnx::checker::check_model(model);
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace mtc::test
