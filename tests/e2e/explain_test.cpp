// SPDX-License-Identifier: Apache-2.0
//
// mtc explain, mtc run -d explain and mtc plan: why stages ran and would run, through the real binary.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"
#include "tests/support/cache_server.hpp"

namespace mtc::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kPipeline = std::string(kSmallPipeline) + R"([stage.speed]
uses = "bench.latency"
artifact = "build.artifact"
with = { warmup_seconds = 0.0, min_seconds = 0.0, min_runs = 5 }
)";

constexpr const char* kVariants = R"(mtc = 1
[stage.init]
uses = "train.init"
with = { width = 2, stages = 2 }
[stage.pruned]
uses = "sparsify.magnitude"
model = "init.model"
matrix.with.sparsity = [0.25, 0.5]
)";

/// The types of the reasons of the last action that `explain` tells of.
std::vector<std::string> types(const Outcome& explain) {
  EXPECT_EQ(explain.exit_code, 0) << explain.err;
  std::vector<std::string> names;
  const auto json = explain.json();
  for (const auto& reason : json["actions"].back()["reasons"]) names.push_back(reason["type"]);
  return names;
}

std::vector<std::string> explain_types(Sandbox& box, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "explain");
  arguments.emplace_back("--json");
  return types(box.mtc(arguments));
}

using Types = std::vector<std::string>;

