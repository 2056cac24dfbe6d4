// SPDX-License-Identifier: Apache-2.0
//
// The stages data.decode and data.generate: parameters and paths from the host, the work in decode.cpp and
// generate.cpp.
#include "mtc/plugin.hpp"

#include <map>
#include <string>
#include <vector>

#include "plugins/data/decode.hpp"
#include "plugins/data/generate.hpp"

namespace {

using mtc::Code;
using mtc::Error;
using mtc::Result;
using mtc::sdk::Host;

Result<std::vector<std::string>> inputs(const Host& host, const char* name) {
  MTC_ASSIGN(const std::size_t count, host.input_count(name));
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < count; ++i) {
    MTC_ASSIGN(auto path, host.input(name, i));
    paths.push_back(std::move(path));
  }
  return paths;
}

/// A parameter of one or two pixel counts; none when it is empty.
Result<std::vector<int>> pixels(const Host& host, const char* name) {
  MTC_ASSIGN(const auto values, host.integers(name));
  if (values.size() > 2) {
    return Error{Code::invalid_argument,
                 std::string(name) + " has " + std::to_string(values.size()) + " numbers", name,
                 "give one, or height and width"};
  }
  return std::vector<int>(values.begin(), values.end());
}

Result<mtc::data::Geometry> read_geometry(const Host& host) {
  using mtc::data::Color;
  using mtc::data::Filter;
  static const std::map<std::string, Filter> filters{
      {"bilinear", Filter::bilinear}, {"area", Filter::area}, {"bicubic", Filter::bicubic}};
  static const std::map<std::string, Color> colors{
      {"rgb", Color::rgb}, {"bgr", Color::bgr}, {"gray", Color::gray}};
  mtc::data::Geometry geometry;
  MTC_ASSIGN(const auto resize, pixels(host, "resize"));
  MTC_ASSIGN(const auto crop, pixels(host, "crop"));
  MTC_ASSIGN(const auto filter, host.text("filter"));
  MTC_ASSIGN(const auto color, host.text("color"));
  if (resize.size() == 1) geometry.shorter_side = resize.front();
  if (resize.size() == 2) geometry.exact = mtc::data::Size{resize[0], resize[1]};
  if (!crop.empty()) geometry.crop = mtc::data::Size{crop.front(), crop.back()};
  geometry.filter = filters.at(filter);
  geometry.color = colors.at(color);
  return geometry;
}

Result<void> run_decode(const Host& host) {
  mtc::data::DecodeRequest request;
  MTC_ASSIGN(request.sources, inputs(host, "source"));
  MTC_ASSIGN(request.labels, inputs(host, "labels"));
  MTC_ASSIGN(request.folder, host.output("tensors"));
  MTC_ASSIGN(request.geometry, read_geometry(host));
  MTC_ASSIGN(const auto summary, mtc::data::decode(request, [&](std::size_t done, std::size_t total) {
               host.progress("decode", done, total, "images");
               return host.check_cancelled();
             }));
  if (summary.unlisted != 0) {
    host.warning(std::to_string(summary.unlisted) + " images are not in the label files and were left out");
  }
  return {};
}

Result<void> run_generate(const Host& host) {
  mtc::data::GenerateRequest request;
  MTC_ASSIGN(request.folder, host.output("tensors"));
  MTC_ASSIGN(const auto samples, host.integer("samples"));
  MTC_ASSIGN(const auto seed, host.integer("seed"));
  MTC_ASSIGN(const auto noise, host.integer("noise"));
  MTC_ASSIGN(const auto occlusion, host.integer("occlusion"));
  request.samples = static_cast<std::size_t>(samples);
  request.seed = static_cast<std::uint64_t>(seed);
  request.difficulty = {static_cast<int>(noise), static_cast<int>(occlusion)};
  return mtc::data::generate(request, [&](std::size_t done, std::size_t total) {
    host.progress("draw", done, total, "images");
    return host.check_cancelled();
  });
}

Result<void> run(Host& host, std::string_view stage) {
  if (stage == "data.decode") return run_decode(host);
  if (stage == "data.generate") return run_generate(host);
  return Error{Code::unimplemented, "this plugin has no stage " + std::string(stage), {}, {}, false, true};
}

}  // namespace

MTC_STAGE_PLUGIN(run)
