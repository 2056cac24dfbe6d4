// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/onnx/graph.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <unordered_set>

namespace mtc::model {
namespace {

const onnx::AttributeProto* find_attribute(const onnx::NodeProto& node, std::string_view name) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

void add_reads(const onnx::GraphProto& graph, std::vector<std::string>& names);

void add_reads(const onnx::NodeProto& node, std::vector<std::string>& names) {
  for (const auto& input : node.input()) {
    if (!input.empty()) names.push_back(input);
  }
  for (const auto& attribute : node.attribute()) {
    if (attribute.has_g()) add_reads(attribute.g(), names);
    for (const auto& graph : attribute.graphs()) add_reads(graph, names);
  }
}

void add_reads(const onnx::GraphProto& graph, std::vector<std::string>& names) {
  for (const auto& node : graph.node()) add_reads(node, names);
  for (const auto& output : graph.output()) names.push_back(output.name());
}

Error broken(const std::string& what, const std::string& where) {
  return Error{Code::invalid_argument, what, where, "check the exporter: the graph is not valid ONNX"};
}

/// Positions of `graph`'s nodes in dependency order; a smaller position first where both may come.
/// `makers` maps each node output to the position of its node.
Result<std::vector<int>> sort(const onnx::GraphProto& graph,
                              const std::unordered_map<std::string, int>& makers) {
  const int count = graph.node_size();
  std::vector<int> missing(static_cast<std::size_t>(count), 0);
  std::vector<std::vector<int>> dependents(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    for (const auto& name : reads(graph.node(i))) {
      const auto maker = makers.find(name);
      if (maker == makers.end()) continue;
      dependents[static_cast<std::size_t>(maker->second)].push_back(i);
      ++missing[static_cast<std::size_t>(i)];
    }
  }
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (int i = 0; i < count; ++i) {
    if (missing[static_cast<std::size_t>(i)] == 0) ready.push(i);
  }
  std::vector<int> order;
  while (!ready.empty()) {
    const int next = ready.top();
    ready.pop();
    order.push_back(next);
    for (const int dependent : dependents[static_cast<std::size_t>(next)]) {
      if (--missing[static_cast<std::size_t>(dependent)] == 0) ready.push(dependent);
    }
  }
  if (static_cast<int>(order.size()) == count) return order;
  const auto stuck = std::find_if(missing.begin(), missing.end(), [](int n) { return n > 0; });
  return broken("the graph has a cycle", describe(graph.node(static_cast<int>(stuck - missing.begin()))));
}

}  // namespace

Result<GraphIndex> GraphIndex::build(const onnx::GraphProto& graph) {
  GraphIndex index;
  std::unordered_set<std::string> known;
  std::unordered_map<std::string, int> makers;
  for (const auto& input : graph.input()) known.insert(input.name());
  for (const auto& tensor : graph.initializer()) {
    known.insert(tensor.name());
    index.constants_.emplace(tensor.name(), &tensor);
  }
  for (const auto& tensor : graph.sparse_initializer()) known.insert(tensor.values().name());
  for (int i = 0; i < graph.node_size(); ++i) {
    const auto& node = graph.node(i);
    for (const auto& output : node.output()) {
      if (output.empty()) continue;
      if (!known.insert(output).second) {
        return broken("tensor '" + output + "' is made twice", describe(node));
      }
      makers.emplace(output, i);
      index.producers_.emplace(output, &node);
    }
    if (node.op_type() == "Constant" && node.output_size() == 1) {
      const auto* value = find_attribute(node, "value");
      if (value != nullptr && value->has_t()) index.constants_.emplace(node.output(0), &value->t());
    }
  }
  for (const auto& node : graph.node()) {
    for (const auto& input : node.input()) {
      if (!input.empty() && !known.contains(input)) {
        return broken("tensor '" + input + "' is read but made by no one", describe(node));
      }
    }
    for (const auto& name : reads(node)) {
      auto& readers = index.consumers_[name];
      if (readers.empty() || readers.back() != &node) readers.push_back(&node);
    }
  }
  for (const auto& output : graph.output()) {
    if (!known.contains(output.name())) {
      return broken("the graph output '" + output.name() + "' is made by no node", graph.name());
    }
    index.outputs_[output.name()] = true;
  }
  MTC_ASSIGN(const auto order, sort(graph, makers));
  for (const int position : order) index.order_.push_back(&graph.node(position));
  return index;
}

const onnx::NodeProto* GraphIndex::producer(const std::string& tensor) const {
  const auto found = producers_.find(tensor);
  return found == producers_.end() ? nullptr : found->second;
}

std::vector<const onnx::NodeProto*> GraphIndex::consumers(const std::string& tensor) const {
  const auto found = consumers_.find(tensor);
  return found == consumers_.end() ? std::vector<const onnx::NodeProto*>() : found->second;
}

const onnx::TensorProto* GraphIndex::constant(const std::string& tensor) const {
  const auto found = constants_.find(tensor);
  return found == constants_.end() ? nullptr : found->second;
}

bool GraphIndex::is_output(const std::string& tensor) const { return outputs_.contains(tensor); }

std::vector<std::string> reads(const onnx::NodeProto& node) {
  std::vector<std::string> names;
  add_reads(node, names);
  return names;
}

std::int64_t attribute(const onnx::NodeProto& node, std::string_view name, std::int64_t fallback) {
  const auto* found = find_attribute(node, name);
  return found == nullptr ? fallback : found->i();
}

float attribute(const onnx::NodeProto& node, std::string_view name, float fallback) {
  const auto* found = find_attribute(node, name);
  return found == nullptr ? fallback : found->f();
}

std::string attribute(const onnx::NodeProto& node, std::string_view name, const std::string& fallback) {
  const auto* found = find_attribute(node, name);
  return found == nullptr ? fallback : found->s();
}

std::vector<std::int64_t> attribute(const onnx::NodeProto& node, std::string_view name,
                                    const std::vector<std::int64_t>& fallback) {
  const auto* found = find_attribute(node, name);
  return found == nullptr ? fallback : std::vector<std::int64_t>(found->ints().begin(), found->ints().end());
}

bool has_attribute(const onnx::NodeProto& node, std::string_view name) {
  return find_attribute(node, name) != nullptr;
}

std::string describe(const onnx::NodeProto& node) {
  const std::string name = !node.name().empty()     ? node.name()
                           : node.output_size() > 0 ? node.output(0)
                                                    : std::string("?");
  return node.op_type() + " '" + name + "'";
}

std::vector<const onnx::ValueInfoProto*> real_inputs(const onnx::GraphProto& graph) {
  std::unordered_set<std::string> initializers;
  for (const auto& tensor : graph.initializer()) initializers.insert(tensor.name());
  for (const auto& tensor : graph.sparse_initializer()) initializers.insert(tensor.values().name());
  std::vector<const onnx::ValueInfoProto*> inputs;
  for (const auto& input : graph.input()) {
    if (!initializers.contains(input.name())) inputs.push_back(&input);
  }
  return inputs;
}

std::string unique_name(const onnx::GraphProto& graph, const std::string& base) {
  std::unordered_set<std::string> used;
  for (const auto& input : graph.input()) used.insert(input.name());
  for (const auto& tensor : graph.initializer()) used.insert(tensor.name());
  for (const auto& info : graph.value_info()) used.insert(info.name());
  for (const auto& node : graph.node()) {
    used.insert(node.output().begin(), node.output().end());
    for (const auto& name : reads(node)) used.insert(name);
  }
  std::string name = base;
  for (int i = 1; used.contains(name); ++i) name = base + "_" + std::to_string(i);
  return name;
}

}  // namespace mtc::model
