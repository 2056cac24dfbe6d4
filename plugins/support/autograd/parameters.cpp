// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/autograd/parameters.hpp"

#include <map>

#include "plugins/support/onnx/tensor.hpp"

namespace mtc::autograd {
namespace {

/// Inputs from this one on are settings, by operator.
const std::map<std::string, int>& first_setting() {
  static const std::map<std::string, int> kFirst{
      {"BatchNormalization", 3}, {"Clip", 1},   {"DequantizeLinear", 1}, {"Pad", 1},    {"Pow", 1},
      {"QuantizeLinear", 1},     {"Resize", 1}, {"Upsample", 1},         {"Dropout", 1}};
  return kFirst;
}

bool is_arithmetic(const std::string& op) {
  return op == "Add" || op == "Sub" || op == "Mul" || op == "Div" || op == "Max" || op == "Min" ||
         op == "Where";
}

bool is_real(const onnx::TensorProto& tensor) {
  return tensor.data_type() == onnx::TensorProto::FLOAT || tensor.data_type() == onnx::TensorProto::DOUBLE;
}

}  // namespace

ParameterNames parameter_names(const onnx::GraphProto& graph) {
  std::map<std::string, const onnx::TensorProto*> initializers;
  for (const auto& tensor : graph.initializer()) {
    if (is_real(tensor)) initializers.emplace(tensor.name(), &tensor);
  }
  ParameterNames names;
  std::set<std::string> settings;
  for (const auto& node : graph.node()) {
    const auto limit = first_setting().find(node.op_type());
    for (int i = 0; i < node.input_size(); ++i) {
      const auto tensor = initializers.find(node.input(i));
      if (tensor == initializers.end()) continue;
      const bool setting = limit != first_setting().end() && i >= limit->second;
      if (setting && node.op_type() == "BatchNormalization") names.statistics.insert(tensor->first);
      const bool number = is_arithmetic(node.op_type()) && model::elements(*tensor->second) == 1;
      (setting || number ? settings : names.trainable).insert(tensor->first);
    }
  }
  for (const auto& name : settings) names.trainable.erase(name);
  return names;
}

}  // namespace mtc::autograd
