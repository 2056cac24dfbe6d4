// SPDX-License-Identifier: Apache-2.0
#include "core/run/worker.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>

#include <fmt/format.h>

#include "core/base/clock.hpp"
#include "core/base/error_json.hpp"
#include "core/base/fd.hpp"
#include "core/base/file.hpp"
#include "core/base/frame.hpp"
#include "core/base/process.hpp"
#include "core/base/text.hpp"
#include "core/run/crash_excerpt.hpp"

namespace mtc::run {
namespace {

constexpr std::int64_t kGraceMs = 1000;
constexpr double kMemoryPollS = 0.1;

double now_s() { return static_cast<double>(Clock::real().monotonic_ns()) * 1e-9; }

/// What the log says of a crash, indented below the message; empty where the log cannot be read.
std::string quoted(const std::filesystem::path& log) {
  const auto text = read_file(log);
  const std::string excerpt = text ? crash_excerpt(*text) : "";
  return excerpt.empty() ? "" : "\n    " + join(split(excerpt, '\n'), "\n    ");
}

std::string text_of(const Json& frame, const char* key) {
  const auto found = frame.find(key);
  return found != frame.end() && found->is_string() ? found->get<std::string>() : std::string();
}

class Attempt {
 public:
  Attempt(const WorkerOptions& options, Child child, Fd socket)
      : options_(options),
        child_(std::move(child)),
        socket_(std::move(socket)),
        log_(options.log, std::ios::app) {}

  Result<WorkerOutcome> run(const std::string& spec) {
    const double start = now_s();
    last_frame_s_ = start;
    if (auto sent = write_frame(socket_.get(), spec); !sent)
      stream_ended_ = true;  // It died at once: see below.
    while (!stream_ended_ && !outcome_.has_value()) MTC_TRY(turn(start));
    if (outcome_ && outcome_->end != WorkerOutcome::End::done && outcome_->end != WorkerOutcome::End::error) {
      MTC_TRY(child_.kill_group(outcome_->end == WorkerOutcome::End::stopped ? kGraceMs / 2 : 0));
    } else {
      MTC_TRY(finish());
    }
    kill_orphans();
    outcome_->metrics = metrics_;
    outcome_->seconds = now_s() - start;
    return *outcome_;
  }

 private:
  /// Waits for a frame, a wish to stop or a time limit, and deals with it.
  Result<void> turn(double start) {
    std::array<pollfd, 2> watched{{{socket_.get(), POLLIN, 0}, {options_.stop.descriptor, POLLIN, 0}}};
    const nfds_t count = options_.stop.descriptor >= 0 && !stopping_ ? 2 : 1;
    if (poll(watched.data(), count, 200) > 0) {
      if (watched[0].revents != 0) MTC_TRY(read());
      if (count == 2 && watched[1].revents != 0) begin_stop();
    }
    if (outcome_) return {};
    const double now = now_s();
    if (stopping_ && now - stop_s_ > static_cast<double>(kGraceMs) * 1e-3) {
      set_outcome(WorkerOutcome::End::stopped, interrupted());
    } else if (options_.timeout_s > 0 && now - start > options_.timeout_s) {
      set_outcome(WorkerOutcome::End::timeout,
                  {Code::deadline_exceeded,
                   fmt::format("still running after {}", human_duration(options_.timeout_s)),
                   {},
                   "raise --timeout"});
    } else if (options_.stall_timeout_s > 0 && now - last_frame_s_ > options_.stall_timeout_s) {
      set_outcome(WorkerOutcome::End::timeout,
                  {Code::deadline_exceeded,
                   fmt::format("no sign of life for {}", human_duration(options_.stall_timeout_s)),
                   {},
                   "raise --stall-timeout, or report it to the plugin's author"});
    } else if (options_.memory_bytes > 0) {
      check_memory(now);
    }
    return {};
  }

  /// Looks now and then: reading /proc for each frame would cost more than it tells.
  void check_memory(double now) {
    if (now - memory_looked_s_ < kMemoryPollS) return;
    memory_looked_s_ = now;
    const auto used = resident_bytes(child_.pid());
    if (used <= options_.memory_bytes) return;
    set_outcome(
        WorkerOutcome::End::over_memory,
        {Code::resource_exhausted,
         fmt::format("uses {} of memory, its limit is {}", human_bytes(used),
                     human_bytes(options_.memory_bytes)),
         {},
         "raise resources.memory of the stage or --memory-limit, or give the stage less to do at once"});
  }

