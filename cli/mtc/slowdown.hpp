// SPDX-License-Identifier: Apache-2.0
//
// Why a quantized artifact is slower than the float one, from what was measured and nothing else.
#pragma once

#include <string>

#include "core/run/report.hpp"

namespace mtc::cli {

/// A sentence for the end of "… is slower than float": both latencies, and where the bench stage `bench`
/// measured what a setting of the target costs, that cost, the CPU flags that it depends on, and how the
/// artifact would compare without the setting. `float_ms` > 0 is the float artifact's latency_p50_ms.
std::string slowdown(const run::StageReport& bench, double float_ms);

}  // namespace mtc::cli
