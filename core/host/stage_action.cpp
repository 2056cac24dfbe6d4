// SPDX-License-Identifier: Apache-2.0
#include "core/host/actions.hpp"

namespace mtc::host {
namespace {

Error absent(const Host& host, const char* what, const char* name) {
  return Error{Code::internal, std::string("the action specification has no ") + what + " " + name,
               host.spec().name, "use mtc and mtc-worker of the same build"};
}

}  // namespace

Result<std::string> input_path(const Host& host, const char* name) {
  const SpecInput* input = host.spec().input(name);
  if (input == nullptr || input->path.empty()) return absent(host, "input", name);
  return input->path;
}

Result<std::string> output_path(const Host& host, const char* name) {
  const SpecOutput* output = host.spec().output(name);
  if (output == nullptr) return absent(host, "output", name);
  return output->path;
}

Result<void> run_stage(Host& host, const LoadedPlugin& plugin) {
  MTC_ASSIGN(const auto* stage, plugin.interface<mtc_stage_v1>("mtc.stage/1"));
  return host.call("run", [&] { return stage->run(plugin.instance(), abi(host.spec().name)); });
}

}  // namespace mtc::host
