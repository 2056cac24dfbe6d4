// SPDX-License-Identifier: Apache-2.0
#include "core/run/remote.hpp"

#include "core/base/error_json.hpp"
#include "core/run/runner.hpp"

namespace mtc::run {

void tell_warnings(remote::Cache* cache, Events& events) {
  if (cache == nullptr) return;
  for (const auto& warning : cache->take_warnings()) events.emit("remote.warning", error_to_json(warning));
}

void finish_remote(remote::Cache& cache, Events& events, RunReport& report) {
  std::size_t told = 0;
  while (!cache.wait(std::chrono::milliseconds(200))) {
    tell_warnings(&cache, events);
    const std::size_t pending = cache.pending();
    if (pending != told) events.emit("remote.uploading", {{"pending", pending}});
    told = pending;
  }
  tell_warnings(&cache, events);
  report.remote = cache.statistics();
  if (cache.strict() && report.remote->failures > 0 && report.exit_code == kOk)
    report.exit_code = kRemoteFailed;
  events.emit("remote.finished", remote_json(*report.remote));
}

}  // namespace mtc::run
