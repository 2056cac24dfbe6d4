// SPDX-License-Identifier: Apache-2.0
#include "core/host/run_action.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/file.hpp"
#include "core/host/actions.hpp"

namespace mtc::host {
namespace {

Result<void> make_folders(const ActionSpec& spec) {
  if (!spec.scratch.empty()) MTC_TRY(make_directories(spec.scratch));
  for (const auto& output : spec.outputs) {
    if (output.folder) MTC_TRY(make_directories(output.path));
  }
  return {};
}

/// What was promised must be there: a file, or a folder that is not empty.
Result<void> check_outputs(const ActionSpec& spec) {
  for (const auto& output : spec.outputs) {
    std::error_code error;
    const bool written = output.folder ? !std::filesystem::is_empty(output.path, error) && !error
                                       : std::filesystem::is_regular_file(output.path, error);
    if (written) continue;
    return Error{Code::internal,
                 "the action succeeded, but did not write its output " + output.name,
                 spec.name + ", " + output.path,
                 "report this to the authors of plugin " + spec.plugin_id,
                 false,
                 true};
  }
  return {};
}

Result<void> run_kind(Host& host, const LoadedPlugin& plugin) {
  switch (host.spec().kind) {
    case ActionKind::stage:
      return run_stage(host, plugin);
    case ActionKind::compile:
      return run_compile(host, plugin);
    case ActionKind::predict:
      return run_predict(host, plugin);
    case ActionKind::measure:
      return run_measure(host, plugin);
  }
  return Error{Code::internal, "an unknown kind of action", host.spec().name, "report this"};
}

}  // namespace

Result<void> run_action(const Json& json, FrameSink& sink, Cancel& cancel) {
  MTC_ASSIGN(const ActionSpec spec, ActionSpec::parse(json));
  MTC_TRY(make_folders(spec));
  Host host(spec, sink, cancel);
  MTC_ASSIGN(const LoadedPlugin plugin, LoadedPlugin::load(host));
  MTC_TRY(run_kind(host, plugin));
  return check_outputs(spec);
}

std::string action_label(const Json& json) {
  const auto text = [&](const char* key) {
    const bool given = json.is_object() && json.contains(key) && json.at(key).is_string();
    return given ? json.at(key).get<std::string>() : std::string("?");
  };
  return text("name") + " of " + text("plugin");
}

}  // namespace mtc::host
