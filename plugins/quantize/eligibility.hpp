// SPDX-License-Identifier: Apache-2.0
//
// May one node compute on integers, and may it pass codes through? Rules of placement.hpp, node by node.
#pragma once

#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "plugins/support/onnx/graph.hpp"

namespace mtc::quantize {

/// Why `node`, whose operator the scheme names, cannot compute on integers; empty when it can.
std::string reason_to_stay_float(const onnx::NodeProto& node, const model::GraphIndex& index);

/// The inputs of an eligible `node` that are activations (weights and biases are not).
std::vector<std::string> activation_inputs(const onnx::NodeProto& node, const model::GraphIndex& index);

/// True when the values of `node`'s output are values of its data inputs, or 0: codes pass through it
/// unchanged.
bool moves_values(const onnx::NodeProto& node, const model::GraphIndex& index);

/// The data inputs of a node that moves_values.
std::vector<std::string> moved_inputs(const onnx::NodeProto& node);

/// True for Relu and Clip (with constant or no bounds): the producer's kernel applies them.
bool is_activation_function(const onnx::NodeProto& node, const model::GraphIndex& index);

}  // namespace mtc::quantize
