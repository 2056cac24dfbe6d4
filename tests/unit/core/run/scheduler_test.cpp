// SPDX-License-Identifier: Apache-2.0
#include "core/run/scheduler.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mtc::run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SchedulerTest : public testing::Test {
 protected:
  SchedulerTest() {
    tasks_.left_out = [this](std::size_t index) { left_out_.push_back(index); };
    tasks_.run = [this](std::size_t index) { return record(index, Ended::well); };
  }
  void run(int jobs, std::uint64_t memory_bytes = 0) {
    auto jobserver = Jobserver::make(jobs);
    ASSERT_TRUE(jobserver);
    run_tasks(tasks_, {jobs, memory_bytes}, *jobserver);
    EXPECT_TRUE(jobserver->try_take(jobs)) << "a slot was not given back";
    EXPECT_FALSE(jobserver->try_take(1)) << "there are more slots than jobs";
  }
  Ended record(std::size_t index, Ended ended) {
    const std::lock_guard guard(mutex_);
    ran_.push_back(index);
    return ended;
  }
  /// How many tasks were in `body` at once, at most.
  void count_together(
      std::size_t index, const std::function<void()>& body = [] {}) {
    const int now = ++together_;
    most_ = std::max(most_.load(), now);
    body();
    --together_;
    record(index, Ended::well);
  }
  Tasks tasks_;
  std::mutex mutex_;
  std::vector<std::size_t> ran_;
  std::vector<std::size_t> left_out_;
  std::atomic<int> together_{0};
  std::atomic<int> most_{0};
};

TEST_F(SchedulerTest, OneJobRunsInOrderOfTheList) {
  tasks_.tasks = {{}, {{0}, {}}, {}, {{1, 2}, {}}};
  run(1);
  EXPECT_THAT(ran_, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(left_out_, IsEmpty());
}

TEST_F(SchedulerTest, NothingStartsBeforeWhatItNeeds) {
  // A chain through a wide middle: 0 -> 1..20 -> 21.
  tasks_.tasks.resize(22);
  for (std::size_t i = 1; i <= 20; ++i) {
    tasks_.tasks[i].needs = {0};
    tasks_.tasks[21].needs.insert(i);
  }
  run(4);
  ASSERT_EQ(ran_.size(), 22U);
  EXPECT_EQ(ran_.front(), 0U);
  EXPECT_EQ(ran_.back(), 21U);
}

TEST_F(SchedulerTest, IndependentTasksRunTogether) {
  tasks_.tasks.resize(2);
  std::barrier both(2);  // Hangs (and times out) unless both run at once.
  tasks_.run = [&](std::size_t index) {
    both.arrive_and_wait();
    return record(index, Ended::well);
  };
  run(2);
  EXPECT_EQ(ran_.size(), 2U);
}

TEST_F(SchedulerTest, AnExclusiveTaskRunsAlone) {
  tasks_.tasks.resize(12);
  for (std::size_t i = 0; i < 12; i += 3) tasks_.tasks[i].demand.exclusive = true;
  std::atomic<bool> alone{true};
  tasks_.run = [&](std::size_t index) {
    count_together(index, [&] {
      if (tasks_.tasks[index].demand.exclusive && together_ != 1) alone = false;
    });
    return Ended::well;
  };
  run(4);
  EXPECT_TRUE(alone);
  EXPECT_EQ(ran_.size(), 12U);
}

TEST_F(SchedulerTest, TasksOfOneDeviceTakeTurns) {
  tasks_.tasks.resize(8);
  for (auto& task : tasks_.tasks) task.demand.devices = {"board"};
  tasks_.run = [&](std::size_t index) {
    count_together(index);
    return Ended::well;
  };
  run(4);
  EXPECT_EQ(most_, 1);
}

TEST_F(SchedulerTest, MemoryAndCpusAreSharedOut) {
  tasks_.tasks.resize(8);
  for (auto& task : tasks_.tasks) task.demand.memory_bytes = 60;
  tasks_.run = [&](std::size_t index) {
    count_together(index);
    return Ended::well;
  };
  run(4, 100);
  EXPECT_EQ(most_, 1);
  for (auto& task : tasks_.tasks)
    task.demand = {.cpu = 3, .memory_bytes = 0, .devices = {}, .exclusive = false};
  run(4);
  EXPECT_EQ(most_, 1);
}

TEST_F(SchedulerTest, ADemandBeyondTheMachineRunsAlone) {
  tasks_.tasks.resize(2);
  tasks_.tasks[0].demand = {.cpu = 64, .memory_bytes = 1000, .devices = {}, .exclusive = false};
  run(2, 100);
  EXPECT_EQ(ran_.size(), 2U);
}

TEST_F(SchedulerTest, WhatNeedsABadTaskIsLeftOutAndTheRestGoesOn) {
  tasks_.tasks = {{}, {{0}, {}}, {{1}, {}}, {}};
  tasks_.run = [&](std::size_t index) { return record(index, index == 0 ? Ended::badly : Ended::well); };
  run(1);
  EXPECT_THAT(ran_, ElementsAre(0, 3));
  EXPECT_THAT(left_out_, ElementsAre(1, 2));
}

TEST_F(SchedulerTest, AStopStartsNothingMore) {
  tasks_.tasks.resize(3);
  tasks_.run = [&](std::size_t index) { return record(index, Ended::stop); };
  run(1);
  EXPECT_THAT(ran_, ElementsAre(0));
  EXPECT_THAT(left_out_, ElementsAre(1, 2));
}

TEST_F(SchedulerTest, SlotsThatDiedWithACompilerComeBack) {
  auto jobserver = Jobserver::make(2);
  ASSERT_TRUE(jobserver);
  tasks_.tasks.resize(2);
  tasks_.tasks[1].needs = {0};
  tasks_.tasks[1].demand.cpu = 2;
  tasks_.run = [&](std::size_t index) {
    // A compiler below task 0 takes the other slot and is killed with it.
    EXPECT_TRUE(index == 1 || jobserver->try_take(1));
    return record(index, Ended::well);
  };
  run_tasks(tasks_, {2, 0}, *jobserver);
  EXPECT_THAT(ran_, ElementsAre(0, 1));
}

TEST_F(SchedulerTest, WaitsForASlotThatACompilerHas) {
  auto jobserver = Jobserver::make(2);
  ASSERT_TRUE(jobserver);
  tasks_.tasks.resize(2);
  tasks_.run = [&](std::size_t index) {
    if (index == 0) {
      EXPECT_TRUE(jobserver->try_take(1));   // A compiler below task 0 borrows the other slot,
      EXPECT_FALSE(jobserver->try_take(1));  // so that task 1 cannot have started.
      jobserver->give_back(1);
    }
    return record(index, Ended::well);
  };
  tasks_.tasks[1].needs = {};
  tasks_.tasks[0].demand.cpu = 1;
  tasks_.tasks[1].demand.devices = tasks_.tasks[0].demand.devices = {"turns"};
  run_tasks(tasks_, {2, 0}, *jobserver);
  EXPECT_THAT(ran_, ElementsAre(0, 1));
}

}  // namespace
}  // namespace mtc::run
