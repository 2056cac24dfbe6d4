// SPDX-License-Identifier: Apache-2.0
//
// Stage sparsify.magnitude: parameters and files in, prune(), model and report out.
#include "mtc/plugin.hpp"

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "plugins/sparsify/prune.hpp"
#include "plugins/support/onnx/model.hpp"

namespace {

using mtc::Result;

Result<mtc::sparsify::Options> read_options(const mtc::sdk::Host& host) {
  mtc::sparsify::Options options;
  MTC_ASSIGN(const std::string pattern, host.text("pattern"));
  options.pattern =
      pattern == "2:4" ? mtc::sparsify::Pattern::two_of_four : mtc::sparsify::Pattern::unstructured;
  MTC_ASSIGN(options.sparsity, host.number("sparsity"));
  MTC_ASSIGN(options.skip, host.texts("skip"));
  return options;
}

Result<void> write_report(const mtc::sparsify::Report& report, const std::string& path) {
  auto weights = nlohmann::ordered_json::array();
  for (const auto& weight : report.weights) {
    weights.push_back({{"tensor", weight.tensor},
                       {"node", weight.node},
                       {"elements", weight.elements},
                       {"zeros", weight.zeros},
                       {"left_dense", weight.left_dense}});
  }
  const nlohmann::ordered_json document = {
      {"elements", report.elements}, {"zeros", report.zeros}, {"weights", std::move(weights)}};
  std::ofstream stream(path);
  stream << document.dump(1) << '\n';
  stream.flush();
  if (!stream)
    return mtc::Error{mtc::Code::resource_exhausted, "cannot write the report", path, "check free space"};
  return {};
}

Result<void> run(mtc::sdk::Host& host, std::string_view /*stage*/) {
  MTC_ASSIGN(const auto options, read_options(host));
  MTC_ASSIGN(const std::string input, host.input("model"));
  MTC_ASSIGN(auto model, mtc::model::load(input));
  MTC_TRY(host.check_cancelled());
  MTC_ASSIGN(const auto report, mtc::sparsify::prune(model, options));
  for (const auto& weight : report.weights) {
    if (!weight.left_dense.empty()) {
      host.info("left dense: " + weight.tensor + " of " + weight.node + ": " + weight.left_dense);
    }
  }
  MTC_ASSIGN(const std::string model_path, host.output("model"));
  MTC_TRY(mtc::model::save(model, model_path));
  MTC_ASSIGN(const std::string report_path, host.output("report"));
  MTC_TRY(write_report(report, report_path));
  MTC_TRY(host.metric("sparsity", static_cast<double>(report.zeros) / static_cast<double>(report.elements)));
  return host.metric("weights_zero", static_cast<double>(report.zeros));
}

}  // namespace

MTC_STAGE_PLUGIN(run)