TEST(Explain, SaysWhichParameterChangedAndShowsTheLines) {
  Sandbox box;
  ASSERT_EQ(box.run(kPipeline).exit_code, 0);
  const auto changed = box.run(kPipeline, {"-D", "stage.pruned.with.sparsity=0.25", "-d", "explain"});
  EXPECT_THAT(changed.err, AllOf(HasSubstr("explain pruned stage: runs: parameter sparsity: 0.5 -> 0.25"),
                                 HasSubstr("explain init stage: hit: its result is in the store"),
                                 HasSubstr("explain score predict: runs: input artifact: ")));
  const auto text = box.mtc({"explain", "pruned"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out,
              AllOf(HasSubstr("pruned: stage sparsify.magnitude ran: parameter sparsity: 0.5 -> 0.25\n"),
                    HasSubstr("\n  - param sparsity 0.5\n  + param sparsity 0.25\n")));
  const auto json = box.mtc({"explain", "pruned", "--json"}).json();
  EXPECT_EQ(json["schema"], "mtc.explain/1");
  EXPECT_EQ(json["run"], changed.json()["run_id"]);
  EXPECT_EQ(json["actions"][0]["reasons"],
            Json::parse(R"([{"type": "parameter", "name": "sparsity", "old": 0.5, "new": 0.25}])"));
  EXPECT_EQ(stage_of(changed.json(), "pruned")["actions"][0]["reasons"], json["actions"][0]["reasons"]);
  EXPECT_EQ(explain_types(box, {"speed"}), (Types{"input-changed"})) << "its report read other timings";
}

TEST(Explain, AFileSaysWhatWouldRun) {
  Sandbox box;
  ASSERT_EQ(box.run(kPipeline).exit_code, 0);
  EXPECT_EQ(explain_types(box, {"score", "p.toml"}), Types{"hit"});
  EXPECT_EQ(explain_types(box, {"init", "p.toml", "-D", "stage.init.with.seed=9"}), Types{"seed"});
  EXPECT_EQ(explain_types(box, {"score", "p.toml", "-D", "stage.init.with.seed=9"}), Types{"upstream"});
  EXPECT_EQ(explain_types(box, {"images", "p.toml", "-D", "stage.images.with.samples=30"}),
            Types{"parameter"});
}

TEST(Explain, APluginsFile) {
  Sandbox box;
  const auto plugins = box.copy_plugins();
  ASSERT_EQ(box.run(kPipeline, {"--plugin", plugins.string()}).exit_code, 0);
  std::ofstream(plugins / "sparsify.so", std::ios::app | std::ios::binary) << '\0';
  EXPECT_EQ(explain_types(box, {"pruned", "p.toml", "--plugin", plugins.string()}), Types{"plugin-file"});
}

TEST(Explain, ATargetsDocument) {
  Sandbox box;
  const auto plugins = box.copy_plugins();
  ASSERT_EQ(box.run(kSmallPipeline, {"--plugin", plugins.string()}).exit_code, 0);
  std::ofstream(plugins / "cpu.portable.target.toml", std::ios::app) << "\n[extra]\nnote = \"new\"\n";
  const auto explain = box.mtc({"explain", "build", "p.toml", "--plugin", plugins.string(), "--json"});
  EXPECT_EQ(types(explain), Types{"target-capability"});
  EXPECT_EQ(explain.json()["actions"][0]["reasons"][0]["section"], "extra");
}

TEST(Explain, ACompilerThatChanged) {
  Sandbox box;
  const std::string path = std::getenv("PATH");
  const auto wrapper = [&](const std::string& comment) {
    const auto cc = box.write("bin/cc", "#!/bin/sh\n# " + comment + "\nexec /usr/bin/cc \"$@\"\n");
    fs::permissions(cc, fs::perms::owner_all);
  };
  wrapper("one");
  box.set("PATH", (box / "bin").string() + ":" + path);
  ASSERT_EQ(box.run(kSmallPipeline).exit_code, 0);
  wrapper("two");
  const auto explain = box.mtc({"explain", "build", "p.toml", "--json"});
  EXPECT_EQ(types(explain), Types{"dependency"});
  EXPECT_EQ(explain.json()["actions"][0]["reasons"][0]["name"], "cc");
}

TEST(Explain, TheContentOfDataThatChanged) {
  Sandbox box;
  ASSERT_EQ(box.mtc({"train.init", "--width", "2", "-o", "model.onnx"}).exit_code, 0);
  const std::string pipeline =
      "mtc = 1\n[model]\npath = \"model.onnx\"\n[stage.pruned]\nuses = \"sparsify\"\n";
  ASSERT_EQ(box.run(pipeline).exit_code, 0);
  ASSERT_EQ(box.mtc({"train.init", "--width", "2", "--seed", "5", "-o", "model.onnx", "--force"}).exit_code,
            0);
  ASSERT_EQ(box.run(pipeline).exit_code, 0);
  const auto explain = box.mtc({"explain", "pruned", "--json"});
  EXPECT_EQ(types(explain), Types{"input-changed"});
  EXPECT_EQ(explain.json()["actions"][0]["reasons"][0]["name"], "model");
}

TEST(Explain, AResultThatGcTookIsEvictedAndOneThatWasDamagedCorrupt) {
  Sandbox box;
  ASSERT_EQ(box.run(kPipeline).exit_code, 0);
  const auto total = box.mtc({"cache", "stats", "--json"}).json()["total_bytes"].get<std::uint64_t>();
  ASSERT_EQ(box.mtc({"cache", "gc", "--max-size", std::to_string(total / 2)}).exit_code, 0);
  const auto plan = box.mtc({"plan", "p.toml", "--json"}).json();
  std::string gone;
  for (const auto& stage : plan["stages"]) {
    if (stage["status"] == "run") gone = stage["name"];
  }
  ASSERT_FALSE(gone.empty()) << plan.dump(2);
  EXPECT_EQ(stage_of(plan, gone)["reasons"], Json::parse(R"([{"type": "evicted"}])"));
  ASSERT_EQ(box.run(kPipeline).exit_code, 0);

  const auto again = box.run(kPipeline, {"--reuse-records"}).json();
  const auto digest = stage_of(again, "pruned")["outputs"]["model"]["digest"].get<std::string>();
  const auto blob = box / ("store/cas/" + digest.substr(0, 2) + "/" + digest);
  fs::permissions(blob, fs::perms::owner_write, fs::perm_options::add);
  std::ofstream(blob, std::ios::in | std::ios::binary) << "damaged";
  ASSERT_EQ(box.mtc({"cache", "verify", "--repair"}).exit_code, 0);
  const auto damaged = box.run(kPipeline).json();
  EXPECT_EQ(stage_of(damaged, "pruned")["actions"][0]["reasons"], Json::parse(R"([{"type": "corrupt"}])"));
  EXPECT_EQ(explain_types(box, {"pruned"}), Types{"corrupt"});
}

TEST(Explain, AMeasurementAndARerun) {
  Sandbox box;
  ASSERT_EQ(box.run(kPipeline).exit_code, 0);
  const auto plan = box.mtc({"plan", "p.toml", "--json"}).json();
  EXPECT_EQ(stage_of(plan, "speed")["reasons"], Json::parse(R"([{"type": "measurement"}])"));
  const auto rerun = box.run(kPipeline, {"--rerun", "pruned"}).json();
  EXPECT_EQ(statuses_of(rerun)["pruned"], "ran");
  EXPECT_EQ(statuses_of(rerun)["build"], "hit");
  EXPECT_EQ(explain_types(box, {"pruned"}), Types{"forced"});
  const auto unknown = box.run(kPipeline, {"--rerun", "prune"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean \"pruned\"?"));
}

TEST(Explain, NamesVariants) {
  Sandbox box;
  ASSERT_EQ(box.run(kVariants).exit_code, 0);
  EXPECT_EQ(box.mtc({"explain", "pruned", "--json"}).json()["actions"].size(), 2U);
  EXPECT_EQ(box.mtc({"explain", "pruned[sparsity=0.5]", "--json"}).json()["actions"].size(), 1U);
  const auto wrong = box.mtc({"explain", "pruned[sparsity=0.6]"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean \"pruned[sparsity=0."));
}

TEST(Explain, WhatItDoesNotKnowIsExitCodeTwo) {
  Sandbox box;
  const auto none = box.mtc({"explain", "pruned"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("there was no run yet"));
  ASSERT_EQ(box.run(kVariants).exit_code, 0);
  const auto stage = box.mtc({"explain", "prunde"});
  EXPECT_EQ(stage.exit_code, 2);
  EXPECT_THAT(stage.err, HasSubstr("did you mean \"pruned\"?"));
  EXPECT_EQ(box.mtc({"explain", "prunde", "p.toml"}).exit_code, 2);
  EXPECT_EQ(box.mtc({"explain", "pruned", "--against", "yesterday"}).exit_code, 2);
  EXPECT_EQ(box.mtc({"explain", "pruned", "p.toml", "--run", "x"}).exit_code, 2);
  EXPECT_EQ(box.run(kVariants, {"-d", "explian"}).exit_code, 2);
}

TEST(Explain, ComparesWithARunOfAnotherMachineThroughTheRemoteCache) {
  const CacheServer server;
  Sandbox first;
  const auto made = first.run(kVariants, {"--remote", server.url()});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  Sandbox second;
  const auto other = second.run(kVariants, {"-D", "stage.init.with.seed=3"});
  ASSERT_EQ(other.exit_code, 0) << other.err;
  const auto saved = second.write("theirs.json", made.out);
  const auto blind = second.mtc({"explain", "init", "--against", saved.string(), "--json"});
  EXPECT_EQ(types(blind), Types{"document-gone"}) << "without the remote cache";
  const auto seen =
      second.mtc({"explain", "init", "--against", saved.string(), "--remote", server.url(), "--json"});
  EXPECT_EQ(types(seen), Types{"seed"}) << seen.err;
  EXPECT_EQ(seen.json()["actions"][0]["diff"],
            Json::parse(R"([{"sign": "-", "line": "param seed 0"}, {"sign": "+", "line": "param seed 3"}])"));
  EXPECT_EQ(seen.json()["actions"][0]["against"]["run"], made.json()["run_id"]);
  // The run's folder serves as well.
  const auto folder = first / ("store/runs/" + made.json()["run_id"].get<std::string>());
  EXPECT_EQ(types(second.mtc(
                {"explain", "init", "--against", folder.string(), "--remote", server.url(), "--json"})),
            Types{"seed"});
}

TEST(Explain, PlanAsksTheRemoteCacheAndTakesNothingFromIt) {
  const CacheServer server;
  Sandbox first;
  ASSERT_EQ(first.run(kVariants, {"--remote", server.url()}).exit_code, 0);
  Sandbox second;
  second.write("p.toml", kVariants);
  const auto before = second.mtc({"plan", "p.toml", "--json"}).json();
  EXPECT_EQ(statuses_of(before)["init"], "run");
  const auto plan = second.mtc({"plan", "p.toml", "--remote", server.url(), "--json", "--exit-code"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  for (const auto& [stage, status] : statuses_of(plan.json())) EXPECT_EQ(status, "remote_hit") << stage;
  EXPECT_TRUE(second.stored().empty());
  EXPECT_EQ(server.count("GET /cas/"), 0U);
  const auto people = second.mtc({"plan", "p.toml", "--remote", server.url()});
  EXPECT_THAT(people.out, AllOf(HasSubstr("remote_hit"), Not(HasSubstr("unknown"))));
}

TEST(Explain, PlanEstimatesFromWhatRunsTook) {
  Sandbox box;
  const auto run = box.run(kPipeline).json();
  const auto plan = box.mtc({"plan", "p.toml", "-D", "stage.pruned.with.sparsity=0.3", "--json"}).json();
  EXPECT_EQ(stage_of(plan, "init")["estimate_seconds"], 0.0);
  EXPECT_EQ(stage_of(plan, "pruned")["estimate_seconds"], stage_of(run, "pruned")["actions"][0]["seconds"]);
  double work = 0;
  for (const auto& stage : plan["stages"]) work += stage["estimate_seconds"].get<double>();
  EXPECT_DOUBLE_EQ(plan["estimate"]["work_seconds"], work);
  EXPECT_LE(plan["estimate"]["critical_path_seconds"], plan["estimate"]["work_seconds"]);
  EXPECT_EQ(plan["estimate"]["stages_without"], 0);
  box.write("q.toml", "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 3 }\n");
  const auto unknown = box.mtc({"plan", "q.toml", "--json"}).json();
  EXPECT_TRUE(unknown["stages"][0]["estimate_seconds"].is_null());
}

}  // namespace
}  // namespace mtc::test
