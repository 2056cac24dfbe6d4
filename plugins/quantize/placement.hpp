// SPDX-License-Identifier: Apache-2.0
//
// Where a model is quantized: which nodes compute on integers, which tensors carry codes, and which of those
// share one scale. Reads the graph; changes nothing.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"
#include "plugins/quantize/scheme.hpp"

namespace mtc::quantize {

/// Tensors with one scale and zero point: those that MaxPool, Concat and operators that only move elements
/// join.
struct Group {
  std::string name;                  ///< Its first root.
  std::vector<std::string> tensors;  ///< In graph order.
  std::vector<std::string>
      roots;  ///< Those that are computed or fed, not moved: the group's range is theirs.
};

/// A node that computes on integers.
struct QuantizedNode {
  int index = 0;       ///< In graph.node().
  std::string node;    ///< For messages: "Conv 'conv1'".
  std::string output;  ///< What it makes, after a Relu or Clip that it alone feeds.
};

struct LeftFloat {
  std::string node;
  std::string reason;
};

struct Placement {
  std::vector<Group> groups;           ///< In graph order.
  std::vector<QuantizedNode> nodes;    ///< In graph order.
  std::vector<LeftFloat> left_float;   ///< Nodes of the scheme's operators that stay in float, and why.
  std::set<std::string> integer_made;  ///< Tensors whose producer emits codes: every reader takes the codes.
  std::set<int> movers;                ///< Indices of nodes that pass codes through.
};

/// Decides by these rules:
///   - a tensor is quantized when a node of `scheme.inputs` reads it as an activation; all readers share one
///   pair;
///   - Conv and Gemm need a constant weight (Gemm: alpha = beta = 1, transA = 0), MatMul a constant matrix or
///   two
///     activations; Add needs two activations: an Add of a constant is a shift (bias, mask, epsilon) and
///     stays float;
///   - Relu and Clip belong to their producer: the tensor behind them is quantized;
///   - MaxPool, Flatten, Reshape, Transpose, Squeeze, Unsqueeze, Slice, Concat and Pad with 0 in front of a
///   quantized
///     tensor pass codes on: their inputs join its group;
///   - graph outputs and Softmax stay float.
/// `floats`: names of all tensors of floating type. Errors: invalid_argument when the graph holds
/// QuantizeLinear already, when it is malformed, or when no node can be quantized.
Result<Placement> place(const onnx::ModelProto& model, const Scheme& scheme,
                        const std::set<std::string>& floats);

}  // namespace mtc::quantize
