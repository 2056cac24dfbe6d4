// SPDX-License-Identifier: Apache-2.0
#include "plugins/evaluate/agreement.hpp"

#include <algorithm>
#include <cmath>

namespace mtc::evaluate {
namespace {

Result<void> check_finite(const Output& output, std::size_t samples, const std::string& side) {
  const auto values = output.values();
  const auto bad =
      std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
  if (bad == values.end()) return {};
  const std::size_t row = values.size() / samples;
  const auto sample = static_cast<std::size_t>(bad - values.begin()) / row;
  return Error{
      Code::failed_precondition,
      "output '" + output.name + "' has a value that is not finite for sample " + std::to_string(sample),
      side, "check the model and `preprocess`"};
}

std::size_t place_of_largest(std::span<const float> row) {
  return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

double decibels(double signal, double noise) {
  if (noise == 0) return kIdenticalDb;
  if (signal == 0) return -kIdenticalDb;
  return std::clamp(10 * std::log10(signal / noise), -kIdenticalDb, kIdenticalDb);
}

double cosine_of(double dot, double mine, double other) {
  if (mine == 0 && other == 0) return 1;
  if (mine == 0 || other == 0) return 0;
  return dot / (std::sqrt(mine) * std::sqrt(other));
}

OutputAgreement compare_output(const Output& output, const Output& baseline, std::size_t samples) {
  const auto mine = output.values();
  const auto other = baseline.values();
  double dot = 0;
  double mine_power = 0;
  double other_power = 0;
  double noise = 0;
  OutputAgreement result;
  result.name = output.name;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const auto a = static_cast<double>(mine[i]);
    const auto b = static_cast<double>(other[i]);
    dot += a * b;
    mine_power += a * a;
    other_power += b * b;
    noise += (a - b) * (a - b);
    result.max_abs_error = std::max(result.max_abs_error, std::abs(a - b));
  }
  const std::size_t row = mine.size() / samples;
  std::size_t same = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    if (place_of_largest(mine.subspan(i * row, row)) == place_of_largest(other.subspan(i * row, row))) ++same;
  }
  result.agreement = static_cast<double>(same) / static_cast<double>(samples);
  result.sqnr_db = decibels(other_power, noise);
  result.cosine = cosine_of(dot, mine_power, other_power);
  return result;
}

}  // namespace

OutputAgreement Agreement::summary() const {
  OutputAgreement worst = outputs.front();
  for (const auto& output : outputs) {
    worst.sqnr_db = std::min(worst.sqnr_db, output.sqnr_db);
    worst.cosine = std::min(worst.cosine, output.cosine);
    worst.max_abs_error = std::max(worst.max_abs_error, output.max_abs_error);
  }
  return worst;
}

Result<Agreement> compare_outputs(const Predictions& predictions, const Predictions& baseline) {
  Agreement result;
  result.samples = predictions.samples;
  for (std::size_t i = 0; i < predictions.outputs.size(); ++i) {
    MTC_TRY(check_finite(predictions.outputs[i], predictions.samples, "predictions"));
    MTC_TRY(check_finite(baseline.outputs[i], predictions.samples, "baseline"));
    result.outputs.push_back(
        compare_output(predictions.outputs[i], baseline.outputs[i], predictions.samples));
  }
  return result;
}

}  // namespace mtc::evaluate
