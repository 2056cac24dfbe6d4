// SPDX-License-Identifier: Apache-2.0
#include "core/host/counterpart.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/base/file.hpp"
#include "core/host/artifact_file.hpp"

namespace mtc::host {
namespace {

ActionSpec without_setting(ActionSpec spec) {
  spec.params.update(spec.compare->params);
  return spec;
}

}  // namespace

Counterpart::Counterpart(Host& host)
    : spec_(without_setting(host.spec())), host_(spec_, host.sink(), host.cancel()) {}

Result<std::unique_ptr<Counterpart>> Counterpart::open(Host& host, const std::string& artifact,
                                                       const std::vector<std::vector<mtc_tensor>>& inputs) {
  std::unique_ptr<Counterpart> opened;
  const auto file = std::filesystem::path(artifact) / "artifact.toml";
  std::error_code error;
  if (!host.spec().compare || !std::filesystem::exists(file, error)) return opened;
  MTC_ASSIGN(const std::string document, read_file(file));
  if (artifact_property(document, "compare") != host.spec().compare->name) return opened;
  opened.reset(new Counterpart(host));
  MTC_ASSIGN(auto plugin, LoadedPlugin::load(opened->host_));
  opened->plugin_.emplace(std::move(plugin));
  MTC_ASSIGN(auto session, Session::open(opened->host_, *opened->plugin_, artifact));
  MTC_ASSIGN(auto timed, TimedSession::make(std::move(session), inputs));
  opened->session_.emplace(std::move(timed));
  return opened;
}

Json Counterpart::about(const std::vector<std::string>& cpu_flags) const {
  Json has = Json::array();
  Json lacks = Json::array();
  for (const auto& flag : spec_.compare->cpu_flags) {
    const bool present = std::ranges::find(cpu_flags, flag) != cpu_flags.end();
    (present ? has : lacks).push_back(flag);
  }
  return {{"summary", spec_.compare->summary},
          {"params", spec_.compare->params},
          {"cpu_has", std::move(has)},
          {"cpu_lacks", std::move(lacks)}};
}

}  // namespace mtc::host
