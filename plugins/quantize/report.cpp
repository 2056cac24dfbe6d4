// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/report.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

namespace mtc::quantize {
namespace {

using Json = nlohmann::ordered_json;

Json deviations(const std::vector<DeviationReport>& list) {
  Json array = Json::array();
  for (const auto& entry : list) {
    Json object;
    if (!entry.node.empty()) object["node"] = entry.node;
    object["tensor"] = entry.tensor;
    object["quantized_tensor"] = entry.quantized_tensor;
    object["sqnr_db"] = entry.sqnr_db;
    object["cosine"] = entry.cosine;
    array.push_back(std::move(object));
  }
  return array;
}

Json activations(const std::vector<ActivationReport>& list) {
  Json array = Json::array();
  for (const auto& entry : list) {
    array.push_back({{"name", entry.group.name},
                     {"tensors", entry.group.tensors},
                     {"observed", {entry.observed.low, entry.observed.high}},
                     {"range", {entry.chosen.low, entry.chosen.high}},
                     {"scale", entry.affine.scale},
                     {"zero_point", entry.affine.zero_point}});
  }
  return array;
}

Json weights(const std::vector<QuantizedWeight>& list) {
  Json array = Json::array();
  for (const auto& entry : list) {
    array.push_back({{"tensor", entry.name},
                     {"node", entry.node},
                     {"channels", entry.channels},
                     {"scales", {entry.smallest_scale, entry.largest_scale}}});
  }
  return array;
}

}  // namespace

Result<void> write_report(const Report& report, const Options& options, const std::string& path) {
  Json left_float = Json::array();
  for (const auto& entry : report.left_float)
    left_float.push_back({{"node", entry.node}, {"reason", entry.reason}});
  const Json document = {{"scheme", options.scheme.id},
                         {"calibration", method_name(options.method)},
                         {"calibration_samples", report.calibration_samples},
                         {"error_samples", report.error_samples},
                         {"outputs", deviations(report.outputs)},
                         {"layers", deviations(report.layers)},
                         {"activations", activations(report.activations)},
                         {"weights", weights(report.weights)},
                         {"left_float", std::move(left_float)}};
  std::ofstream stream(path);
  stream << document.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
  stream.flush();
  if (!stream) return Error{Code::resource_exhausted, "cannot write the report", path, "check free space"};
  return {};
}

}  // namespace mtc::quantize
