// SPDX-License-Identifier: Apache-2.0
//
// One small graph for each differentiable operator of the table.
#pragma once

#include <string>
#include <vector>

namespace mtc::autograd {

struct GradientCase {
  std::string op;
  std::string inputs;  ///< Float graph inputs in ONNX's text form; all are differentiated.
  std::string body;    ///< Nodes; the result is `y`.
  double low = -2;     ///< Values lie evenly in [low, high), none of them at a kink.
  double high = 2;
  int opset = 13;
};

std::vector<GradientCase> gradient_cases();

/// Operators without a useful gradient: integer or boolean results, steps, constants.
std::vector<std::string> not_differentiable();

}  // namespace mtc::autograd
