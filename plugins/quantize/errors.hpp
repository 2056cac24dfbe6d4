// SPDX-License-Identifier: Apache-2.0
//
// How far the quantized model's tensors are from the float model's.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "mtc/result.hpp"
#include "plugins/quantize/observe.hpp"
#include "plugins/quantize/samples.hpp"

namespace mtc::quantize {

/// Sums from which SQNR and cosine follow; in double, over any number of calls.
class Deviation {
 public:
  /// Equally many values of the float and of the quantized tensor.
  void add(std::span<const float> reference, std::span<const float> other);
  /// 10·log10(Σx² / Σ(x − y)²) in dB; at most 200, which also stands for equal tensors.
  [[nodiscard]] double sqnr_db() const;
  /// Σxy / √(Σx²·Σy²); 1 when both are 0 everywhere, 0 when one is.
  [[nodiscard]] double cosine() const;
  /// True when nothing was added: the numbers say nothing.
  [[nodiscard]] bool empty() const { return empty_; }

 private:
  bool empty_ = true;
  double reference_ = 0.0;
  double other_ = 0.0;
  double product_ = 0.0;
  double noise_ = 0.0;
};

/// Two tensors to compare: of the float model, and of the quantized one.
struct Compared {
  std::string reference;
  std::string quantized;
};

/// What was measured, and on how many samples.
struct Measured {
  std::vector<Deviation> deviations;  ///< In the order of the tensors.
  std::size_t samples = 0;
};

/// Runs both models on the first `limit` samples: on all batches that hold one of them where the model fixes
/// the batch, as far as `samples` fill them. Errors: internal when a shape differs or a tensor was never
/// seen; what executors, `samples` and `monitor` say.
Result<Measured> measure_deviations(autograd::Executor& reference, autograd::Executor& quantized,
                                    const Samples& samples, std::size_t limit,
                                    const std::vector<Compared>& tensors, const Streaming& streaming,
                                    const Monitor& monitor);

}  // namespace mtc::quantize
