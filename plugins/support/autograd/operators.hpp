// SPDX-License-Identifier: Apache-2.0
//
// The table of operators: name × since-versions × function. A file for each family returns its rows; nothing
// registers itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/support/autograd/call.hpp"

namespace mtc::autograd {

/// Computes the outputs of one node. Throws OperatorError or c10::Error, which the executor turns into an
/// Error.
using Kernel = std::vector<at::Tensor> (*)(const Call& call);

/// One operator of the default domain in the versions that `kernel` implements.
struct Row {
  std::string_view op;
  std::vector<int> versions;  ///< ONNX since-versions, ascending.
  Kernel kernel;
};

std::vector<Row> activation_operators();
std::vector<Row> conv_operators();
std::vector<Row> elementwise_operators();
std::vector<Row> indexing_operators();
std::vector<Row> matmul_operators();
std::vector<Row> normalization_operators();
std::vector<Row> pool_operators();
std::vector<Row> quantize_operators();
std::vector<Row> reduce_operators();
std::vector<Row> resize_operators();
std::vector<Row> shape_operators();

/// All rows, by family.
std::vector<Row> operators();

/// The since-version of `op` in the default domain at operator set `opset`; 0 where mtc does not know the
/// operator there. Source: the ONNX operator change log up to opset 22, kept here because the installed ONNX
/// library answers for a newer operator set with an older definition.
int since_version(std::string_view op, int opset);

/// The newest operator set that since_version knows.
inline constexpr int kNewestOpset = 22;

}  // namespace mtc::autograd
