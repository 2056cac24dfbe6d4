// SPDX-License-Identifier: Apache-2.0
//
// C text of dot_tile4 and dot_tile1: exact int32 sums of int16 x int8 products for 4 pixels (1 pixel) x 16
// output channels, weights packed [run / 2][16][2]. Two texts with the same result; the compiler's macros
// choose.
#pragma once

#include <string_view>

namespace mtc::cpu {

extern const std::string_view kDotTileAvx2Text;      ///< Under #if defined(__AVX2__).
extern const std::string_view kDotTilePortableText;  ///< Under #if !defined(__AVX2__).

}  // namespace mtc::cpu
