// SPDX-License-Identifier: Apache-2.0
//
// Statistics of activations while calibration data streams through the float model. What is kept does not
// grow with the number of samples.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "mtc/result.hpp"
#include "plugins/quantize/histogram.hpp"
#include "plugins/quantize/placement.hpp"
#include "plugins/quantize/samples.hpp"

namespace mtc::quantize {

struct Streaming {
  std::size_t batch = 32;
  bool whole = false;       ///< The model fixes the batch size.
  std::size_t bins = 2048;  ///< Of the histograms.
};

/// Runs the first batch and returns the names of all tensors of floating type.
Result<std::set<std::string>> float_tensors(autograd::Executor& executor, const Samples& samples,
                                            const Streaming& streaming);

/// First pass: smallest and largest value of each group's roots over all samples; same order as `groups`.
/// Errors: invalid_argument naming a tensor that holds NaN or infinity; what the executor, `samples` and
/// `monitor` say.
Result<std::vector<Range>> observe_ranges(autograd::Executor& executor, const Samples& samples,
                                          const std::vector<Group>& groups, const Streaming& streaming,
                                          const Monitor& monitor);

/// Second pass: a histogram of each group over its range.
Result<std::vector<Histogram>> observe_histograms(autograd::Executor& executor, const Samples& samples,
                                                  const std::vector<Group>& groups,
                                                  const std::vector<Range>& ranges,
                                                  const Streaming& streaming, const Monitor& monitor);

}  // namespace mtc::quantize
