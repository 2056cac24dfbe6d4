// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/preprocessing.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/config/pipeline_file.hpp"

namespace mtc::cli {
namespace {

constexpr std::int64_t kColours = 3;

std::string size_toml(const std::vector<std::int64_t>& size) {
  return size.size() == 1 ? std::to_string(size.front()) : fmt::format("[{}]", fmt::join(size, ", "));
}

std::string size_words(const std::vector<std::int64_t>& size) {
  return fmt::format("{}", fmt::join(size, "x"));
}

bool fits(const std::vector<std::int64_t>& wanted, const std::vector<std::int64_t>& given) {
  return std::ranges::equal(wanted, given, [](auto want, auto have) { return want < 0 || want == have; });
}

/// Whether `wanted` is `given` with the channels last.
bool channels_last(const std::vector<std::int64_t>& wanted, const std::vector<std::int64_t>& given) {
  return wanted.size() == 3 && given.size() == 3 && fits(wanted, {given[1], given[2], given[0]});
}

Error no_fit(const TensorFacts& input, const DataFacts& data) {
  const bool last = channels_last(input.sample_shape(), data.shape);
  return {Code::invalid_argument,
          fmt::format("the samples are {} [{}], the model's input is {}", data.type,
                      fmt::join(data.shape, ", "), input.text()),
          "--data",
          last ? "mtc feeds channels first: export the model with an input [N, channels, height, width]"
               : "give samples of the model's shape without its first axis"};
}

/// The colours that may have to be changed, the likeliest first; empty where no change makes the samples fit.
std::vector<std::string> colours(const std::vector<std::int64_t>& wanted,
                                 const std::vector<std::int64_t>& given) {
  const bool three = given.size() == 3 && given.front() == kColours;
  if (fits(wanted, given)) return three ? std::vector<std::string>{"", "bgr"} : std::vector<std::string>{""};
  auto gray = given;
  if (three) gray.front() = 1;
  return three && fits(wanted, gray) ? std::vector<std::string>{"gray"} : std::vector<std::string>{};
}

}  // namespace

std::string Preprocessing::toml() const {
  if (preset.empty()) return {};
  std::string text = fmt::format("\"{}\"", preset);
  std::string more;
  if (!color.empty()) more += fmt::format(", color = \"{}\"", color);
  if (!geometry.resize.empty()) more += ", resize = " + size_toml(geometry.resize);
  if (!geometry.crop.empty()) more += ", crop = " + size_toml(geometry.crop);
  return more.empty() ? text : "{ preset = " + text + more + " }";
}

std::string Preprocessing::text() const {
  std::string text = preset.empty() ? "as they are" : preset;
  if (!color.empty()) text += ", " + color;
  if (!geometry.resize.empty()) text += ", resize " + size_words(geometry.resize);
  if (!geometry.crop.empty()) text += ", crop " + size_words(geometry.crop);
  if (label_offset != 0) text += fmt::format(", labels {:+}", label_offset);
  return text;
}

std::string Preprocessing::stage_name() const {
  std::string name = preset.empty() ? "as_stored" : preset;
  if (!color.empty()) name += "_" + color;
  if (!geometry.resize.empty()) name += "_resize" + size_words(geometry.resize);
  if (!geometry.crop.empty()) name += "_crop" + size_words(geometry.crop);
  if (label_offset != 0)
    name += fmt::format("_labels_{}{}", label_offset > 0 ? "plus" : "minus",
                        label_offset > 0 ? label_offset : -label_offset);
  return name;
}

std::vector<Geometry> usual_geometries(std::int64_t height, std::int64_t width) {
  const Geometry squash{{height, width}, {}};
  if (height != width) return {squash};
  return {{{(height * 8 + 3) / 7}, {height}}, {{height}, {height}}, squash};
}

Result<std::vector<Preprocessing>> value_candidates(const TensorFacts& input, const DataFacts& data,
                                                    const Geometry& geometry) {
  const auto wanted = input.sample_shape();
  const bool floats = data.type.starts_with("float");
  const bool tokens = data.type == "int64" && input.type == "int64";
  std::vector<Preprocessing> candidates;
  if (floats || tokens) {
    if (!fits(wanted, data.shape)) return no_fit(input, data);
    candidates.push_back({});
    return candidates;
  }
  const auto orders = colours(wanted, data.shape);
  if (orders.empty()) return no_fit(input, data);
  for (const auto& color : orders) {
    for (const auto& preset : config::preset_names()) {
      // Its means and deviations are those of three colours.
      if (preset == "imagenet" && (wanted.size() != 3 || wanted.front() != kColours)) continue;
      candidates.push_back({preset, color, geometry, 0});
    }
  }
  return candidates;
}

Result<std::vector<std::int64_t>> label_offsets(const DataFacts& data, std::int64_t classes) {
  if (!data.labels) return std::vector<std::int64_t>{0};
  const auto [least, greatest] = *data.labels;
  std::vector<std::int64_t> offsets;
  if (greatest < classes) offsets.push_back(0);
  // A class more than there are labels: often "background", counted as class 0.
  if (greatest + 1 < classes && (greatest + 2 == classes || classes == 1001)) offsets.push_back(1);
  // Labels that count from 1; fewer classes than the model's may start at 1 by chance, so 0 stays.
  if (least >= 1 && (greatest == classes || (least == 1 && greatest < classes))) offsets.push_back(-1);
  if (!offsets.empty()) return offsets;
  return Error{Code::invalid_argument,
               fmt::format("the labels are {}..{}, but the model has {} classes", least, greatest, classes),
               "--labels", "give the labels that belong to this model"};
}

std::vector<Preprocessing> with_offsets(const std::vector<Preprocessing>& ways,
                                        const std::vector<std::int64_t>& offsets) {
  std::vector<Preprocessing> all;
  for (const auto offset : offsets) {
    for (auto way : ways) {
      way.label_offset = offset;
      all.push_back(std::move(way));
    }
  }
  return all;
}

}  // namespace mtc::cli
