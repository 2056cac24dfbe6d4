// SPDX-License-Identifier: Apache-2.0
//
// The stage data.generate: a dataset of drawn pictures.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "mtc/result.hpp"
#include "plugins/data/draw.hpp"

namespace mtc::data {

struct GenerateRequest {
  std::string folder;  ///< Exists; gets the results.
  std::size_t samples = 0;
  std::uint64_t seed = 0;
  Difficulty difficulty;
};

/// Writes images.npy uint8 [N, 3, 32, 32], labels.npy int64 [N] and classes.txt. Sample i depends on seed,
/// difficulty and i alone, so that a longer dataset starts with a shorter one; each ten samples in a row hold
/// every class once, in random order. `tick(done, total)` is called now and then; an error of it ends the
/// work. Errors: resource_exhausted when the disk is full.
Result<void> generate(const GenerateRequest& request,
                      const std::function<Result<void>(std::size_t done, std::size_t total)>& tick);

/// Class of sample `index`.
int label_of(std::uint64_t seed, std::uint64_t index);

}  // namespace mtc::data
