// SPDX-License-Identifier: Apache-2.0
//
// NumPy .npy files, header-only: version 1.0 and 2.0, C order, little endian, of the types u1 i1 i4 i8 f4 f8
// b1. Source: the NEP 1 format description, https://numpy.org/neps/nep-0001-npy-format.html
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mtc/result.hpp"

namespace mtc::npy {

struct Header {
  mtc_dtype dtype{};
  std::vector<std::int64_t> shape;
  std::size_t data_offset = 0;  ///< Byte at which the array starts.

  [[nodiscard]] std::size_t elements() const {
    std::size_t count = 1;
    for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
    return count;
  }
  [[nodiscard]] std::size_t bytes() const { return elements() * (dtype.bits / 8U); }
};

inline bool same_type(mtc_dtype a, mtc_dtype b) {
  return a.kind == b.kind && a.bits == b.bits && a.format == b.format;
}

/// NumPy's name of `dtype` ("<f4"); empty where NumPy has none.
inline std::string type_name(mtc_dtype dtype) {
  if (dtype.format != MTC_FORMAT_IEEE || dtype.bits % 8 != 0) return {};
  const char kind = dtype.kind == MTC_KIND_UINT    ? 'u'
                    : dtype.kind == MTC_KIND_INT   ? 'i'
                    : dtype.kind == MTC_KIND_FLOAT ? 'f'
                                                   : 'b';
  const int width = dtype.bits / 8;
  return std::string(width == 1 ? "|" : "<") + kind + std::to_string(width);
}

namespace detail {

inline Error bad(std::string_view what) {
  return Error{Code::data_loss,
               "not a NumPy array that mtc reads: " + std::string(what),
               {},
               "save it with numpy.save in C order, little endian"};
}

/// The text after `'key':` in the header dictionary.
inline std::string_view value_of(std::string_view dictionary, std::string_view key) {
  const std::string quoted = std::string(1, '\'').append(key).append(1, '\'');
  const auto at = dictionary.find(quoted);
  if (at == std::string_view::npos) return {};
  const auto colon = dictionary.find(':', at);
  if (colon == std::string_view::npos) return {};
  auto rest = dictionary.substr(colon + 1);
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  return rest;
}

inline Result<mtc_dtype> parse_type(std::string_view text) {
  if (text.size() < 5 || text.front() != '\'') return bad("no descr");
  const char order = text[1];
  const char kind = text[2];
  const int width = text[3] - '0';
  if (order == '>') return bad("big endian");
  if (width != 1 && width != 2 && width != 4 && width != 8)
    return bad("element type " + std::string(text.substr(0, 6)));
  const std::uint8_t bits = static_cast<std::uint8_t>(width * 8);
  switch (kind) {
    case 'u':
      return mtc_dtype{MTC_KIND_UINT, bits, 0};
    case 'i':
      return mtc_dtype{MTC_KIND_INT, bits, 0};
    case 'f':
      return mtc_dtype{MTC_KIND_FLOAT, bits, 0};
    case 'b':
      return mtc_dtype{MTC_KIND_BOOL, bits, 0};
    default:
      return bad("element type " + std::string(text.substr(0, 6)));
  }
}

inline Result<std::vector<std::int64_t>> parse_shape(std::string_view text) {
  if (text.empty() || text.front() != '(') return bad("no shape");
  const auto close = text.find(')');
  if (close == std::string_view::npos) return bad("no shape");
  std::vector<std::int64_t> shape;
  const char* at = text.data() + 1;
  const char* end = text.data() + close;
  while (at < end) {
    while (at < end && (*at == ' ' || *at == ',')) ++at;
    if (at == end) break;
    std::int64_t extent = 0;
    const auto [next, error] = std::from_chars(at, end, extent);
    if (error != std::errc() || extent < 0) return bad("shape");
    shape.push_back(extent);
    at = next;
  }
  if (shape.size() > MTC_MAX_RANK) return bad("rank over 8");
  return shape;
}

}  // namespace detail

/// Parses the header at the start of `file` (its first bytes; 64 KiB suffice).
/// Errors: data_loss when it is not an array of a type listed above.
inline Result<Header> parse_header(std::span<const std::byte> file) {
  if (file.size() < 12 || std::memcmp(file.data(), "\x93NUMPY", 6) != 0) return detail::bad("no magic");
  const auto byte = [&](std::size_t at) { return std::to_integer<std::size_t>(file[at]); };
  const bool wide = byte(6) >= 2;
  const std::size_t start = wide ? 12 : 10;
  const std::size_t length =
      wide ? byte(8) | byte(9) << 8U | byte(10) << 16U | byte(11) << 24U : byte(8) | byte(9) << 8U;
  if (file.size() < start + length) return detail::bad("truncated header");
  std::string text(length, ' ');
  if (length != 0) std::memcpy(text.data(), file.data() + start, length);
  if (detail::value_of(text, "fortran_order").starts_with("True")) return detail::bad("Fortran order");
  Header header;
  MTC_ASSIGN(header.dtype, detail::parse_type(detail::value_of(text, "descr")));
  MTC_ASSIGN(header.shape, detail::parse_shape(detail::value_of(text, "shape")));
  header.data_offset = start + length;
  return header;
}

/// The header bytes of an array, padded so that the data starts at a multiple of 64.
inline std::string format_header(mtc_dtype dtype, std::span<const std::int64_t> shape) {
  std::string text = "{'descr': '" + type_name(dtype) + "', 'fortran_order': False, 'shape': (";
  for (const auto extent : shape) text += std::to_string(extent) + (shape.size() == 1 ? "," : ", ");
  if (shape.size() > 1) text.resize(text.size() - 2);
  text += "), }";
  while ((10 + text.size() + 1) % 64 != 0) text += ' ';
  text += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xFFU);
  header += static_cast<char>(text.size() >> 8U);
  return header + text;
}

/// An array in memory: dense, row-major.
struct Array {
  Header header;
  std::vector<std::byte> data;

  template <class T>
  [[nodiscard]] std::span<const T> values() const {
    return {reinterpret_cast<const T*>(data.data()), data.size() / sizeof(T)};
  }
};

/// Reads a whole file. Errors: not_found; data_loss when it is truncated or not an array.
inline Result<Array> load(const std::string& path) {
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  if (!stream) return Error{Code::not_found, "cannot read the array", path, "check the path"};
  const auto size = static_cast<std::size_t>(stream.tellg());
  stream.seekg(0);
  std::vector<std::byte> file(size);
  stream.read(reinterpret_cast<char*>(file.data()), static_cast<std::streamsize>(size));
  auto header = parse_header(file);
  if (!header) {
    header.error().where = path;
    return header.error();
  }
  if (file.size() < header->data_offset + header->bytes()) {
    return Error{Code::data_loss, "the array is truncated", path, "write the file again"};
  }
  Array array{*header, {}};
  const auto begin = file.begin() + static_cast<std::ptrdiff_t>(header->data_offset);
  array.data.assign(begin, begin + static_cast<std::ptrdiff_t>(header->bytes()));
  return array;
}

/// Writes `data` (dense, row-major) as an array. Errors: resource_exhausted when the disk is full.
inline Result<void> save(const std::string& path, mtc_dtype dtype, std::span<const std::int64_t> shape,
                         std::span<const std::byte> data) {
  std::ofstream stream(path, std::ios::binary);
  const std::string header = format_header(dtype, shape);
  stream.write(header.data(), static_cast<std::streamsize>(header.size()));
  stream.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
  stream.flush();
  if (!stream) return Error{Code::resource_exhausted, "cannot write the array", path, "check free space"};
  return {};
}

}  // namespace mtc::npy