  Result<void> read() {
    MTC_ASSIGN(const auto state, reader_.fill(socket_.get()));
    while (!outcome_) {
      MTC_ASSIGN(const auto text, reader_.next());
      if (!text) break;
      last_frame_s_ = now_s();
      take(Json::parse(*text, nullptr, false));
    }
    if (state == FrameReader::Fill::end) stream_ended_ = true;
    return {};
  }

  /// Frames of another form are skipped: a plugin that writes into the socket must not end the driver.
  void take(const Json& frame) {
    if (!frame.is_object()) return;
    const std::string type = text_of(frame, "type");
    if (type == "metric") {
      const auto value = frame.find("value");
      if (value != frame.end() && value->is_number()) metrics_[text_of(frame, "name")] = value->get<double>();
    } else if (type == "error") {
      const bool stopped = stopping_ || text_of(frame, "code") == "cancelled";
      set_outcome(stopped ? WorkerOutcome::End::stopped : WorkerOutcome::End::error, error_from_json(frame));
    } else if (type == "done") {
      set_outcome(WorkerOutcome::End::done, {});
    } else if (type == "log" || type == "progress" || type == "checkpoint") {
      if (type == "log") log_ << text_of(frame, "level") << ": " << text_of(frame, "text") << std::endl;
      if (options_.on_frame) options_.on_frame(frame);
    }
  }

  void begin_stop() {
    stopping_ = true;
    stop_s_ = now_s();
    if (!write_frame(socket_.get(), R"({"type":"cancel"})")) stream_ended_ = true;  // It has ended by itself.
  }

  /// The worker said how it ended, or went silent: its exit status must agree.
  Result<void> finish() {
    MTC_ASSIGN(auto status, child_.wait_for(kGraceMs));
    if (!status) {
      MTC_ASSIGN(status, child_.kill_group(0));
      if (outcome_) return {};  // It had said all there is to say and only did not end.
    }
    if (outcome_ && status->signal == 0) return {};
    if (stopping_) {
      outcome_.reset();
      set_outcome(WorkerOutcome::End::stopped, interrupted());
      return {};
    }
    const std::string how = status->signal != 0
                                ? status->describe()
                                : fmt::format("ended with {} before the action was done", status->describe());
    outcome_.reset();
    set_outcome(WorkerOutcome::End::crash,
                {Code::internal,
                 "the plugin crashed: " + how + quoted(options_.log),
                 {},
                 fmt::format("see {}; report it to the plugin's author", options_.log.string()),
                 false,
                 true});
    return {};
  }

  void set_outcome(WorkerOutcome::End end, Error error) {
    WorkerOutcome outcome;
    outcome.end = end;
    outcome.error = std::move(error);
    outcome_ = std::move(outcome);
  }

  const WorkerOptions& options_;
  Child child_;
  Fd socket_;
  std::ofstream log_;
  FrameReader reader_;
  std::map<std::string, double> metrics_;
  std::optional<WorkerOutcome> outcome_;
  bool stream_ended_ = false;
  bool stopping_ = false;
  double stop_s_ = 0;
  double last_frame_s_ = 0;
  double memory_looked_s_ = 0;
};

}  // namespace

Error interrupted() {
  return {Code::cancelled, "interrupted", {}, "run it again: finished stages are in the store"};
}

bool StopSignal::uttered() const {
  pollfd watched{descriptor, POLLIN, 0};
  return descriptor >= 0 && poll(&watched, 1, 0) > 0;
}

Result<WorkerOutcome> run_worker(const Json& spec, const WorkerOptions& options) {
  Fd log(open(options.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!log) {
    return Error{Code::permission_denied, "cannot write the action's log", options.log.string(),
                 "check the store's folder"};
  }
  MTC_ASSIGN(auto pair, socket_pair());
  Command command;
  command.argv = {options.program.string()};
  command.descriptors = options.descriptors;
  command.descriptors.emplace_back(pair.second.get(), 3);
  command.environment = options.environment;
  command.output = log.get();
  MTC_ASSIGN(auto child, start(command));
  pair.second.reset();
  if (options.on_start) options.on_start(child.pid());
  return Attempt(options, std::move(child), std::move(pair.first)).run(spec.dump());
}

}  // namespace mtc::run
