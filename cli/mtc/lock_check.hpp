// SPDX-License-Identifier: Apache-2.0
//
// --locked and --frozen, and the warning without them: a pipeline against the mtc.lock beside it.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/mtc/pipeline_options.hpp"
#include "core/pipeline/plan.hpp"
#include "core/remote/options.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

struct LockOptions {
  bool locked = false;
  bool frozen = false;  ///< Locked, and no network.
};

void add_lock_options(CLI::App& command, LockOptions& options);

/// Compares `plan` of `file` with its lock file. Locked: an error (invalid_argument) that names every
/// difference, also when there is no lock file. Else a difference is one line of warning.
Result<void> check_lock(const LockOptions& options, const PipelineOptions& typed,
                        const config::PipelineFile& file, const pipeline::Plan& plan, store::Store& store);

/// Takes the remote cache away from a frozen run, and says so.
void take_network(const LockOptions& options, remote::Options& remote);

}  // namespace mtc::cli
