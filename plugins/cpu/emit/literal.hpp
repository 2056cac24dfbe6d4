// SPDX-License-Identifier: Apache-2.0
//
// Numbers and arrays as C11 source. Arrays are string literals, which compilers read ten times as fast as
// lists of numbers: bytes as "…" (array of character type), 32-bit words as U"\x…" (array of uint_least32_t).
// Both are strictly conforming and independent of byte order; floats are read through a union (C11 6.5.2.3,
// note 95).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mtc::cpu {

/// A float constant with all its bits: hexadecimal, INFINITY or -INFINITY (needs math.h).
std::string c_float(float value);
/// `text` as a C string literal with quotes.
std::string c_string(std::string_view text);
/// `text` made safe for a block comment.
std::string c_comment(std::string_view text);

/// Definitions of an array at file scope, aligned to 64 bytes.
std::string byte_array(const std::string& name, std::span<const std::int8_t> values);
std::string byte_array(const std::string& name, std::span<const std::uint8_t> values);
/// A union `name` with the member `values`.
std::string word_array(const std::string& name, std::span<const float> values);
std::string word_array(const std::string& name, std::span<const std::int32_t> values);

}  // namespace mtc::cpu
