// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/base/clock.hpp"
#include "core/base/file.hpp"
#include "core/data/array_file.hpp"
#include "core/data/permutation.hpp"
#include "core/host/actions.hpp"
#include "core/host/artifact_file.hpp"
#include "core/host/batch.hpp"
#include "core/host/convert.hpp"
#include "core/host/machine.hpp"
#include "core/host/session.hpp"
#include "mtc/npy.hpp"

namespace mtc::host {
namespace {

constexpr std::size_t kMaxInputSets = 8;  // batches of the dataset that runs take in turn

struct Schedule {
  double warmup_seconds = 0;
  double min_seconds = 0;
  std::int64_t min_runs = 0;
  std::int64_t batch = 0;
  std::int64_t seed = 0;
  std::int64_t threads = 0;
};

Result<Schedule> read_schedule(const ActionSpec& spec) {
  Schedule schedule;
  MTC_ASSIGN(schedule.warmup_seconds, spec.number("warmup_seconds"));
  MTC_ASSIGN(schedule.min_seconds, spec.number("min_seconds"));
  MTC_ASSIGN(schedule.min_runs, spec.integer("min_runs"));
  MTC_ASSIGN(schedule.batch, spec.integer("batch"));
  MTC_ASSIGN(schedule.seed, spec.integer("seed"));
  MTC_ASSIGN(schedule.threads, spec.integer("threads"));
  if (schedule.min_runs < 1) {
    return Error{Code::invalid_argument, "min_runs is " + std::to_string(schedule.min_runs), spec.name,
                 "use 1 or more"};
  }
  return schedule;
}

/// Fills `tensor` with seeded values: uniform in [0, 1) for floats (quantized where the input is), 0 or 1 for
/// integers.
Result<void> fill_random(const Io& io, data::SplitMix64& random, Tensor& tensor) {
  const bool integers = io.dtype.kind != MTC_KIND_FLOAT && io.scale == 0.0 && io.dtype.bits % 8 == 0;
  if (integers) {
    const std::size_t width = io.dtype.bits / 8U;
    std::fill(tensor.bytes().begin(), tensor.bytes().end(), std::byte{0});
    // Little endian: the first byte of an element is its lowest.
    for (std::size_t at = 0; at < tensor.bytes().size(); at += width) {
      tensor.bytes()[at] = static_cast<std::byte>(random.below(2));
    }
    return {};
  }
  std::vector<float> values(element_count(tensor.shape()));
  for (auto& value : values) value = random.unit();
  return from_float(io, values, tensor.bytes());
}

Result<std::vector<Tensor>> random_inputs(const std::vector<Io>& inputs, std::int64_t batch,
                                          std::int64_t seed) {
  data::SplitMix64 random(static_cast<std::uint64_t>(seed));
  std::vector<Tensor> tensors;
  for (const auto& io : inputs) {
    std::vector<std::int64_t> shape = io.shape;
    if (!shape.empty() && shape.front() < 0) shape.front() = batch;
    if (std::any_of(shape.begin(), shape.end(), [](auto extent) { return extent < 0; })) {
      return Error{Code::invalid_argument,
                   "the model's input " + io.name + " is " + data::describe(io.shape) +
                       ": extents other than the batch are open",
                   io.name, "give data to measure with"};
    }
    MTC_ASSIGN(auto tensor, Tensor::make(io.dtype, std::move(shape), "input " + io.name));
    MTC_TRY(fill_random(io, random, tensor));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

/// The inputs that runs take in turn.
Result<std::vector<std::vector<Tensor>>> make_inputs(Host& host, const Session& session, std::int64_t batch,
                                                     std::int64_t seed) {
  std::vector<std::vector<Tensor>> sets;
  if (host.spec().input("data") == nullptr) {
    MTC_ASSIGN(auto inputs, random_inputs(session.inputs(), batch, seed));
    sets.push_back(std::move(inputs));
    return sets;
  }
  MTC_ASSIGN(const data::Dataset* dataset, host.dataset("data"));
  MTC_ASSIGN(const Io* io, match_dataset(session.inputs(), *dataset));
  const auto rows = static_cast<std::size_t>(batch);
  for (std::size_t first = 0; first < dataset->samples() && sets.size() < kMaxInputSets; first += rows) {
    std::vector<std::int64_t> shape{batch};
    shape.insert(shape.end(), dataset->shape().begin(), dataset->shape().end());
    MTC_ASSIGN(auto tensor, Tensor::make(io->dtype, std::move(shape), "input " + io->name));
    MTC_TRY(load_batch(*dataset, first, rows, *io, tensor));
    sets.emplace_back().push_back(std::move(tensor));
  }
  return sets;
}

/// Runs the session in a loop until `done(seconds so far, runs so far)`.
template <class Done>
Result<std::vector<Interval>> run_until(Session& session, const std::vector<std::vector<mtc_tensor>>& inputs,
                                        std::vector<mtc_tensor>& outputs, Done&& done) {
  std::vector<Interval> intervals;
  const std::int64_t start = Clock::real().monotonic_ns();
  do {
    Interval interval;
    MTC_TRY(session.run(inputs[intervals.size() % inputs.size()], outputs, &interval));
    intervals.push_back(interval);
  } while (!done(static_cast<double>(Clock::real().monotonic_ns() - start) * 1e-9, intervals.size()));
  return intervals;
}

Result<void> write_timings(Host& host, const std::string& folder, const std::string& artifact,
                           const std::vector<Interval>& intervals, const Json& about) {
  std::vector<std::int64_t> stamps;
  for (const auto& interval : intervals) stamps.insert(stamps.end(), {interval.start_ns, interval.end_ns});
  const std::vector<std::int64_t> shape{static_cast<std::int64_t>(intervals.size()), 2};
  MTC_TRY(npy::save((std::filesystem::path(folder) / "timings.npy").string(),
                    mtc_dtype{MTC_KIND_INT, 64, MTC_FORMAT_IEEE}, shape, std::as_bytes(std::span(stamps))));
  MTC_ASSIGN(const std::uint64_t bytes, artifact_bytes(artifact));
  const Machine machine = this_machine();
  Json document = about;
  document["cpu_model"] = machine.cpu_model;
  document["cpu_flags"] = machine.cpu_flags;
  document["artifact_bytes"] = bytes;
  host.restore_process("run");
  return write_file_atomic(std::filesystem::path(folder) / "timings.json",
                           document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace

Result<void> run_measure(Host& host, const LoadedPlugin& plugin) {
  MTC_ASSIGN(const std::string artifact, input_path(host, "artifact"));
  MTC_ASSIGN(const std::string folder, output_path(host, "timings"));
  MTC_ASSIGN(const Schedule schedule, read_schedule(host.spec()));
  MTC_ASSIGN(Session session, Session::open(host, plugin, artifact));
  MTC_ASSIGN(const std::int64_t batch, choose_batch(session.inputs(), schedule.batch, 1));
  MTC_ASSIGN(auto sets, make_inputs(host, session, batch, schedule.seed));
  std::vector<std::vector<mtc_tensor>> inputs;
  for (auto& set : sets) inputs.push_back(raw_tensors(set));
  MTC_ASSIGN(auto outputs, session.make_outputs(inputs.front()));
  auto raw_outputs = raw_tensors(outputs);

  const auto warm = [&](double seconds, std::size_t) { return seconds >= schedule.warmup_seconds; };
  MTC_ASSIGN(const auto warmup, run_until(session, inputs, raw_outputs, warm));
  const auto min_runs = static_cast<std::size_t>(schedule.min_runs);
  const auto enough = [&](double seconds, std::size_t runs) {
    const bool done = seconds >= schedule.min_seconds && runs >= min_runs;
    host.progress("measure", runs, done ? runs : std::max(min_runs, runs + 1), "runs");
    return done;
  };
  MTC_ASSIGN(const auto intervals, run_until(session, inputs, raw_outputs, enough));
  return write_timings(host, folder, artifact, intervals,
                       {{"batch", batch}, {"threads", schedule.threads}, {"warmup_runs", warmup.size()}});
}

}  // namespace mtc::host
