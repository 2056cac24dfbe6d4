// SPDX-License-Identifier: Apache-2.0
//
// The function tables of the host services, one file each.
#pragma once

#include <algorithm>
#include <cstring>

#include "mtc/plugin.h"

namespace mtc::host {

extern const mtc_log_v1 kLogService;
extern const mtc_progress_v1 kProgressService;
extern const mtc_cancel_v1 kCancelService;
extern const mtc_metric_v1 kMetricService;
extern const mtc_config_v1 kConfigService;
extern const mtc_artifact_v1 kArtifactService;
extern const mtc_scratch_v1 kScratchService;
extern const mtc_checkpoint_v1 kCheckpointService;
extern const mtc_dependency_v1 kDependencyService;
extern const mtc_dataset_v1 kDatasetService;
extern const mtc_exec_v1 kExecService;

/// Copies the fields of `from` that lie within the structure `to`, whose owner set its struct_size.
template <class Struct>
void fill(Struct& to, Struct from) {
  const std::uint32_t size = to.struct_size;
  from.struct_size = size;
  std::memcpy(&to, &from, std::min<std::size_t>(size, sizeof from));
}

}  // namespace mtc::host
