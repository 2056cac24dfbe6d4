// SPDX-License-Identifier: Apache-2.0
//
// Random changes of a batch of training images.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "mtc/result.hpp"

namespace mtc::train {

struct Augmentation {
  bool flip = false;
  bool crop = false;
};

/// Reads a list of "none", "flip", "crop". Errors: invalid_argument for "none" together with another, or for
/// images of other than rank 3 (channels, height, width) where something is asked for.
Result<Augmentation> parse_augmentation(const std::vector<std::string>& names,
                                        std::span<const std::int64_t> sample_shape);

/// Changes `images` [N, C, H, W] in place: flip mirrors an image left-right with probability 1/2; crop shifts
/// it by up to an eighth of its height and width in each direction, filling with 0. Depends on the state of
/// `random` alone. Source: the augmentation of He et al. 2016, arXiv:1512.03385, section 4.2 (padding of 4 on
/// 32×32).
void augment(std::span<float> images, std::span<const std::int64_t> shape, const Augmentation& augmentation,
             std::mt19937_64& random);

}  // namespace mtc::train
