// SPDX-License-Identifier: Apache-2.0
//
// Literals of C11.
#include "plugins/cpu/emit/literal.hpp"

#include <bit>
#include <cmath>
#include <cstdio>

namespace mtc::cpu {
namespace {

constexpr std::size_t kBytesPerLine = 64;
constexpr std::size_t kWordsPerLine = 16;

/// One byte within a string literal. Three octal digits end by themselves, whatever follows; '?' could make a
/// trigraph.
void append_byte(std::string& text, std::uint8_t value) {
  if (value >= 32 && value < 127 && value != '"' && value != '\\' && value != '?') {
    text += static_cast<char>(value);
    return;
  }
  text += '\\';
  text += static_cast<char>('0' + (value >> 6U));
  text += static_cast<char>('0' + ((value >> 3U) & 7U));
  text += static_cast<char>('0' + (value & 7U));
}

std::string bytes(const std::string& type, const std::string& name, std::span<const std::uint8_t> values) {
  std::string text =
      "static _Alignas(64) const " + type + " " + name + "[" + std::to_string(values.size() + 1) + "] =\n";
  for (std::size_t i = 0; i < values.size(); i += kBytesPerLine) {
    text += "    \"";
    for (std::size_t j = i; j < values.size() && j < i + kBytesPerLine; ++j) append_byte(text, values[j]);
    text += "\"\n";
  }
  if (values.empty()) text += "    \"\"";
  text += ";\n";
  return text;
}

template <class T>
std::string words(const std::string& type, const std::string& name, std::span<const T> values) {
  const std::string count = std::to_string(values.size() + 1);
  std::string text = "static _Alignas(64) const union {\n  uint_least32_t bits[" + count + "];\n  " + type +
                     " values[" + count + "];\n} " + name + " = {\n";
  char word[16];
  for (std::size_t i = 0; i < values.size(); i += kWordsPerLine) {
    text += "    U\"";
    for (std::size_t j = i; j < values.size() && j < i + kWordsPerLine; ++j) {
      std::snprintf(word, sizeof word, "\\x%08x", std::bit_cast<std::uint32_t>(values[j]));
      text += word;
    }
    text += "\"\n";
  }
  text += "};\n";
  return text;
}

}  // namespace

std::string c_float(float value) {
  if (std::isinf(value)) return value > 0 ? "INFINITY" : "-INFINITY";
  char text[40];
  std::snprintf(text, sizeof text, "%af", static_cast<double>(value));
  return text;
}

std::string c_string(std::string_view text) {
  std::string result = "\"";
  for (const char letter : text) append_byte(result, static_cast<std::uint8_t>(letter));
  return result + "\"";
}

std::string c_comment(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    const bool plain = letter >= 32 && letter < 127 && letter != '\\' && letter != '?' && letter != '*';
    result += plain ? letter : '_';
  }
  return result;
}

std::string byte_array(const std::string& name, std::span<const std::int8_t> values) {
  return bytes("signed char", name, {reinterpret_cast<const std::uint8_t*>(values.data()), values.size()});
}

std::string byte_array(const std::string& name, std::span<const std::uint8_t> values) {
  return bytes("unsigned char", name, values);
}

std::string word_array(const std::string& name, std::span<const float> values) {
  return words("float", name, values);
}

std::string word_array(const std::string& name, std::span<const std::int32_t> values) {
  return words("int32_t", name, values);
}

}  // namespace mtc::cpu
