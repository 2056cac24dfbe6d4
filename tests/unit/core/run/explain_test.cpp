// SPDX-License-Identifier: Apache-2.0
//
// Why actions run: each typed reason after a real change, in the plan, in the run and in its records.
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/run/explain_stage.hpp"
#include "core/store/upkeep.hpp"
#include "tests/unit/core/run/runner_fixture.hpp"

namespace mtc::run {
namespace {

namespace fs = std::filesystem;
using pipeline::Reason;
using pipeline::Reasons;
using testing::ElementsAre;
using testing::HasSubstr;
using Type = Reason::Type;

constexpr const char* kInt8 =
    "[stage.int8]\nuses = \"quantize\"\nmodel = \"model\"\ndata = \"train\"\ntarget = \"chip.a\"\n";
constexpr const char* kDraw = "[stage.a]\nuses = \"data.draw\"\nwith = { seed = 1 }\n";
constexpr const char* kScore = "[stage.score]\nuses = \"evaluate\"\nartifact = \"model\"\ndata = \"train\"\n";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

class ExplainTest : public RunnerTest {
 protected:
  /// The reasons of the first action that a run of `stages` has, after the plan has said the same.
  Reasons reasons(const std::string& stages) {
    const auto planned = inspect(stages);
    const auto report = run(stages);
    EXPECT_EQ(planned.at(0).actions.at(0).why.reasons, report.stages.at(0).actions.at(0).reasons);
    return report.stages.at(0).actions.at(0).reasons;
  }
  Reasons one(Type type, const std::string& subject = {}, std::optional<std::string> old_value = {},
              std::optional<std::string> new_value = {}) {
    return {{type, subject, std::move(old_value), std::move(new_value)}};
  }
  void rewrite(const std::string& plugin_file, const std::string& from, const std::string& to) {
    const std::string text = test::read_file(project_.plugins() / plugin_file);
    project_.folder().write("plugins/" + plugin_file, replaced(text, from, to));
    project_.rescan();
  }
  [[nodiscard]] fs::path only_file(const char* part) const {
    for (const auto& entry : fs::recursive_directory_iterator(project_.folder() / "store" / part)) {
      if (entry.is_regular_file()) return entry.path();
    }
    ADD_FAILURE() << "nothing in " << part;
    return {};
  }
  std::vector<ExplainedAction> explained(const std::string& id, const std::string& stage,
                                         const std::string& against = {}) {
    const auto run = find_run(id, store_);
    EXPECT_TRUE(run);
    std::optional<Comparand> other;
    if (!against.empty()) other = *find_run(against, store_);
    return explain_past(run->run, stage, other ? &*other : nullptr, store_,
                        [this](const Digest& key) { return *store_.document(key); });
  }
};

TEST_F(ExplainTest, AFirstRunAndAHit) {
  EXPECT_EQ(reasons(copy("a", 1)), one(Type::first_run));
  EXPECT_EQ(reasons(copy("a", 1)), one(Type::hit));
}

TEST_F(ExplainTest, AParameterWithItsValues) {
  run(copy("a", 1));
  EXPECT_EQ(reasons(copy("a", 2)), one(Type::parameter, "level", "1", "2"));
  EXPECT_EQ(pipeline::to_json(one(Type::parameter, "level", "1", "2")),
            Json::parse(R"([{"type": "parameter", "name": "level", "old": 1, "new": 2}])"));
}

TEST_F(ExplainTest, ASeed) {
  run(kDraw);
  EXPECT_EQ(reasons(replaced(kDraw, "1", "2")), one(Type::seed, "seed", "1", "2"));
}

TEST_F(ExplainTest, AnotherStageOfAPlugin) {
  run("[stage.a]\nuses = \"data.draw\"\n");
  const auto found = reasons("[stage.a]\nuses = \"convert.copy\"\n");
  EXPECT_EQ(found.at(0), (Reason{Type::uses, {}, "data.draw", "convert.copy"}));
}

TEST_F(ExplainTest, TheContentOfAModelAndOfData) {
  run(kInt8);
  project_.folder().write("model.onnx", "another model");
  const auto model = reasons(kInt8);
  EXPECT_EQ(model,
            one(Type::input_changed, "model", digest_of(test::kModelBytes), digest_of("another model")));
  project_.folder().write("images.npy", "another image");
  const auto data = reasons(kInt8);
  ASSERT_EQ(data.size(), 1U);
  EXPECT_EQ(data[0].type, Type::input_changed);
  EXPECT_EQ(data[0].subject, "data");
}

TEST_F(ExplainTest, APluginsFile) {
  run(copy("a", 1));
  std::ofstream(project_.plugins() / "toy.so", std::ios::app) << "x";
  project_.rescan();
  const auto found = reasons(copy("a", 1));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].type, Type::plugin_file);
  EXPECT_EQ(found[0].subject, "toy");
}

