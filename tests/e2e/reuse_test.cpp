// SPDX-License-Identifier: Apache-2.0
//
// What runs again and what does not: nothing without a change, and after one only what depends on it.
#include <unistd.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/store/action_lock.hpp"
#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using Statuses = std::map<std::string, std::string>;

const std::string kPipeline = std::string(kSmallPipeline) + R"([stage.speed]
uses = "bench.latency"
artifact = "build.artifact"
with = { warmup_seconds = 0.0, min_seconds = 0.0, min_runs = 5 }
)";

void append_byte(const std::filesystem::path& file) {
  std::ofstream(file, std::ios::app | std::ios::binary) << '\0';
}

std::size_t workers_in(const std::filesystem::path& events) {
  std::ifstream stream(events);
  std::size_t count = 0;
  for (std::string line; std::getline(stream, line);) {
    if (Json::parse(line).at("type") == "worker.started") ++count;
  }
  return count;
}

std::string key_of(const Json& report, const std::string& stage) {
  return stage_of(report, stage).at("actions").back().at("key");
}

TEST(Reuse, StartsNoWorkerInASecondRun) {
  Sandbox box;
  ASSERT_EQ(box.run(kPipeline, {"--events", "first.jsonl"}).exit_code, 0);
  EXPECT_EQ(workers_in(box / "first.jsonl"), 8U);  // Six stages, a predict and a measure action.
  const auto second = box.run(kPipeline, {"--reuse-records", "--events", "second.jsonl"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(workers_in(box / "second.jsonl"), 0U);
  EXPECT_EQ(statuses_of(second.json()), (Statuses{{"images", "hit"},
                                                  {"init", "hit"},
                                                  {"pruned", "hit"},
                                                  {"build", "hit"},
                                                  {"score", "hit"},
                                                  {"speed", "record"}}));
  EXPECT_TRUE(second.json()["driver_cpu_ms"].is_number());
}

TEST(Reuse, MeasuresAgainUnlessRecordsAreWanted) {
  Sandbox box;
  const auto first = box.run(kPipeline).json();
  const auto second = box.run(kPipeline).json();
  EXPECT_EQ(stage_of(second, "speed")["status"], "ran");
  EXPECT_EQ(key_of(first, "score"), key_of(second, "score"));
}

TEST(Reuse, RunsAfterAChangeOnlyWhatDependsOnIt) {
  Sandbox box;
  ASSERT_EQ(box.run(kPipeline).exit_code, 0);
  const auto changed = box.run(kPipeline, {"--reuse-records", "-D", "stage.pruned.with.sparsity=0.25"});
  ASSERT_EQ(changed.exit_code, 0) << changed.err;
  EXPECT_EQ(statuses_of(changed.json()), (Statuses{{"images", "hit"},
                                                   {"init", "hit"},
                                                   {"pruned", "ran"},
                                                   {"build", "ran"},
                                                   {"score", "ran"},
                                                   {"speed", "ran"}}));
  const auto data = box.run(kPipeline, {"--reuse-records", "-D", "stage.images.with.seed=9"});
  EXPECT_EQ(statuses_of(data.json()), (Statuses{{"images", "ran"},
                                                {"init", "hit"},
                                                {"pruned", "hit"},
                                                {"build", "hit"},
                                                {"score", "ran"},
                                                {"speed", "record"}}));
}

TEST(Reuse, RunsAgainWhatAReplacedPluginDoesAndStopsWhereBytesAgree) {
  Sandbox box;
  const auto plugins = box.copy_plugins();
  const std::vector<std::string> more{"--reuse-records", "--plugin", plugins.string()};
  const auto first = box.run(kPipeline, more);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  append_byte(plugins / "sparsify.so");
  const auto second = box.run(kPipeline, more);
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(statuses_of(second.json()), (Statuses{{"images", "hit"},
                                                  {"init", "hit"},
                                                  {"pruned", "ran"},
                                                  {"build", "hit"},
                                                  {"score", "hit"},
                                                  {"speed", "record"}}));
  EXPECT_NE(key_of(first.json(), "pruned"), key_of(second.json(), "pruned"));
}

TEST(Reuse, DoesNotTieQuantizeToTheBytesOfATarget) {
  if (!has_plugin("quantize.so")) GTEST_SKIP() << "built without libtorch";
  Sandbox box;
  const auto plugins = box.copy_plugins();
  ASSERT_EQ(box.mtc({"train.init", "--width", "2", "-o", "model.onnx"}).exit_code, 0);
  box.write_npy("calib.npy", {4, 3, 32, 32});
  box.write("p.toml", R"(mtc = 1
[model]
path = "model.onnx"
[data.calib]
format = "npy"
inputs = "calib.npy"
preprocess = "unit"
[stage.int8]
uses = "quantize.ptq"
data = "calib"
target = "cpu.portable"
[stage.float_build]
uses = "compile"
target = "cpu.portable"
)");
  const auto keys = [&] {
    std::map<std::string, std::string> result;
    const auto plan = box.mtc({"plan", "p.toml", "--json", "--plugin", plugins.string()}).json();
    for (const auto& stage : plan["stages"]) result[stage["name"]] = stage["key"];
    return result;
  };
  auto before = keys();
  append_byte(plugins / "cpu.so");
  auto after = keys();
  EXPECT_EQ(before["int8"].size(), 64U);
  EXPECT_EQ(before["int8"], after["int8"]);
  EXPECT_NE(before["float_build"], after["float_build"]);
  append_byte(plugins / "quantize.so");
  auto last = keys();
  EXPECT_NE(after["int8"], last["int8"]);
  EXPECT_EQ(after["float_build"], last["float_build"]);
}

TEST(Reuse, PlanTellsWhatARunWouldDo) {
  Sandbox box;
  box.write("p.toml", kPipeline);
  const auto before = box.mtc({"plan", "p.toml", "--json", "--exit-code"});
  EXPECT_EQ(before.exit_code, 10);
  EXPECT_EQ(before.json()["schema"], "mtc.plan/1");
  auto statuses = statuses_of(before.json());
  EXPECT_EQ(statuses["init"], "run");
  EXPECT_EQ(statuses["pruned"], "unknown");
  ASSERT_EQ(box.run(kPipeline).exit_code, 0);
  const auto after = box.mtc({"plan", "p.toml", "--json", "--exit-code"});
  EXPECT_EQ(after.exit_code, 0);
  statuses = statuses_of(after.json());
  EXPECT_EQ(statuses["score"], "hit");
  EXPECT_EQ(statuses["speed"], "measure");
}

TEST(Reuse, SameSeedGivesSameBytesAndAnotherGivesOthers) {
  const auto digest = [](int seed) {
    Sandbox box;  // A store of its own: every call computes.
    const auto report = box.run("mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2, seed = " +
                                std::to_string(seed) + " }\n")
                            .json();
    return stage_of(report, "init")["outputs"]["model"]["digest"].get<std::string>();
  };
  const auto seven = digest(7);
  EXPECT_EQ(seven.size(), 64U);
  EXPECT_EQ(seven, digest(7));
  EXPECT_NE(seven, digest(8));
}

TEST(Reuse, WaitsForAnotherRunOfTheSameActionAndSaysForWhom) {
  Sandbox box;
  const std::string pipeline = "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n";
  const auto key = key_of(box.run(pipeline).json(), "init");
  ASSERT_EQ(box.mtc({"cache", "clear"}).exit_code, 0);
  const auto held = store::ActionLock::try_take(box / "store", key);
  ASSERT_TRUE(held && *held);
  const auto other = box.run(pipeline, {"--lock-timeout", "0.2"});
  EXPECT_EQ(other.exit_code, 9);
  const std::string holder = "process " + std::to_string(::getpid());
  EXPECT_THAT(other.err, testing::HasSubstr("init stage waits for the same work of " + holder));
  EXPECT_THAT(other.err, testing::HasSubstr("--lock-timeout"));
}

}  // namespace
}  // namespace mtc::test
