// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/model_facts.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mtc::cli {
namespace {

std::vector<TensorFacts> tensors_of(const Json& document, const char* key) {
  std::vector<TensorFacts> tensors;
  for (const auto& item : document.value(key, Json::array())) {
    tensors.push_back({item.at("name").get<std::string>(), item.at("type").get<std::string>(),
                       item.at("shape").get<std::vector<std::int64_t>>()});
  }
  return tensors;
}

}  // namespace

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (axis > 0) text += ", ";
    text += shape[axis] >= 0 ? std::to_string(shape[axis]) : axis == 0 ? "N" : "?";
  }
  return text + "]";
}

std::string TensorFacts::text() const { return fmt::format("\"{}\" {} {}", name, type, shape_text(shape)); }

std::vector<std::int64_t> TensorFacts::sample_shape() const {
  return shape.empty() ? shape : std::vector<std::int64_t>(shape.begin() + 1, shape.end());
}

std::optional<std::int64_t> ModelFacts::classes() const {
  if (outputs.size() != 1 || outputs.front().shape.size() < 2) return std::nullopt;
  const auto& shape = outputs.front().shape;
  const bool flat = std::all_of(shape.begin() + 2, shape.end(), [](auto extent) { return extent == 1; });
  if (!flat || shape[1] < 2) return std::nullopt;
  return shape[1];
}

Result<ModelFacts> model_facts(const Json& document) {
  ModelFacts facts;
  try {
    facts.inputs = tensors_of(document, "input");
    facts.outputs = tensors_of(document, "output");
    facts.batch = document.value("batch", std::int64_t{0});
  } catch (const Json::exception& error) {
    return Error{Code::data_loss, std::string("cannot be read: ") + error.what(), "artifact.toml",
                 "compile the model again"};
  }
  return facts;
}

}  // namespace mtc::cli