TEST_F(ExplainTest, APluginsVersion) {
  run(copy("a", 1));
  rewrite("toy.so", "version = \"1.0\"", "version = \"1.1\"");
  EXPECT_EQ(reasons(copy("a", 1)), one(Type::plugin_version, "toy", "1.0", "1.1"));
}

TEST_F(ExplainTest, ADependency) {
  const std::string build = "[stage.a]\nuses = \"compile\"\nmodel = \"model\"\ntarget = \"chip.a\"\n";
  const auto tool = [this](const std::string& version) {
    const auto file = project_.folder().write("bin/toytool", "#!/bin/sh\necho " + version + "\n");
    ::chmod(file.c_str(), 0755);
  };
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", ((project_.folder() / "bin").string() + ":" + path).c_str(), 1);
  project_.declare_chip("[[tool]]\nname = \"toytool\"\n");
  tool("1");
  run(build);
  tool("2");
  const auto found = reasons(build);
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].type, Type::dependency);
  EXPECT_EQ(found[0].subject, "toytool");
}

TEST_F(ExplainTest, ASectionOfATargetsDocument) {
  run(kInt8);
  rewrite("chip.a.target.toml", "s/1", "s/2");
  EXPECT_EQ(reasons(kInt8), one(Type::target_capability, "quant"));
  EXPECT_EQ(reasons(replaced(kInt8, "chip.a", "cpu.any")).at(0),
            (Reason{Type::target_capability, "id", "chip.a", "cpu.any"}));
}

TEST_F(ExplainTest, TheNumericEnvironment) {
  ::unsetenv("ATEN_CPU_CAPABILITY");
  run(kScore);
  ::setenv("ATEN_CPU_CAPABILITY", "avx2", 1);
  const auto found = reasons(kScore);
  ::unsetenv("ATEN_CPU_CAPABILITY");
  EXPECT_EQ(found, one(Type::numeric_environment, "torch", "default", "avx2"));
}

TEST_F(ExplainTest, AResultThatGcTook) {
  run(copy("a", 1) + copy("b", 2));
  store_ = *store::Store::open(project_.folder() / "other");  // So that nobody uses the results.
  store_ = *store::Store::open(project_.folder() / "store");
  store::Upkeep upkeep(store_);
  const auto before = upkeep.stats();
  store::CollectPolicy policy;
  policy.max_bytes = before->total_bytes - 1;
  const auto collected = upkeep.collect(policy, {});
  ASSERT_EQ(collected->results.count, 1U);
  const auto report = run(copy("a", 1) + copy("b", 2));
  std::vector<Type> types;
  for (const auto& stage : report.stages) types.push_back(stage.actions.at(0).reasons.at(0).type);
  EXPECT_THAT(types, testing::UnorderedElementsAre(Type::evicted, Type::hit));
}

TEST_F(ExplainTest, AResultThatWasDamaged) {
  run(copy("a", 1));
  const auto blob = only_file("cas");
  fs::permissions(blob, fs::perms::owner_write, fs::perm_options::add);
  fs::resize_file(blob, 1);
  EXPECT_EQ(reasons(copy("a", 1)), one(Type::corrupt));
  EXPECT_EQ(reasons(copy("a", 1)), one(Type::hit));
  fs::remove(only_file("ac"));
  EXPECT_EQ(reasons(copy("a", 1)), one(Type::evicted)) << "what lies in the quarantine is older than the run";
}

TEST_F(ExplainTest, AFailureBefore) {
  run(copy("a", 7));
  EXPECT_EQ(reasons(copy("a", 7)), one(Type::failed));
  EXPECT_EQ(reasons(copy("a", 1)), one(Type::parameter, "level", "7", "1")) << "its document was kept";
}

TEST_F(ExplainTest, AMeasurement) {
  EXPECT_EQ(reasons(kSpeed), one(Type::measurement));
  EXPECT_EQ(reasons(kSpeed), one(Type::measurement));
  options_.reuse_records = true;
  EXPECT_EQ(run(kSpeed).stages[0].actions[0].reasons, one(Type::hit));
}

