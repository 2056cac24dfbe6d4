// SPDX-License-Identifier: Apache-2.0
//
// The inner loops of convolutions, as C text: sums for 4 pixels (1 pixel) x 16 output channels. Each has
// several texts with the same result, bit for bit; the compiler's macros choose one. None of them fuses a
// product with its sum.
//
//   tile_f32_4, tile_f32_1: float, weights packed [taps][run][16]
//   tile_u8_4, tile_u8_1: exact int32 sums of int16 x int8 products, weights packed [taps][run / 2][16][2]
#pragma once

#include <string_view>

namespace mtc::cpu {

extern const std::string_view kTileF32AvxText;  ///< Under #if defined(__AVX__).
extern const std::string_view
    kTileF32PortableText;  ///< Under #else: GNU vectors where there are any, or plain C11.

extern const std::string_view kTileU8Avx2Text;      ///< Under #if defined(__AVX2__).
extern const std::string_view kTileU8Sse2Text;      ///< Under #elif defined(__SSE2__).
extern const std::string_view kTileU8PortableText;  ///< Under #else.

}  // namespace mtc::cpu
