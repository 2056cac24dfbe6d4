// SPDX-License-Identifier: Apache-2.0
//
// The target `reference`.
#include "mtc/plugin.hpp"

#include <filesystem>

#include "plugins/reference/session.hpp"
#include "plugins/support/autograd/executor.hpp"
#include "plugins/support/onnx/model.hpp"

namespace {

using mtc::Result;

class ReferenceTarget final : public mtc::sdk::TargetPlugin {
 public:
  /// Writes the model, external data inlined, and refuses what the executor cannot run.
  Result<void> compile(mtc::sdk::Host& host, std::string_view) override {
    MTC_ASSIGN(const std::string input, host.input("model"));
    MTC_ASSIGN(const std::string folder, host.output("artifact"));
    MTC_ASSIGN(const auto model, mtc::model::load(input));
    MTC_TRY(mtc::autograd::Executor::create(model, {}));
    MTC_TRY(mtc::model::save(model, (std::filesystem::path(folder) / mtc::reference::kModelFile).string()));
    MTC_TRY(host.property("entry", mtc::reference::kModelFile));
    const auto metadata = mtc::model::metadata(model);
    const auto scheme = metadata.find("mtc.quant.scheme");
    return host.property("scheme", scheme == metadata.end() ? "float" : scheme->second);
  }

  Result<std::unique_ptr<mtc::sdk::Session>> open(mtc::sdk::Host& host, const std::string& path) override {
    MTC_ASSIGN(const std::int64_t threads, host.integer("threads"));
    return mtc::reference::open_session(path, static_cast<int>(threads));
  }
};

}  // namespace

MTC_TARGET_PLUGIN(ReferenceTarget)
