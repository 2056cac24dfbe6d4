// SPDX-License-Identifier: Apache-2.0
//
// `preprocess` of a dataset: a preset's name, or a table that may start from one.
//
//   key     value                                        default
//   preset  imagenet | tf | unit | raw                   raw
//   resize  pixels of the shorter side, or [H, W]        none (format = "images" only)
//   filter  bilinear | area | bicubic                    bilinear (with resize only)
//   crop    pixels, or [H, W], from the centre           none (format = "images" only)
//   color   rgb | bgr | gray                             of the preset
//   scale   number, not 0                                of the preset
//   mean    number, or one a channel                     of the preset
//   std     number, or one a channel, none of them 0     of the preset
//   layout  nchw                                         nchw
#pragma once

#include <string>

#include "core/config/toml.hpp"
#include "mtc/result.hpp"

namespace mtc::config {

/// The whole table that `node` (called `title` in messages) means: color, scale, mean and std always (mean
/// and std as lists of 1 or C numbers), the others as given. y = (x·scale − mean)/std. Errors: unknown key or
/// preset, a type or a range that is wrong, mean and std of different length.
Result<Json> read_preprocess(const Node& node, const std::string& title);

}  // namespace mtc::config
