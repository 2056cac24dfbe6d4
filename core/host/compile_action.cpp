// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <system_error>

#include "core/base/file.hpp"
#include "core/host/actions.hpp"
#include "core/host/artifact_file.hpp"
#include "core/host/batch.hpp"
#include "core/host/session.hpp"

namespace mtc::host {
namespace {

/// compile must have said which of the files it wrote is the artifact's entry.
Result<void> check_entry(const Host& host, const std::string& folder) {
  const auto entry = host.properties().find("entry");
  std::error_code error;
  if (entry != host.properties().end() && !entry->second.empty() &&
      std::filesystem::exists(std::filesystem::path(folder) / entry->second, error)) {
    return {};
  }
  const std::string what = entry == host.properties().end()
                               ? std::string("compile did not set the property entry")
                               : "compile did not write its entry \"" + entry->second + "\"";
  return Error{Code::internal,
               what,
               host.spec().plugin_id + ", " + host.spec().name,
               "set `entry` to the name of a file in the artifact's folder",
               false,
               true};
}

}  // namespace

Result<void> run_compile(Host& host, const LoadedPlugin& plugin) {
  MTC_ASSIGN(const std::string folder, output_path(host, "artifact"));
  MTC_ASSIGN(const auto* target, plugin.interface<mtc_target_v1>("mtc.target/1"));
  MTC_TRY(host.call("compile", [&] { return target->compile(plugin.instance(), abi(host.spec().name)); }));
  MTC_TRY(check_entry(host, folder));
  MTC_ASSIGN(const Session session, Session::open(host, plugin, folder));
  const ArtifactInfo info{
      host.spec().name,  host.spec().plugin_id, host.spec().source_digest, fixed_batch(session.inputs()),
      host.properties(), session.inputs(),      session.outputs()};
  return write_file_atomic(std::filesystem::path(folder) / "artifact.toml", artifact_toml(info));
}

}  // namespace mtc::host
