// SPDX-License-Identifier: Apache-2.0
//
// Gates: conditions on metrics, checked by the driver after a stage ran or hit. They are not part of any key.
//
//   top1 >= 0.915
//   top1 >= float_score.top1 - 0.003
#pragma once

#include <string>
#include <string_view>

#include "mtc/result.hpp"

namespace mtc::pipeline {

struct Gate {
  std::string text;  ///< As written.
  std::string metric;
  std::string op;     ///< >= <= > < ==
  std::string stage;  ///< Not empty: the limit is STAGE.METRIC + offset.
  std::string stage_metric;
  double offset = 0;  ///< The limit itself where `stage` is empty.

  /// Whether `value` passes against `limit`.
  [[nodiscard]] bool holds(double value, double limit) const;
};

/// NUMBER is finite. Errors: invalid_argument; `where` is left to the caller.
Result<Gate> parse_gate(std::string_view text);

}  // namespace mtc::pipeline
