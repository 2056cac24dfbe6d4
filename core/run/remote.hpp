// SPDX-License-Identifier: Apache-2.0
//
// What a run tells of its remote cache, and the uploads at its end.
#pragma once

#include "core/remote/cache.hpp"
#include "core/run/events.hpp"
#include "core/run/report.hpp"

namespace mtc::run {

/// Sends the warnings of `cache` since the last call as events; nothing happens without a cache.
void tell_warnings(remote::Cache* cache, Events& events);

/// Waits for the uploads of `cache`, telling how many are left, and notes in `report` what came of it. A
/// failure of a strict cache gives an otherwise good run the exit code 8.
void finish_remote(remote::Cache& cache, Events& events, RunReport& report);

}  // namespace mtc::run