TEST_F(ExplainTest, ARerunThatWasAskedFor) {
  run(copy("a", 1) + copy("b", 2));
  options_.rerun = {"a"};
  const auto report = run(copy("a", 1) + copy("b", 2));
  EXPECT_THAT(statuses(report), ElementsAre("ran", "hit"));
  EXPECT_EQ(report.stages[0].actions[0].reasons, one(Type::forced));
}

TEST_F(ExplainTest, WhatWaitsForAnotherStageIsComparedAsFarAsItIsKnown) {
  run(copy("a", 1) + copy("b", 2, "a.model"));
  const auto planned = inspect(copy("a", 3) + copy("b", 4, "a.model"));
  EXPECT_EQ(planned.at(1).status, "unknown");
  EXPECT_EQ(planned.at(1).reasons,
            (Reasons{{Type::upstream, "a", {}, {}}, {Type::parameter, "level", "2", "4"}}));
  EXPECT_THAT(planned.at(1).actions.at(0).document, HasSubstr("\ninput model model ?a\n"));
}

TEST_F(ExplainTest, ComparesWithTheNewestRunThatHadTheStage) {
  const auto first = run(copy("a", 1));
  run(copy("b", 5));
  const auto report = run(copy("a", 2));
  EXPECT_EQ(report.stages[0].actions[0].against, first.run_id);
  const auto again = explained(report.run_id, "a");
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].why.against_key, first.stages[0].actions[0].key);
  ASSERT_EQ(again[0].diff.size(), 2U);
  EXPECT_EQ(again[0].diff[0].sign, '-');
  EXPECT_EQ(again[0].diff[0].line, "param level 1");
  EXPECT_EQ(again[0].diff[1].line, "param level 2");
}

TEST_F(ExplainTest, ComparesWithARunThatIsNamedAlsoOfAnotherMachine) {
  const auto first = run(copy("a", 1));
  run(copy("a", 2));
  const auto third = run(copy("a", 3));
  EXPECT_EQ(explained(third.run_id, "a", first.run_id).at(0).why.reasons,
            one(Type::parameter, "level", "1", "3"));
  // The same run under an id that this store does not have: its report, as --json prints it.
  auto elsewhere = to_json(first);
  elsewhere["run_id"] = "20200101T000000-000000000";
  const auto file = project_.folder().write("report.json", elsewhere.dump());
  EXPECT_EQ(explained(third.run_id, "a", file.string()).at(0).why.reasons,
            one(Type::parameter, "level", "1", "3"));
  EXPECT_TRUE(find_run(file.string(), store_)->elsewhere);
  EXPECT_EQ(explained(first.run_id, "a", file.string()).at(0).why.reasons, one(Type::first_run));
}

TEST_F(ExplainTest, NamesAllVariantsOrOne) {
  const auto report = run("[stage.a]\nuses = \"convert\"\nmatrix.with.level = [2, 3]\n");
  EXPECT_EQ(explained(report.run_id, "a").size(), 2U);
  EXPECT_EQ(explained(report.run_id, "a[level=3]").size(), 1U);
  EXPECT_EQ(explained(report.run_id, "a[level=4]").size(), 0U);
}

TEST_F(ExplainTest, ARunThatIsNotThereIsAnError) {
  run(copy("a", 1));
  EXPECT_EQ(find_run("20200101T000000-000000000", store_).error().code, Code::not_found);
  const auto file = project_.folder().write("no.json", "{}");
  EXPECT_EQ(find_run(file.string(), store_).error().code, Code::invalid_argument);
}

TEST_F(ExplainTest, ARunThatWasKilledTellsWhatEnded) {
  const auto report = run(copy("a", 1));
  fs::remove(store_.run_folder(report.run_id) / "run.json");
  std::ofstream(store_.run_folder(report.run_id) / "actions.jsonl", std::ios::app)
      << R"({"type":"action.fin)";
  const auto killed = read_run(store_.run_folder(report.run_id));
  ASSERT_TRUE(killed);
  ASSERT_EQ(killed->actions().size(), 1U);
  EXPECT_EQ(killed->actions()[0].key, report.stages[0].actions[0].key);
  EXPECT_EQ(reasons(copy("a", 2)), one(Type::parameter, "level", "1", "2"));
}

}  // namespace
}  // namespace mtc::run
