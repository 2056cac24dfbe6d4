// SPDX-License-Identifier: Apache-2.0
//
// The JSON reports of the evaluate stages.
#pragma once

#include <map>
#include <string>

#include "mtc/result.hpp"
#include "plugins/evaluate/agreement.hpp"
#include "plugins/evaluate/classification.hpp"

namespace mtc::evaluate {

/// Metric name → value; fractions are 0..1.
using Metrics = std::map<std::string, double>;

/// The metrics of evaluate.classification; those of a comparison only where there is one, top5 above five
/// classes.
Metrics metrics_of(const Classification& result);
Metrics metrics_of(const Agreement& result);

/// "mtc.evaluate.classification/1": metrics, counts, per-class recall (null for a class without samples), the
/// most frequent confusions.
std::string report_text(const Classification& result, double confidence);

/// "mtc.evaluate.agreement/1": metrics, and the numbers of every output.
std::string report_text(const Agreement& result);

/// Writes `text` to `path`. Errors: resource_exhausted.
Result<void> write_report(const std::string& path, const std::string& text);

}  // namespace mtc::evaluate
