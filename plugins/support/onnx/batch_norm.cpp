// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/onnx/batch_norm.hpp"

#include <cmath>

#include "plugins/support/onnx/tensor.hpp"

namespace mtc::model {

Result<std::optional<Affine>> affine_of(const onnx::NodeProto& norm, const GraphIndex& index) {
  std::vector<std::vector<double>> statistics;
  for (int i = 1; i < 5; ++i) {
    const auto* tensor = index.constant(norm.input(i));
    if (tensor == nullptr) return std::optional<Affine>();
    MTC_ASSIGN(auto list, values<double>(*tensor));
    statistics.push_back(std::move(list));
  }
  const double epsilon = static_cast<double>(attribute(norm, "epsilon", 1e-5F));
  Affine affine;
  for (std::size_t c = 0; c < statistics[0].size(); ++c) {
    if (statistics[1].size() <= c || statistics[2].size() <= c || statistics[3].size() <= c) {
      return Error{Code::invalid_argument, "scale, B, mean and var differ in length", describe(norm),
                   "export the model again"};
    }
    if (!(statistics[3][c] + epsilon > 0)) {
      return Error{Code::invalid_argument,
                   "variance plus epsilon is not positive in channel " + std::to_string(c), describe(norm),
                   "train or export the model again"};
    }
    const double scale = statistics[0][c] / std::sqrt(statistics[3][c] + epsilon);
    affine.scale.push_back(scale);
    affine.shift.push_back(statistics[1][c] - statistics[2][c] * scale);
  }
  return std::optional(affine);
}

bool is_inference_form(const onnx::NodeProto& norm) {
  if (norm.op_type() != "BatchNormalization" || norm.input_size() != 5) return false;
  for (int i = 1; i < norm.output_size(); ++i) {
    if (!norm.output(i).empty()) return false;
  }
  return attribute(norm, "training_mode", std::int64_t{0}) == 0 &&
         attribute(norm, "spatial", std::int64_t{1}) == 1;
}

}  // namespace mtc::model
