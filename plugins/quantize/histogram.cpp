// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace mtc::quantize {

bool Extent::add(std::span<const float> values) {
  float low = low_;
  float high = high_;
  float poison = 0.0F;  // 0 · x is NaN when x is NaN or infinite: one cheap test for all of them
  for (const float value : values) {
    low = value < low ? value : low;
    high = value > high ? value : high;
    poison += value * 0.0F;
  }
  if (!(poison == 0.0F)) return false;
  low_ = low;
  high_ = high;
  return true;
}

Histogram::Histogram(Range range, std::size_t bins)
    : range_(range), width_((range.high - range.low) / static_cast<double>(bins)), counts_(bins, 0) {}

void Histogram::add(std::span<const float> values) {
  total_ += values.size();
  if (width_ <= 0.0) {
    counts_.front() += values.size();
    return;
  }
  const double inverse = 1.0 / width_;
  const double last = static_cast<double>(counts_.size() - 1);
  for (const float value : values) {
    const double position = (static_cast<double>(value) - range_.low) * inverse;
    counts_[static_cast<std::size_t>(std::clamp(position, 0.0, last))] += 1;
  }
}

double Histogram::quantile(double fraction) const {
  const double wanted = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(total_);
  double below = 0.0;
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    const auto count = static_cast<double>(counts_[bin]);
    if (count > 0.0 && below + count >= wanted) {
      return range_.low + (static_cast<double>(bin) + (wanted - below) / count) * width_;
    }
    below += count;
  }
  return range_.high;
}

}  // namespace mtc::quantize
