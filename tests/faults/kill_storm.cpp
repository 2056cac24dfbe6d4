// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/kill_storm.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include <chrono>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/faults/children.hpp"
#include "tests/faults/work.hpp"

namespace mtc::test {
namespace {

namespace fs = std::filesystem;

constexpr int kEndMs = 10'000;
constexpr int kCrashed = 5;
constexpr double kAnywhere = 0.15;  ///< Of the kills.
constexpr double kWorkShare = 0.7;  ///< Of a run's time.

const std::vector<std::string> kRun = {"run", "p.toml", "--json", "-j2", "--out", "out"};

/// Lets time pass: the random instant is what these tests are about.
void wait_ms(double milliseconds) {
  const double seconds = std::floor(milliseconds / 1e3);
  const timespec time{static_cast<time_t>(seconds), static_cast<long>((milliseconds - seconds * 1e3) * 1e6)};
  ::nanosleep(&time, nullptr);
}

/// Stops a child; false when it has ended.
bool stop(pid_t pid) {
  ::kill(pid, SIGSTOP);
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WSTOPPED | WNOWAIT) != 0) return false;
  return info.si_code == CLD_STOPPED;
}

}  // namespace

KillStorm::KillStorm(std::uint64_t seed) : random_(seed) {
  box_.use_conformance_plugins();
  calm_.use_conformance_plugins();
}

void KillStorm::run_calmly(const std::string& pipeline) {
  fs::remove_all(calm_ / "store");
  fs::remove_all(calm_ / "out");
  calm_.write("p.toml", pipeline);
  const auto start = std::chrono::steady_clock::now();
  const auto outcome = calm_.mtc(kRun);
  calm_ms_ = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
}

void KillStorm::kill_driver(Running& running) {
  ++counts_.drivers;
  if (!stop(running.pid())) {
    ++counts_.too_late;
  } else {
    const bool writing = filled_files_below(box_ / "store/tmp") > 0;
    counts_.writing += writing ? 1 : 0;
    counts_.in_flight += writing || !workers_of(running.pid()).empty() ? 1 : 0;
  }
  running.signal(SIGKILL);
  const auto outcome = running.finish(kEndMs);
  EXPECT_TRUE(outcome.exit_code == -1 || outcome.exit_code == 0) << outcome.exit_code << outcome.err;
}

void KillStorm::kill_worker(Running& running) {
  ++counts_.workers;
  auto workers = workers_of(running.pid());
  while (workers.empty() && !running.ended()) {
    wait_ms(0.1);
    workers = workers_of(running.pid());
  }
  bool writing = false;
  if (workers.empty()) {
    ++counts_.too_late;
  } else {
    const auto chosen = static_cast<std::size_t>(below(static_cast<double>(workers.size())));
    ::kill(workers[chosen], SIGKILL);
    writing = filled_files_below(box_ / "store/tmp") > 0;
  }
  const auto outcome = running.finish();
  // A worker that had said that it was done may die as it likes.
  EXPECT_TRUE(outcome.exit_code == kCrashed || outcome.exit_code == 0) << outcome.exit_code << outcome.err;
  if (outcome.exit_code != kCrashed) return;
  ++counts_.in_flight;
  counts_.writing += writing ? 1 : 0;
  EXPECT_NE(outcome.err.find("SIGKILL"), std::string::npos) << outcome.err;
}

void KillStorm::round(const std::string& pipeline) {
  ASSERT_NO_FATAL_FAILURE(run_calmly(pipeline));
  fs::remove_all(box_ / "out");
  box_.write("p.toml", pipeline);
  auto running = box_.launch(kRun);
  // Mostly while actions are worked at, sometimes before or after.
  if (below(1) < kAnywhere) {
    wait_ms(below(calm_ms_));
  } else {
    while (workers_of(running.pid()).empty() && !running.ended()) wait_ms(0.1);
    wait_ms(below(calm_ms_ * kWorkShare));
  }
  below(2) < 1 ? kill_driver(running) : kill_worker(running);
  EXPECT_TRUE(all_children_end(kEndMs)) << "a process outlived the killed run";

  const auto verified = box_.mtc({"cache", "verify", "--json"});
  ASSERT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  EXPECT_EQ(verified.json()["damage"], Json::array());

  const auto next = box_.mtc(kRun);
  ASSERT_EQ(next.exit_code, 0) << next.err;
  EXPECT_EQ(next.err.find("damaged"), std::string::npos) << next.err;
  EXPECT_EQ(digests_below(box_ / "out"), digests_below(calm_ / "out"));
  bool wrote = false;
  for (const auto& [stage, status] : statuses_of(next.json())) wrote = wrote || status == "ran";
  EXPECT_TRUE(!wrote || box_.staging().empty()) << "what the killed run left in tmp/ is still there";
}

void KillStorm::collect(const std::string& max_size) {
  const auto outcome = box_.mtc({"cache", "gc", "--max-size", max_size});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

}  // namespace mtc::test
