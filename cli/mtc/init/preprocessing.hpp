// SPDX-License-Identifier: Apache-2.0
//
// Ways to preprocess that init tries: which of them a model and its data leave open.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/mtc/init/data_facts.hpp"
#include "cli/mtc/init/model_facts.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// From pictures of any size to the model's: both lists are as `resize` and `crop` of [data.NAME] take them,
/// empty = not done.
struct Geometry {
  std::vector<std::int64_t> resize;
  std::vector<std::int64_t> crop;

  bool operator==(const Geometry&) const = default;
};

struct Preprocessing {
  std::string preset;  ///< Empty: samples as they are.
  std::string color;   ///< "bgr", "gray", or empty: as they are stored.
  Geometry geometry;
  std::int64_t label_offset = 0;

  /// The value of the key `preprocess`; empty where there is none to write.
  [[nodiscard]] std::string toml() const;
  /// For people: "tf, bgr, labels +1".
  [[nodiscard]] std::string text() const;
  /// A name for a stage, made of letters, digits, _ and -.
  [[nodiscard]] std::string stage_name() const;
};

/// The usual ways from a picture to `height` × `width`, the most usual first: for a square the shorter side
/// to 8/7 of it and the centre cut out, the shorter side to it, and both sides (the only one for others).
std::vector<Geometry> usual_geometries(std::int64_t height, std::int64_t width);

/// The presets (with colours) that samples of the model's input may need, for data of `data`; one entry, the
/// samples as they are, for floats and tokens. The geometry of each is `geometry`.
/// Errors: invalid_argument for samples that no preprocessing brings to the model's input.
Result<std::vector<Preprocessing>> value_candidates(const TensorFacts& input, const DataFacts& data,
                                                    const Geometry& geometry);

/// The label offsets that leave every label among `classes`, 0 first: 1 for models that count a background
/// class, -1 for labels that start at 1. Errors: invalid_argument when there is none.
Result<std::vector<std::int64_t>> label_offsets(const DataFacts& data, std::int64_t classes);

/// Every one of `ways` with every one of `offsets`.
std::vector<Preprocessing> with_offsets(const std::vector<Preprocessing>& ways,
                                        const std::vector<std::int64_t>& offsets);

}  // namespace mtc::cli
