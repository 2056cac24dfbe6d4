// SPDX-License-Identifier: Apache-2.0
//
// Plugin `cpu`: the ABI's side of compile.hpp and session.hpp.
#include "mtc/plugin.hpp"

#include <string>

#include "plugins/cpu/compile.hpp"
#include "plugins/cpu/session.hpp"

namespace mtc::cpu {
namespace {

class CpuTarget : public sdk::TargetPlugin {
 public:
  Result<void> compile(sdk::Host& host, std::string_view target) override {
    CompileOptions options;
    options.target = std::string(target);
    MTC_ASSIGN(options.scheme, host.text("target.quant.scheme"));
    MTC_ASSIGN(options.flags, host.texts("target.build.flags"));
    MTC_ASSIGN(const std::string model, host.input("model"));
    MTC_ASSIGN(const std::string folder, host.output("artifact"));
    const auto run_tool = [&](const std::vector<std::string>& argv, const std::string& where) {
      // Its messages are read in compile.cpp.
      return host.exec(argv, where, {"LC_ALL=C"});
    };
    MTC_ASSIGN(const CompileReport report, compile_model(model, folder, options, run_tool));
    host.info(std::to_string(report.layers) + " layers, " + std::to_string(report.integer_layers) +
              " of them on 8-bit integers; " + std::to_string(report.arena_bytes) +
              " bytes of working memory, " + std::to_string(report.constant_bytes) + " bytes of weights");
    MTC_TRY(host.property("entry", "model.so"));
    MTC_TRY(host.property("peak_ram_bytes", std::to_string(report.arena_bytes)));
    MTC_TRY(host.property("weight_bytes", std::to_string(report.constant_bytes)));
    return host.property("scheme", report.scheme.empty() ? "float" : report.scheme);
  }

  Result<std::unique_ptr<sdk::Session>> open(sdk::Host&, const std::string& path) override {
    return open_artifact(path);
  }
};

}  // namespace
}  // namespace mtc::cpu

MTC_TARGET_PLUGIN(mtc::cpu::CpuTarget)
