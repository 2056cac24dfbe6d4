// SPDX-License-Identifier: Apache-2.0
//
// The target `onnxruntime`: parameters and paths from the host, the work in compile.cpp and session.cpp.
#include "mtc/plugin.hpp"

#include <filesystem>

#include "plugins/onnxruntime/artifact.hpp"
#include "plugins/onnxruntime/compile.hpp"
#include "plugins/onnxruntime/session.hpp"

namespace {

namespace ort = mtc::onnxruntime;
using mtc::Result;

constexpr const char* kLibrary = "libonnxruntime.so.1";

class OnnxRuntimeTarget final : public mtc::sdk::TargetPlugin {
 public:
  Result<void> compile(mtc::sdk::Host& host, std::string_view) override {
    ort::CompileRequest request;
    MTC_ASSIGN(request.library, host.dependency(kLibrary));
    MTC_ASSIGN(request.model, host.input("model"));
    MTC_ASSIGN(request.folder, host.output("artifact"));
    MTC_ASSIGN(request.scheme, host.text("target.quant.scheme"));
    MTC_ASSIGN(request.exact, host.boolean("exact"));
    MTC_ASSIGN(const std::string scheme, ort::compile(request));
    MTC_TRY(host.property("entry", ort::kModelFile));
    if (request.exact && scheme != ort::kFloatScheme) MTC_TRY(host.property("compare", "exact"));
    return host.property("scheme", scheme);
  }

  Result<std::unique_ptr<mtc::sdk::Session>> open(mtc::sdk::Host& host, const std::string& path) override {
    MTC_ASSIGN(const std::string library, host.dependency(kLibrary));
    MTC_ASSIGN(const std::int64_t threads, host.integer("threads"));
    ort::Options options{true, static_cast<int>(threads)};
    std::filesystem::path model = path;
    if (std::filesystem::is_directory(model)) {
      MTC_ASSIGN(options.exact, ort::read_exact(model));
      model /= ort::kModelFile;
    }
    MTC_ASSIGN(const std::string integers, host.text("integers"));
    options.exact = options.exact && integers != "saturating";
    return ort::open_session(library, model.string(), options);
  }
};

}  // namespace

MTC_TARGET_PLUGIN(OnnxRuntimeTarget)
