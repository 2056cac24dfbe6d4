// SPDX-License-Identifier: Apache-2.0
//
// A pipeline from file to report: load, plan, run, print. Every command that runs something ends here.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/mtc/globals.hpp"
#include "core/base/json.hpp"
#include "core/config/pipeline_file.hpp"
#include "core/pipeline/plan.hpp"
#include "core/remote/cache.hpp"
#include "core/remote/options.hpp"
#include "core/run/report.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

struct ExecuteOptions {
  std::filesystem::path out;  ///< Folder for outputs; empty = they stay in the store.
  bool reuse_records = false;
  double timeout_s = 0;
  double stall_timeout_s = 600;
  double lock_timeout_s = 0;
  std::string memory_limit;  ///< "4G"; empty = none.
  int jobs = 0;              ///< 0 = one for each CPU that this process may use.
  bool keep_going = false;
  std::string progress = "auto";                ///< auto plain none
  std::string events;                           ///< FILE or fd:N; empty = none.
  std::vector<std::string> topics;              ///< -d: what more to say on stderr.
  std::vector<std::string> rerun;               ///< Stages, or variants, that run though there is a result.
  std::map<std::size_t, Digest> expected_keys;  ///< See run::RunOptions.
  remote::Options remote;
  /// What people see of an event: nullopt = nothing. Empty: all events, as they are.
  std::function<std::optional<Json>(const Json&)> shown;
};

/// Adds -j, -k, -d, the limits, --reuse-records, --events and those of the remote cache.
void add_execute_options(CLI::App& app, ExecuteOptions& options);

/// The remote cache that was asked for, or null. Errors: as remote::Cache::open().
Result<std::unique_ptr<remote::Cache>> open_remote(const remote::Options& asked, store::Store& store);
/// Says the warnings of a remote cache that only answered questions.
void tell_remote(remote::Cache& cache);

/// Runs `plan` with live progress. Errors: as run::run_plan.
Result<run::RunReport> execute(const pipeline::Plan& plan, store::Store& store, const ExecuteOptions& options,
                               const Globals& globals);

/// Prints the report: JSON to stdout, or the table of results; errors of stages to stderr. Returns the exit
/// code.
int print_report(const run::RunReport& report, const pipeline::Plan& plan, const Globals& globals);

}  // namespace mtc::cli
