// SPDX-License-Identifier: Apache-2.0
//
// Pruning of an ONNX model: finds the weights of Conv, Gemm and MatMul and applies one pattern to them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace mtc::sparsify {

enum class Pattern { unstructured, two_of_four };

struct Options {
  Pattern pattern = Pattern::unstructured;
  double sparsity = 0.5;          ///< Fraction of each tensor, for Pattern::unstructured; 0…1.
  std::vector<std::string> skip;  ///< Initializers that stay dense.
};

/// What happened to one weight.
struct WeightReport {
  std::string tensor;
  std::string node;  ///< The first node that reads it: "Conv 'layer1.0.conv1'".
  std::size_t elements = 0;
  std::size_t zeros = 0;
  std::string left_dense;  ///< Why it was not pruned; empty when it was.
};

struct Report {
  std::vector<WeightReport> weights;  ///< In graph order.
  std::size_t elements = 0;           ///< Sums over the pruned weights.
  std::size_t zeros = 0;
};

/// Prunes the weights of `model` in place and records the pattern and the pruned tensors in its metadata:
/// `mtc.sparsity.pattern` ("unstructured", "2:4") and `mtc.sparsity.tensors` (a JSON list of names).
/// 2:4 runs along the input channels: axis 1 of a Conv weight, the K axis of Gemm and MatMul; a weight whose
/// number of input channels is no multiple of 4 (depthwise convolutions among them) is left dense.
/// Errors: invalid_argument when `skip` names a tensor that is no such weight, or when no weight can be
/// pruned.
Result<Report> prune(onnx::ModelProto& model, const Options& options);

}  // namespace mtc::sparsify
