// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/errors.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace mtc::quantize {
namespace {

constexpr double kHighestSqnrDb = 200.0;
/// All compared activations of a batch are held at once, so the batch is small.
constexpr std::size_t kBatch = 4;

std::vector<std::string> names_of(const std::vector<Compared>& tensors, std::string Compared::*member) {
  std::vector<std::string> names;
  for (const auto& tensor : tensors) {
    if (std::ranges::find(names, tensor.*member) == names.end()) names.push_back(tensor.*member);
  }
  return names;
}

/// One batch through both models.
Result<void> compare_batch(autograd::Executor& reference, autograd::Executor& quantized,
                           const autograd::HostTensor& batch, const std::vector<Compared>& tensors,
                           std::vector<Deviation>& deviations) {
  std::map<std::string, std::vector<float>> kept;
  MTC_TRY(reference.run(
      std::span(&batch, 1),
      [&](const std::string& name, std::span<const std::int64_t> /*shape*/, std::span<const float> values) {
        kept[name].assign(values.begin(), values.end());
      },
      names_of(tensors, &Compared::reference)));
  std::string differing;
  MTC_TRY(quantized.run(
      std::span(&batch, 1),
      [&](const std::string& name, std::span<const std::int64_t> /*shape*/, std::span<const float> values) {
        for (std::size_t i = 0; i < tensors.size(); ++i) {
          if (tensors[i].quantized != name) continue;
          const auto& expected = kept[tensors[i].reference];
          if (expected.size() == values.size()) {
            deviations[i].add(expected, values);
          } else {
            differing = name;
          }
        }
      },
      names_of(tensors, &Compared::quantized)));
  if (differing.empty()) return {};
  return Error{Code::internal,
               "tensor '" + differing + "' has another shape than in the float model",
               "tensor " + differing,
               "report this as a bug",
               false,
               true};
}

/// `limit` of `count` samples; with whole batches so many that the last one is full, and at least one batch.
std::size_t samples_to_run(std::size_t limit, std::size_t count, const Streaming& streaming) {
  if (!streaming.whole) return std::min(limit, count);
  const std::size_t wanted =
      std::max<std::size_t>(1, limit / streaming.batch + (limit % streaming.batch != 0 ? 1 : 0));
  return std::min(wanted, count / streaming.batch) * streaming.batch;
}

Error never_seen(const std::string& tensor) {
  return Error{Code::internal,
               "tensor '" + tensor + "' was never compared with the float model's",
               "tensor " + tensor,
               "report this as a bug; report_samples = 0 leaves the comparison out",
               false,
               true};
}

}  // namespace

void Deviation::add(std::span<const float> reference, std::span<const float> other) {
  empty_ = false;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const auto x = static_cast<double>(reference[i]);
    const auto y = static_cast<double>(other[i]);
    reference_ += x * x;
    other_ += y * y;
    product_ += x * y;
    noise_ += (x - y) * (x - y);
  }
}

double Deviation::sqnr_db() const {
  if (noise_ <= 0.0) return kHighestSqnrDb;
  if (reference_ <= 0.0) return -kHighestSqnrDb;
  return std::clamp(10.0 * std::log10(reference_ / noise_), -kHighestSqnrDb, kHighestSqnrDb);
}

double Deviation::cosine() const {
  if (reference_ <= 0.0 && other_ <= 0.0) return 1.0;
  if (reference_ <= 0.0 || other_ <= 0.0) return 0.0;
  return product_ / std::sqrt(reference_ * other_);
}

Result<Measured> measure_deviations(autograd::Executor& reference, autograd::Executor& quantized,
                                    const Samples& samples, std::size_t limit,
                                    const std::vector<Compared>& tensors, const Streaming& streaming,
                                    const Monitor& monitor) {
  Measured measured;
  measured.deviations.resize(tensors.size());
  const std::size_t batch = streaming.whole ? streaming.batch : std::min(streaming.batch, kBatch);
  const std::size_t total = samples_to_run(limit, samples.count, streaming);
  const auto visit = [&](const autograd::HostTensor& input, std::size_t done) -> Result<void> {
    MTC_TRY(compare_batch(reference, quantized, input, tensors, measured.deviations));
    measured.samples = done;
    return monitor("errors", done, total, "samples");
  };
  MTC_TRY(for_each_batch(samples, total, batch, streaming.whole, visit));
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (measured.deviations[i].empty()) return never_seen(tensors[i].quantized);
  }
  return measured;
}

}  // namespace mtc::quantize
