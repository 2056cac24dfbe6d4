// SPDX-License-Identifier: Apache-2.0
//
// What a run came to, and its JSON form (schema mtc.run/1, docs/cli.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/digest.hpp"
#include "core/base/json.hpp"
#include "core/pipeline/reason.hpp"
#include "core/remote/health.hpp"
#include "core/run/past_run.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

struct OutputReport {
  std::string path;  ///< Where people find it.
  Digest digest;
  std::uint64_t bytes = 0;
};

struct GateReport {
  std::string expr;
  std::optional<double> value;
  std::optional<double> limit;
  bool ok = false;
};

struct ActionReport {
  std::string kind;
  std::string name;    ///< Of the plugin's stage, or of the target.
  std::string status;  ///< ran hit remote_hit record failed
  Digest key;
  double seconds = 0;  ///< How long its worker ran, now or when the result was made.
  pipeline::Reasons reasons;
  std::string against;  ///< Id of the run that the reasons compare with; may be empty.
};

struct StageReport {
  std::string name;
  std::string variant;  ///< stage, or stage[axis=value,…]
  std::vector<std::pair<std::string, std::string>> axes;
  std::string uses;
  std::string status;  ///< ran hit record failed gate_failed skipped
  int exit_code = 0;   ///< What this stage alone would end the run with.
  double seconds = 0;
  std::string log;  ///< Path; empty when no worker ran.
  std::map<std::string, OutputReport> outputs;
  std::map<std::string, double> metrics;
  std::vector<GateReport> gates;
  std::vector<ActionReport> actions;
  std::optional<Error> error;
  std::string target;              ///< Of a compile, or of the artifact that was run; may be empty.
  std::int64_t record_age_s = -1;  ///< Of a replayed measurement.
};

struct RunReport {
  std::string run_id;
  PipelineIdentity pipeline;
  int exit_code = 0;
  double driver_cpu_ms = 0;
  std::vector<StageReport> stages;
  std::uint64_t store_bytes = 0;
  std::string store;
  std::optional<remote::Statistics> remote;  ///< Of the remote cache, where one was used.

  /// ok, failed or gate_failed.
  [[nodiscard]] std::string status() const;
};

Json to_json(const RunReport& report);
Json remote_json(const remote::Statistics& statistics);

}  // namespace mtc::run
