// SPDX-License-Identifier: Apache-2.0
//
// What init knows of a model: what compiling it for a target wrote into artifact.toml. The driver has no ONNX
// reader.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

struct TensorFacts {
  std::string name;
  std::string type;                 ///< "float32", "int64" …
  std::vector<std::int64_t> shape;  ///< -1 = any extent.

  /// "input" float32 [N, 3, 224, 224]
  [[nodiscard]] std::string text() const;
  /// The shape without the first axis, which counts samples.
  [[nodiscard]] std::vector<std::int64_t> sample_shape() const;
};

struct ModelFacts {
  std::vector<TensorFacts> inputs;
  std::vector<TensorFacts> outputs;
  std::int64_t batch = 0;  ///< Samples that every run takes; 0 = any number.

  /// Number of classes where the outputs are class scores: one output [N, classes] with two classes or more,
  /// maybe with further axes of extent 1.
  [[nodiscard]] std::optional<std::int64_t> classes() const;
};

/// "[N, 3, 224, 224]": the first axis of open extent is N, any other "?".
std::string shape_text(const std::vector<std::int64_t>& shape);

/// The facts in `document`, an artifact.toml as JSON. Errors: data_loss.
Result<ModelFacts> model_facts(const Json& document);

}  // namespace mtc::cli
