// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/base/file.hpp"
#include "core/host/actions.hpp"
#include "core/host/artifact_file.hpp"
#include "core/host/batch.hpp"
#include "core/host/counterpart.hpp"
#include "core/host/machine.hpp"
#include "core/host/measure_inputs.hpp"
#include "core/host/session.hpp"
#include "core/host/timed_session.hpp"
#include "mtc/npy.hpp"

namespace mtc::host {
namespace {

/// Blocks in which two sessions take turns: a machine that slows down slows both. A single run in turn would
/// leave each the other's caches.
constexpr std::size_t kRounds = 10;

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

Result<void> write_stamps(const std::string& path, const std::vector<Interval>& intervals) {
  std::vector<std::int64_t> stamps;
  for (const auto& interval : intervals) stamps.insert(stamps.end(), {interval.start_ns, interval.end_ns});
  const std::vector<std::int64_t> shape{static_cast<std::int64_t>(intervals.size()), 2};
  return npy::save(path, mtc_dtype{MTC_KIND_INT, 64, MTC_FORMAT_IEEE}, shape,
                   std::as_bytes(std::span(stamps)));
}

Result<void> write_timings(const std::filesystem::path& folder, const std::string& artifact, Json document,
                           const TimedSession& session, Counterpart* counterpart) {
  MTC_TRY(write_stamps((folder / "timings.npy").string(), session.intervals()));
  MTC_ASSIGN(const std::uint64_t bytes, artifact_bytes(artifact));
  const Machine machine = this_machine();
  document["cpu_model"] = machine.cpu_model;
  document["cpu_flags"] = machine.cpu_flags;
  document["artifact_bytes"] = bytes;
  if (counterpart != nullptr) {
    MTC_TRY(write_stamps((folder / "timings_compare.npy").string(), counterpart->session().intervals()));
    document["compare"] = counterpart->about(machine.cpu_flags);
  }
  return write_file_atomic(folder / "timings.json",
                           document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

/// Both sessions in turn, or the one alone in one go.
Result<void> measure(Host& host, const Schedule& schedule, TimedSession& session, Counterpart* counterpart) {
  const std::size_t rounds = counterpart == nullptr ? 1 : kRounds;
  const double seconds = schedule.min_seconds / static_cast<double>(rounds);
  const std::size_t runs = (static_cast<std::size_t>(schedule.min_runs) + rounds - 1) / rounds;
  const std::size_t least = runs * rounds * (counterpart == nullptr ? 1 : 2);
  std::size_t done = 0;
  const auto ran = [&] {
    ++done;
    host.progress("measure", done, std::max(least, done + 1), "runs");
  };
  for (std::size_t round = 0; round < rounds; ++round) {
    if (counterpart != nullptr) MTC_TRY(session.warm_up(0));
    MTC_TRY(session.measure(seconds, runs, ran));
    if (counterpart == nullptr) continue;
    MTC_TRY(counterpart->session().warm_up(0));
    MTC_TRY(counterpart->session().measure(seconds, runs, ran));
  }
  host.progress("measure", done, done, "runs");
  host.restore_process("run");
  return {};
}

}  // namespace

Result<void> run_measure(Host& host, const LoadedPlugin& plugin) {
  MTC_ASSIGN(const std::string artifact, input_path(host, "artifact"));
  MTC_ASSIGN(const std::string folder, output_path(host, "timings"));
  MTC_ASSIGN(const Schedule schedule, read_schedule(host.spec()));
  MTC_ASSIGN(Session opened, Session::open(host, plugin, artifact));
  MTC_ASSIGN(const std::int64_t batch, choose_batch(opened.inputs(), schedule.batch, 1));
  MTC_ASSIGN(auto sets, measure_inputs(host, opened, batch, schedule.seed));
  std::vector<std::vector<mtc_tensor>> inputs;
  for (auto& set : sets) inputs.push_back(raw_tensors(set));
  MTC_ASSIGN(auto session, TimedSession::make(std::move(opened), inputs));
  MTC_ASSIGN(const auto counterpart, Counterpart::open(host, artifact, inputs));
  MTC_ASSIGN(const std::size_t warmup_runs, session.warm_up(schedule.warmup_seconds));
  if (counterpart != nullptr) MTC_TRY(counterpart->session().warm_up(schedule.warmup_seconds));
  MTC_TRY(measure(host, schedule, session, counterpart.get()));
  return write_timings(folder, artifact,
                       {{"batch", batch}, {"threads", schedule.threads}, {"warmup_runs", warmup_runs}},
                       session, counterpart.get());
}

}  // namespace mtc::host
