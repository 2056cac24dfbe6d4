// SPDX-License-Identifier: Apache-2.0
#include "core/data/preprocess.hpp"

#include <cmath>
#include <cstring>
#include <utility>

#include "core/data/array_file.hpp"
#include "mtc/npy.hpp"

namespace mtc::data {
namespace {

constexpr mtc_dtype kFloat32{MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE};
constexpr mtc_dtype kInt64{MTC_KIND_INT, 64, MTC_FORMAT_IEEE};
constexpr const char* kPresets = "imagenet, tf, unit, raw";

// ITU-R BT.601-7, 2.5.1: luma of red, green and blue.
constexpr double kRed = 0.299;
constexpr double kGreen = 0.587;
constexpr double kBlue = 0.114;

Error invalid_preprocess(std::string message, const std::string& where, std::string hint) {
  return Error{Code::invalid_argument, std::move(message), where, std::move(hint)};
}

Result<std::vector<double>> per_channel(const Json& table, const char* key, double missing,
                                        std::size_t channels, const std::string& where) {
  const auto found = table.find(key);
  if (found == table.end() || found->is_null()) return std::vector<double>(channels, missing);
  const std::string name = std::string("preprocess.") + key;
  if (found->is_number()) return std::vector<double>(channels, found->get<double>());
  if (!found->is_array())
    return invalid_preprocess(name + " is " + found->dump(), where, "use a number or a list of numbers");
  std::vector<double> values;
  for (const auto& value : *found) {
    if (!value.is_number()) return invalid_preprocess(name + " holds " + value.dump(), where, "use numbers");
    values.push_back(value.get<double>());
  }
  if (values.size() == 1) values.resize(channels, values.front());
  if (values.size() != channels) {
    return invalid_preprocess(name + " has " + std::to_string(values.size()) +
                                  " values, but the samples have " + std::to_string(channels) +
                                  (channels == 1 ? " channel" : " channels"),
                              where, "give one value, or one for each channel");
  }
  return values;
}

Result<Color> parse_color(const Json& table, const std::string& where) {
  const auto found = table.find("color");
  if (found == table.end() || found->is_null() || *found == "rgb") return Color::rgb;
  if (*found == "bgr") return Color::bgr;
  if (*found == "gray") return Color::gray;
  return invalid_preprocess("preprocess.color is " + found->dump(), where, "use rgb, bgr or gray");
}

Result<void> check_keys(const Json& table, const std::string& where) {
  if (!table.is_object()) {
    return invalid_preprocess("preprocess is " + table.dump(), where,
                              std::string("use a preset: ") + kPresets);
  }
  for (const auto& [key, value] : table.items()) {
    if (key == "color" || key == "scale" || key == "mean" || key == "std" || value.is_null()) continue;
    return invalid_preprocess(
        "preprocess." + key + " does not apply to arrays", where,
        "arrays take color, scale, mean and std; images are resized when they are decoded");
  }
  return {};
}

template <class T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

void narrow(std::span<const std::byte> sample, std::span<std::byte> out) {
  for (std::size_t i = 0; i < sample.size() / sizeof(double); ++i) {
    const auto value = static_cast<float>(load<double>(sample.data() + i * sizeof(double)));
    std::memcpy(out.data() + i * sizeof(float), &value, sizeof value);
  }
}

bool is_convertible(mtc_dtype dtype) {
  if (dtype.format != MTC_FORMAT_IEEE) return false;
  return dtype.kind == MTC_KIND_FLOAT ? dtype.bits == 32 || dtype.bits == 64 : dtype.bits % 8 == 0;
}

}  // namespace

Result<void> Preprocess::read_table(const Json& table, const std::string& where) {
  MTC_TRY(check_keys(table, where));
  MTC_ASSIGN(color_, parse_color(table, where));
  if (color_ == Color::gray && channels_ == 1) color_ = Color::rgb;
  if (color_ != Color::rgb && channels_ != 3) {
    return invalid_preprocess(
        "preprocess.color needs samples of 3 channels, these are " + describe(output_shape_), where,
        "leave color out");
  }
  if (color_ == Color::gray) output_shape_.front() = 1;
  const std::size_t outputs = color_ == Color::gray ? 1 : channels_;
  const auto scale = table.find("scale");
  if (scale != table.end() && !scale->is_null()) {
    if (!scale->is_number())
      return invalid_preprocess("preprocess.scale is " + scale->dump(), where, "use a number");
    scale_ = scale->get<double>();
  }
  MTC_ASSIGN(mean_, per_channel(table, "mean", 0.0, outputs, where));
  MTC_ASSIGN(std_, per_channel(table, "std", 1.0, outputs, where));
  for (const double value : std_) {
    if (value == 0.0 || !std::isfinite(value)) {
      return invalid_preprocess("preprocess.std is " + std::to_string(value), where,
                                "use values other than 0");
    }
  }
  return {};
}

Result<Preprocess> Preprocess::make(const Json& table, mtc_dtype dtype,
                                    const std::vector<std::int64_t>& shape, const std::string& where) {
  Preprocess result;
  result.input_dtype_ = dtype;
  result.output_dtype_ = kFloat32;
  result.output_shape_ = shape;
  std::size_t elements = 1;
  for (const auto extent : shape) elements *= static_cast<std::size_t>(extent);
  result.channels_ = shape.size() == 3 ? static_cast<std::size_t>(shape.front()) : 1;
  result.plane_ = result.channels_ == 0 ? 0 : elements / result.channels_;
  if (table.is_null()) {
    const bool float_array = dtype.kind == MTC_KIND_FLOAT && is_convertible(dtype);
    if (!float_array && !npy::same_type(dtype, kInt64)) {
      return invalid_preprocess(describe(dtype, shape) + " samples have no preprocess", where,
                                std::string("set preprocess to a preset (") + kPresets +
                                    ") or a table {color, scale, mean, std}; tokens are int64");
    }
    result.copy_ = true;
    if (!float_array) result.output_dtype_ = kInt64;
    result.output_bytes_ = elements * (result.output_dtype_.bits / 8U);
    return result;
  }
  if (!is_convertible(dtype)) {
    return invalid_preprocess("samples of type " + type_text(dtype) + " cannot be preprocessed", where,
                              "save them as float32");
  }
  MTC_TRY(result.read_table(table, where));
  result.output_bytes_ = result.mean_.size() * result.plane_ * sizeof(float);
  if (dtype.kind == MTC_KIND_UINT && dtype.bits == 8 && result.color_ != Color::gray) result.tabulate();
  return result;
}

void Preprocess::tabulate() {
  for (std::size_t channel = 0; channel < mean_.size(); ++channel) {
    for (int value = 0; value < 256; ++value) {
      table_.push_back(static_cast<float>((value * scale_ - mean_[channel]) / std_[channel]));
    }
  }
}

template <class T>
void Preprocess::convert(std::span<const std::byte> sample, std::span<float> out) const {
  const auto at = [&](std::size_t channel, std::size_t i) {
    return static_cast<double>(load<T>(sample.data() + (channel * plane_ + i) * sizeof(T)));
  };
  for (std::size_t channel = 0; channel < mean_.size(); ++channel) {
    const std::size_t from = color_ == Color::bgr ? 2 - channel : channel;
    for (std::size_t i = 0; i < plane_; ++i) {
      const double x =
          color_ == Color::gray ? kRed * at(0, i) + kGreen * at(1, i) + kBlue * at(2, i) : at(from, i);
      out[channel * plane_ + i] = static_cast<float>((x * scale_ - mean_[channel]) / std_[channel]);
    }
  }
}

void Preprocess::apply(std::span<const std::byte> sample, std::span<std::byte> out) const {
  if (copy_) {
    if (input_dtype_.bits == output_dtype_.bits) {
      if (!sample.empty()) std::memcpy(out.data(), sample.data(), sample.size());
    } else {
      narrow(sample, out);
    }
    return;
  }
  const std::span floats(reinterpret_cast<float*>(out.data()), out.size() / sizeof(float));
  if (!table_.empty()) {
    for (std::size_t channel = 0; channel < mean_.size(); ++channel) {
      const std::byte* from = sample.data() + (color_ == Color::bgr ? 2 - channel : channel) * plane_;
      const float* table = table_.data() + channel * 256;
      float* to = floats.data() + channel * plane_;
      for (std::size_t i = 0; i < plane_; ++i) to[i] = table[std::to_integer<std::size_t>(from[i])];
    }
    return;
  }
  const bool wide = input_dtype_.kind == MTC_KIND_FLOAT && input_dtype_.bits == 64;
  if (input_dtype_.kind == MTC_KIND_FLOAT) {
    return wide ? convert<double>(sample, floats) : convert<float>(sample, floats);
  }
  const bool sign = input_dtype_.kind == MTC_KIND_INT;
  switch (input_dtype_.bits) {
    case 8:
      return sign ? convert<std::int8_t>(sample, floats) : convert<std::uint8_t>(sample, floats);
    case 16:
      return sign ? convert<std::int16_t>(sample, floats) : convert<std::uint16_t>(sample, floats);
    case 32:
      return sign ? convert<std::int32_t>(sample, floats) : convert<std::uint32_t>(sample, floats);
    default:
      return sign ? convert<std::int64_t>(sample, floats) : convert<std::uint64_t>(sample, floats);
  }
}

}  // namespace mtc::data
