// SPDX-License-Identifier: Apache-2.0
#include "core/host/convert.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "core/data/array_file.hpp"

namespace mtc::host {
namespace {

template <class T>
std::vector<float> values_of(const Io& io, std::span<const std::byte> bytes) {
  std::vector<float> values(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof value);
    const double real = io.scale == 0.0
                            ? static_cast<double>(value)
                            : (static_cast<double>(value) - static_cast<double>(io.zero_point)) * io.scale;
    values[i] = static_cast<float>(real);
  }
  return values;
}

template <class T>
void quantize(const Io& io, std::span<const float> values, std::span<std::byte> out) {
  constexpr double kLow = std::numeric_limits<T>::min();
  constexpr double kHigh = std::numeric_limits<T>::max();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double scaled =
        std::nearbyint(static_cast<double>(values[i]) / io.scale) + static_cast<double>(io.zero_point);
    const T value = static_cast<T>(std::clamp(scaled, kLow, kHigh));
    std::memcpy(out.data() + i * sizeof(T), &value, sizeof value);
  }
}

Error unsupported(const Io& io) {
  return Error{Code::unimplemented, "elements of type " + data::type_text(io.dtype) + " cannot be converted",
               io.name, "give the model inputs and outputs of type float32"};
}

}  // namespace

Result<std::vector<float>> to_float(const Io& io, std::span<const std::byte> bytes) {
  const mtc_dtype dtype = io.dtype;
  if (dtype.format != MTC_FORMAT_IEEE) return unsupported(io);
  const bool sign = dtype.kind == MTC_KIND_INT;
  const bool real = dtype.kind == MTC_KIND_FLOAT;
  switch (dtype.bits) {
    case 8:
      if (real) return unsupported(io);
      return sign ? values_of<std::int8_t>(io, bytes) : values_of<std::uint8_t>(io, bytes);
    case 16:
      if (real) return unsupported(io);
      return sign ? values_of<std::int16_t>(io, bytes) : values_of<std::uint16_t>(io, bytes);
    case 32:
      if (real) return values_of<float>(io, bytes);
      return sign ? values_of<std::int32_t>(io, bytes) : values_of<std::uint32_t>(io, bytes);
    case 64:
      if (real) return values_of<double>(io, bytes);
      return sign ? values_of<std::int64_t>(io, bytes) : values_of<std::uint64_t>(io, bytes);
    default:
      return unsupported(io);
  }
}

Result<void> from_float(const Io& io, std::span<const float> values, std::span<std::byte> out) {
  if (io.dtype.format == MTC_FORMAT_IEEE && io.dtype.kind == MTC_KIND_FLOAT && io.dtype.bits == 32) {
    std::memcpy(out.data(), values.data(), values.size_bytes());
    return {};
  }
  if (io.dtype.format == MTC_FORMAT_IEEE && io.dtype.kind == MTC_KIND_FLOAT && io.dtype.bits == 64) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto value = static_cast<double>(values[i]);
      std::memcpy(out.data() + i * sizeof value, &value, sizeof value);
    }
    return {};
  }
  if (io.scale == 0.0 || io.dtype.bits != 8 || io.dtype.kind > MTC_KIND_INT) return unsupported(io);
  if (io.dtype.kind == MTC_KIND_INT) {
    quantize<std::int8_t>(io, values, out);
  } else {
    quantize<std::uint8_t>(io, values, out);
  }
  return {};
}

}  // namespace mtc::host
