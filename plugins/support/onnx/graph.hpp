// SPDX-License-Identifier: Apache-2.0
//
// A graph as a graph: who makes a tensor, who reads it, what is constant; and safe edits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace mtc::model {

/// An index over one GraphProto (not its subgraphs). Rebuild it after an edit.
class GraphIndex {
 public:
  /// Errors: invalid_argument when a tensor has two producers, is read but made by no one, or there is a
  /// cycle.
  static Result<GraphIndex> build(const onnx::GraphProto& graph);

  /// Node that makes `tensor`; nullptr for graph inputs and initializers.
  [[nodiscard]] const onnx::NodeProto* producer(const std::string& tensor) const;
  /// Nodes that read `tensor`, in graph order, each once.
  [[nodiscard]] std::vector<const onnx::NodeProto*> consumers(const std::string& tensor) const;
  /// The initializer, or `value` of a Constant node, called `tensor`; nullptr when it is not constant.
  /// (Constants given as value_float, value_ints … become initializers by fold_constants.)
  [[nodiscard]] const onnx::TensorProto* constant(const std::string& tensor) const;
  [[nodiscard]] bool is_output(const std::string& tensor) const;
  /// Nodes in an order in which every tensor is made before it is read (stable: file order where possible).
  [[nodiscard]] const std::vector<const onnx::NodeProto*>& order() const { return order_; }

 private:
  std::unordered_map<std::string, const onnx::NodeProto*> producers_;
  std::unordered_map<std::string, std::vector<const onnx::NodeProto*>> consumers_;
  std::unordered_map<std::string, const onnx::TensorProto*> constants_;
  std::unordered_map<std::string, bool> outputs_;
  std::vector<const onnx::NodeProto*> order_;
};

/// Attributes by name; the default where absent.
std::int64_t attribute(const onnx::NodeProto& node, std::string_view name, std::int64_t fallback);
float attribute(const onnx::NodeProto& node, std::string_view name, float fallback);
std::string attribute(const onnx::NodeProto& node, std::string_view name, const std::string& fallback);
std::vector<std::int64_t> attribute(const onnx::NodeProto& node, std::string_view name,
                                    const std::vector<std::int64_t>& fallback);

bool has_attribute(const onnx::NodeProto& node, std::string_view name);

/// Every tensor that `node` reads, those of its subgraphs included; absent optional inputs are left out.
std::vector<std::string> reads(const onnx::NodeProto& node);

/// "Conv 'layer1.0.conv1'" (or its first output where the node has no name): for messages.
std::string describe(const onnx::NodeProto& node);

/// Graph inputs that are not initializers: what the user feeds.
std::vector<const onnx::ValueInfoProto*> real_inputs(const onnx::GraphProto& graph);

/// `base`, or base_1, base_2 … : a tensor name that the graph does not use yet.
std::string unique_name(const onnx::GraphProto& graph, const std::string& base);

}  // namespace mtc::model
