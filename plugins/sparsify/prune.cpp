// SPDX-License-Identifier: Apache-2.0
#include "plugins/sparsify/prune.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "plugins/sparsify/magnitude.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/tensor.hpp"

namespace mtc::sparsify {
namespace {

/// A constant weight: the tensor to edit, its reader, and the axis that the dot product runs over.
struct Candidate {
  onnx::TensorProto* tensor = nullptr;
  std::string node;
  int axis = 0;
  bool depthwise = false;
  bool conflicting = false;  ///< Another node reads it along another axis.
};

std::map<std::string, onnx::TensorProto*> constants(onnx::GraphProto& graph) {
  std::map<std::string, onnx::TensorProto*> found;
  for (auto& tensor : *graph.mutable_initializer()) found[tensor.name()] = &tensor;
  for (auto& node : *graph.mutable_node()) {
    if (node.op_type() != "Constant") continue;
    for (auto& attribute : *node.mutable_attribute()) {
      if (attribute.name() == "value") found[node.output(0)] = attribute.mutable_t();
    }
  }
  return found;
}

/// Input index and dot-product axis of the weight of `node`; nothing for other operators.
/// Source: ONNX Conv-11 (W is [M, C/group, k…]), Gemm-13, MatMul-13.
std::optional<std::pair<int, int>> weight_slot(const onnx::NodeProto& node,
                                               const std::map<std::string, onnx::TensorProto*>& known) {
  if (!node.domain().empty() && node.domain() != "ai.onnx") return std::nullopt;
  const auto rank = [&](int input) {
    if (node.input_size() <= input) return -1;
    const auto found = known.find(node.input(input));
    return found == known.end() ? -1 : found->second->dims_size();
  };
  if (node.op_type() == "Conv" && rank(1) >= 2) return std::pair{1, 1};
  if (node.op_type() == "Gemm" && rank(1) == 2) {
    return std::pair{1, model::attribute(node, "transB", std::int64_t{0}) != 0 ? 1 : 0};
  }
  if (node.op_type() == "MatMul" && rank(1) >= 2) return std::pair{1, rank(1) - 2};
  if (node.op_type() == "MatMul" && rank(0) >= 2) return std::pair{0, rank(0) - 1};
  return std::nullopt;
}

/// All weights in graph order, each once.
std::vector<Candidate> find_weights(onnx::GraphProto& graph) {
  const auto known = constants(graph);
  std::vector<Candidate> found;
  for (const auto& node : graph.node()) {
    const auto slot = weight_slot(node, known);
    if (!slot) continue;
    auto* tensor = known.at(node.input(slot->first));
    const auto seen = std::ranges::find(found, tensor, &Candidate::tensor);
    if (seen != found.end()) {
      seen->conflicting = seen->conflicting || seen->axis != slot->second;
      continue;
    }
    const bool depthwise = node.op_type() == "Conv" && tensor->dims(1) == 1 &&
                           model::attribute(node, "group", std::int64_t{1}) > 1;
    found.push_back({tensor, model::describe(node), slot->second, depthwise, false});
  }
  return found;
}

std::string name_of(const Candidate& candidate, const onnx::GraphProto& graph) {
  if (!candidate.tensor->name().empty()) return candidate.tensor->name();
  for (const auto& node : graph.node()) {
    for (const auto& attribute : node.attribute()) {
      if (&attribute.t() == candidate.tensor) return node.output(0);
    }
  }
  return {};
}

ChannelView view_of(const Candidate& candidate) {
  ChannelView view;
  for (int axis = 0; axis < candidate.tensor->dims_size(); ++axis) {
    const auto extent = static_cast<std::size_t>(candidate.tensor->dims(axis));
    if (axis < candidate.axis) {
      view.outer *= extent;
    } else if (axis == candidate.axis) {
      view.channels = extent;
    } else {
      view.inner *= extent;
    }
  }
  return view;
}

std::string reason_to_stay_dense(const Candidate& candidate, const std::string& name,
                                 const Options& options) {
  if (std::ranges::find(options.skip, name) != options.skip.end()) return "named in skip";
  if (candidate.tensor->data_type() != onnx::TensorProto::FLOAT) {
    return "element type " + model::type_name(candidate.tensor->data_type()) + ", not float32";
  }
  if (options.pattern == Pattern::unstructured) return {};
  if (candidate.conflicting) return "read along two different axes";
  if (candidate.depthwise) return "depthwise convolution: one input channel per group";
  const auto channels = view_of(candidate).channels;
  if (channels % 4 != 0) return std::to_string(channels) + " input channels, no multiple of 4";
  return {};
}

void store(onnx::TensorProto& tensor, const std::vector<float>& values) {
  const std::vector<std::int64_t> shape(tensor.dims().begin(), tensor.dims().end());
  auto written = model::make_tensor<float>(tensor.name(), shape, values);
  tensor.Swap(&written);
}

Result<WeightReport> prune_weight(const Candidate& candidate, const std::string& name,
                                  const Options& options) {
  WeightReport report{name, candidate.node, static_cast<std::size_t>(model::elements(*candidate.tensor)), 0,
                      reason_to_stay_dense(candidate, name, options)};
  if (candidate.tensor->data_type() != onnx::TensorProto::FLOAT) return report;
  MTC_ASSIGN(auto values, model::values<float>(*candidate.tensor));
  if (!report.left_dense.empty()) {
    report.zeros = static_cast<std::size_t>(std::ranges::count(values, 0.0F));
    return report;
  }
  auto zeros = options.pattern == Pattern::two_of_four ? zero_two_of_four(values, view_of(candidate))
                                                       : zero_smallest(values, options.sparsity);
  if (!zeros) {
    zeros.error().where = "tensor " + name;
    return zeros.error();
  }
  report.zeros = *zeros;
  store(*candidate.tensor, values);
  return report;
}

Result<void> check_skip(const std::vector<std::string>& skip, const Report& report) {
  for (const auto& name : skip) {
    if (std::ranges::find(report.weights, name, &WeightReport::tensor) == report.weights.end()) {
      return Error{Code::invalid_argument, "no weight is called '" + name + "'", "skip",
                   "name an initializer that a Conv, Gemm or MatMul reads as its weight"};
    }
  }
  return {};
}

}  // namespace

Result<Report> prune(onnx::ModelProto& model, const Options& options) {
  Report report;
  auto pruned = nlohmann::json::array();
  for (const auto& candidate : find_weights(*model.mutable_graph())) {
    const std::string name = name_of(candidate, model.graph());
    MTC_ASSIGN(auto weight, prune_weight(candidate, name, options));
    if (weight.left_dense.empty()) {
      pruned.push_back(name);
      report.elements += weight.elements;
      report.zeros += weight.zeros;
    }
    report.weights.push_back(std::move(weight));
  }
  MTC_TRY(check_skip(options.skip, report));
  if (pruned.empty()) {
    return Error{Code::invalid_argument,
                 "no weight of this model can be pruned",
                 {},
                 report.weights.empty() ? "prune a model with constant Conv, Gemm or MatMul weights"
                                        : "all were left dense; the first, " + report.weights.front().tensor +
                                              ": " + report.weights.front().left_dense};
  }
  model::set_metadata(model, "mtc.sparsity.pattern",
                      options.pattern == Pattern::two_of_four ? "2:4" : "unstructured");
  model::set_metadata(model, "mtc.sparsity.tensors", pruned.dump());
  return report;
}

}  // namespace mtc::sparsify
