// SPDX-License-Identifier: Apache-2.0
//
// What is known of one pass over the training samples.
#pragma once

#include <optional>

namespace mtc::train {

struct Epoch {
  double lr = 0.0;    ///< At its end.
  double loss = 0.0;  ///< Mean over its steps.
  double train_top1 = 0.0;
  std::optional<double> top1;  ///< On the validation samples, after it.
};

}  // namespace mtc::train
