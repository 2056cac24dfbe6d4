// SPDX-License-Identifier: Apache-2.0
//
// The same artifact without a setting that costs speed: the other side of a comparison.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/host/host.hpp"
#include "core/host/loaded_plugin.hpp"
#include "core/host/timed_session.hpp"
#include "mtc/result.hpp"

namespace mtc::host {

/// A second instance of the plugin whose host answers with other run parameters, and its session.
class Counterpart {
 public:
  /// Opens `artifact` as host.spec().compare says; nullptr where the target has no comparison or the artifact
  /// not the setting. `inputs` outlive it. Errors: the plugin's own.
  static Result<std::unique_ptr<Counterpart>> open(Host& host, const std::string& artifact,
                                                   const std::vector<std::vector<mtc_tensor>>& inputs);
  Counterpart(const Counterpart&) = delete;
  Counterpart& operator=(const Counterpart&) = delete;

  [[nodiscard]] TimedSession& session() { return *session_; }
  /// For timings.json: summary, params, and which of the CPU flags that matter this machine has and lacks.
  [[nodiscard]] Json about(const std::vector<std::string>& cpu_flags) const;

 private:
  explicit Counterpart(Host& host);

  ActionSpec spec_;
  Host host_;
  std::optional<LoadedPlugin> plugin_;
  std::optional<TimedSession> session_;
};

}  // namespace mtc::host
