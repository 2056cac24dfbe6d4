// SPDX-License-Identifier: Apache-2.0
//
// Words and numbers for people: suggestions for mistyped names, sizes, durations, canonical numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtc {

/// Edit distance of bytes with transpositions of neighbours (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that `name` was probably meant to be (at most a third of its length away, at least 1; ties:
/// the first), or nullopt.
std::optional<std::string> closest(std::string_view name, const std::vector<std::string>& candidates);

/// "did you mean "quantize.ptq"?", or "" when nothing is close.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

/// "512 B", "1.5 KiB", "3.0 GiB".
std::string human_bytes(std::uint64_t bytes);

/// The number of bytes that "10G", "512 MiB", "1.5 GB" or "4096" stands for: K, M, G, T with or without i and
/// B are powers of 1024. nullopt for anything else.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// The seconds that "45s", "10m", "12h", "30d" or "8w" stands for; nullopt for anything else.
std::optional<std::int64_t> parse_age(std::string_view text);

/// "3.2 ms", "12.4 s", "2 min 05 s", "1 h 02 min".
std::string human_duration(double seconds);

/// Whether `text` is well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(const std::string& text);

/// `text` as a TOML basic string, quotes included; bytes that are not UTF-8 become U+FFFD.
std::string toml_string(const std::string& text);

/// The pieces between separators; "" gives one empty piece.
std::vector<std::string> split(std::string_view text, char separator);

std::string join(const std::vector<std::string>& pieces, std::string_view separator);

/// Without leading and trailing white space.
std::string_view trim(std::string_view text);

/// The shortest text that reads back as the same double; locale-independent. "1" for 1.0, "nan", "inf",
/// "-inf".
std::string number_text(double value);

/// The whole of `text` as a finite number, or nullopt.
std::optional<double> parse_number(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace mtc
