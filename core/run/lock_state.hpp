// SPDX-License-Identifier: Apache-2.0
//
// What a pipeline is made of on this machine, in the form of its lock file.
#pragma once

#include <string>

#include "core/config/pipeline_file.hpp"
#include "core/pipeline/plan.hpp"
#include "core/run/lock_file.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

/// System and machine of this process: "linux-x86_64".
std::string this_platform();

/// The plugins and targets of `plan`'s actions, and the models and data that they read: `file` is what the
/// plan was made of. Names count from file.folder. Digests come by way of the store's stat.db. Errors: of
/// reading the files.
Result<LockFile> lock_state(const config::PipelineFile& file, const pipeline::Plan& plan,
                            store::Store& store);

}  // namespace mtc::run
