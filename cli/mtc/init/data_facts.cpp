// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/data_facts.hpp"

#include <algorithm>
#include <cstring>

#include "cli/mtc/sample_count.hpp"
#include "mtc/npy.hpp"

namespace mtc::cli {
namespace {

template <class T>
std::vector<std::int64_t> widened(const npy::Array& array) {
  std::vector<std::int64_t> values;
  for (std::size_t at = 0; at + sizeof(T) <= array.data.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, array.data.data() + at, sizeof value);
    values.push_back(static_cast<std::int64_t>(value));
  }
  return values;
}

std::string type_text(mtc_dtype dtype) {
  const char* kind = dtype.kind == MTC_KIND_FLOAT  ? "float"
                     : dtype.kind == MTC_KIND_UINT ? "uint"
                     : dtype.kind == MTC_KIND_INT  ? "int"
                                                   : "bool";
  return kind + (dtype.kind == MTC_KIND_BOOL ? std::string() : std::to_string(dtype.bits));
}

}  // namespace

Result<std::vector<std::int64_t>> read_labels(const std::filesystem::path& file) {
  MTC_ASSIGN(const auto array, npy::load(file.string()));
  const auto dtype = array.header.dtype;
  if (dtype.kind == MTC_KIND_INT || dtype.kind == MTC_KIND_UINT) {
    const bool sign = dtype.kind == MTC_KIND_INT;
    switch (dtype.bits) {
      case 8:
        return sign ? widened<std::int8_t>(array) : widened<std::uint8_t>(array);
      case 16:
        return sign ? widened<std::int16_t>(array) : widened<std::uint16_t>(array);
      case 32:
        return sign ? widened<std::int32_t>(array) : widened<std::uint32_t>(array);
      default:
        return widened<std::int64_t>(array);
    }
  }
  return Error{Code::invalid_argument, "labels are " + type_text(dtype) + ", not integers", file.string(),
               "save the class indices as an integer array"};
}

Result<DataFacts> data_facts(const std::vector<std::filesystem::path>& inputs,
                             const std::vector<std::filesystem::path>& labels) {
  DataFacts facts;
  for (const auto& input : inputs) {
    MTC_ASSIGN(const auto header, array_header(input));
    if (header.shape.empty()) {
      return Error{Code::invalid_argument, "the array has no axes", input.string(),
                   "save the samples along the first axis"};
    }
    facts.samples += static_cast<std::uint64_t>(header.shape.front());
    facts.type = type_text(header.dtype);
    facts.shape.assign(header.shape.begin() + 1, header.shape.end());
  }
  for (const auto& file : labels) {
    MTC_ASSIGN(const auto values, read_labels(file));
    if (values.empty()) continue;
    const auto [least, greatest] = std::ranges::minmax(values);
    if (!facts.labels) facts.labels = LabelRange{least, greatest};
    facts.labels =
        LabelRange{std::min(facts.labels->least, least), std::max(facts.labels->greatest, greatest)};
  }
  return facts;
}

}  // namespace mtc::cli
