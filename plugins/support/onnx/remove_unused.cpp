// SPDX-License-Identifier: Apache-2.0
//
// Dead nodes and initializers go; initializers stop being graph inputs.
#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <unordered_set>

#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/transform.hpp"

namespace mtc::model {
namespace {

template <class T, class Predicate>
void erase_if(google::protobuf::RepeatedPtrField<T>& list, Predicate predicate) {
  const auto end = std::remove_if(list.begin(), list.end(), predicate);
  list.DeleteSubrange(static_cast<int>(end - list.begin()), static_cast<int>(list.end() - end));
}

}  // namespace

void remove_unused(onnx::ModelProto& model) {
  auto& graph = *model.mutable_graph();
  std::unordered_set<std::string> wanted;
  for (const auto& output : graph.output()) wanted.insert(output.name());
  std::unordered_set<const onnx::NodeProto*> kept;
  bool grows = true;
  while (grows) {  // One pass suffices for sorted files.
    grows = false;
    for (int i = graph.node_size() - 1; i >= 0; --i) {
      const auto& node = graph.node(i);
      const bool useful = std::any_of(node.output().begin(), node.output().end(),
                                      [&](const auto& name) { return wanted.contains(name); });
      if (!useful || !kept.insert(&node).second) continue;
      grows = true;
      for (auto& name : reads(node)) wanted.insert(std::move(name));
    }
  }
  std::unordered_set<std::string> made;
  for (const auto* node : kept) made.insert(node->output().begin(), node->output().end());
  erase_if(*graph.mutable_node(), [&](const auto& node) {
    return std::none_of(node.output().begin(), node.output().end(),
                        [&](const auto& name) { return wanted.contains(name); });
  });
  std::unordered_set<std::string> initializers;
  for (const auto& tensor : graph.initializer()) initializers.insert(tensor.name());
  erase_if(*graph.mutable_initializer(), [&](const auto& tensor) { return !wanted.contains(tensor.name()); });
  erase_if(*graph.mutable_input(), [&](const auto& input) { return initializers.contains(input.name()); });
  erase_if(*graph.mutable_value_info(), [&](const auto& info) { return !made.contains(info.name()); });
  if (model.ir_version() < 4) model.set_ir_version(4);  // Before 4 every initializer had to be a graph input.
}

}  // namespace mtc::model
