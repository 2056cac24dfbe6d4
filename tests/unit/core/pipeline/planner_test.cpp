// SPDX-License-Identifier: Apache-2.0
//
// What make_plan() makes of stages: names, parameters, targets, implicit actions and gates.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/pipeline/plan.hpp"
#include "tests/unit/core/pipeline/project.hpp"

namespace mtc::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class PlannerTest : public testing::Test {
 protected:
  [[nodiscard]] Plan plan(const std::string& stages) const {
    return project_.plan(test::kModelAndData + stages);
  }
  [[nodiscard]] Error error(const std::string& stages) const {
    return project_.error(test::kModelAndData + stages);
  }
  test::Project project_;
};

constexpr const char* kBuild = "[stage.build]\nuses = \"compile\"\ntarget = \"chip.a\"\n";
constexpr const char* kScore =
    "[stage.score]\nuses = \"evaluate.toy\"\nartifact = \"build.artifact\"\ndata = \"train\"\n";

TEST_F(PlannerTest, FillsInDefaultsAndTheOnlyModel) {
  const auto made = plan("[stage.a]\nuses = \"convert\"\nwith = { ratio = 2 }\n");
  const auto& action = made.actions.at(0);
  EXPECT_EQ(action.kind, "stage");
  EXPECT_EQ(action.name, "convert.copy");
  EXPECT_EQ(action.params, (Json{{"level", 1}, {"ratio", 2.0}, {"chatty", false}}));
  EXPECT_TRUE(action.params["ratio"].is_number_float());
  EXPECT_EQ(action.key_params, (Json{{"level", 1}, {"ratio", 2.0}}));
  EXPECT_EQ(action.inputs.at(0).source.path, project_.folder() / "model.onnx");
}

TEST_F(PlannerTest, PutsAStageAfterWhatItNeeds) {
  EXPECT_THAT(test::variant_names(plan("[stage.b]\nuses = \"convert\"\nmodel = \"a.model\"\n"
                                       "[stage.a]\nuses = \"convert\"\n")),
              ElementsAre("a", "b"));
}

TEST_F(PlannerTest, SaysWhereACycleIs) {
  const auto wrong = error(
      "[stage.a]\nuses = \"convert\"\nmodel = \"b.model\"\n"
      "[stage.b]\nuses = \"convert\"\nmodel = \"a.model\"\n");
  EXPECT_EQ(wrong.message, "stages need each other in a cycle: a -> b -> a");
  EXPECT_EQ(wrong.where, "p.toml:9:8");
}

TEST_F(PlannerTest, SuggestsNamesThatAreNear) {
  const auto stage = error("[stage.a]\nuses = \"convert.cpy\"\n");
  EXPECT_EQ(stage.code, Code::not_found);
  EXPECT_THAT(stage.hint, HasSubstr("convert.copy"));
  EXPECT_EQ(stage.where, "p.toml:10:1");
  const auto built_in = error("[stage.a]\nuses = \"compil\"\n");
  EXPECT_THAT(built_in.hint, testing::StartsWith("did you mean \"compile\"?"));
  EXPECT_THAT(built_in.hint, testing::EndsWith("compile, package"));
  const auto input = error("[stage.a]\nuses = \"convert\"\nmodel = \"modle\"\n");
  EXPECT_EQ(input.message, "no model, dataset or stage is called 'modle'");
  EXPECT_THAT(input.hint, HasSubstr("did you mean 'model'?"));
  const auto key = error("[stage.a]\nuses = \"convert\"\nmodle = \"model\"\n");
  EXPECT_EQ(key.message, "convert.copy has no input 'modle'");
  EXPECT_THAT(key.hint, HasSubstr("did you mean 'model'?"));
  const auto param = error("[stage.a]\nuses = \"convert\"\nwith = { levle = 1 }\n");
  EXPECT_THAT(param.message, HasSubstr("has no parameter 'levle'"));
  EXPECT_THAT(param.hint, HasSubstr("did you mean 'level'?"));
  const auto target = error("[stage.a]\nuses = \"compile\"\ntarget = \"chip.aa\"\n");
  EXPECT_THAT(target.hint, HasSubstr("chip.a"));
  const auto output =
      error("[stage.a]\nuses = \"convert\"\n[stage.b]\nuses = \"convert\"\nmodel = \"a.modle\"\n");
  EXPECT_EQ(output.message, "stage 'a' has no output 'modle'");
}

TEST_F(PlannerTest, TellsAParameterFromAnInput) {
  EXPECT_EQ(error("[stage.a]\nuses = \"convert\"\nlevel = \"2:4\"\n").hint,
            "'level' is a parameter: parameters belong in [stage.a.with]");
  EXPECT_EQ(error("[stage.a]\nuses = \"compile\"\nopt_level = \"3\"\n").hint,
            "'opt_level' is a parameter: parameters belong in [stage.a.with]");
  EXPECT_THAT(error("[stage.a]\nuses = \"convert\"\nlevel = 2\n").hint,
              HasSubstr("parameters belong in [stage.a.with]"));
}

TEST_F(PlannerTest, ChecksParametersAtTheirPlace) {
  const auto wrong = error("[stage.a]\nuses = \"convert\"\nwith = { level = 12 }\n");
  EXPECT_EQ(wrong.code, Code::invalid_argument);
  EXPECT_THAT(wrong.message, HasSubstr("level"));
  EXPECT_EQ(wrong.where, "p.toml:11:10");
}

TEST_F(PlannerTest, ChecksTheTypesOfInputs) {
  EXPECT_EQ(error("[stage.a]\nuses = \"convert\"\nmodel = \"train\"\n").message,
            "'train' is a dataset, but a model is wanted here");
  EXPECT_EQ(
      error("[stage.a]\nuses = \"convert\"\n[stage.b]\nuses = \"convert\"\nmodel = \"a.report\"\n").message,
      "'a.report' is a report, but a model is wanted here");
  EXPECT_EQ(error("[stage.a]\nuses = \"convert\"\n[stage.b]\nuses = \"convert\"\nmodel = \"a\"\n").message,
            "'a' is a stage; say which output");
}

TEST_F(PlannerTest, SaysWhichInputIsMissing) {
  EXPECT_EQ(error("[stage.a]\nuses = \"quantize\"\ntarget = \"chip.a\"\n").message,
            "stage 'a' (quantize.toy) has no 'data'");
}

TEST_F(PlannerTest, ReportsAModelThatDoesNotExist) {
  const auto wrong = project_.error("[model]\npath = \"no.onnx\"\n[stage.a]\nuses = \"convert\"\n");
  EXPECT_EQ(wrong.code, Code::not_found);
  EXPECT_THAT(wrong.message, HasSubstr("no.onnx"));
}

TEST_F(PlannerTest, CompilesForTheTargetWithItsParameters) {
  const auto made = plan(kBuild);
  const auto& action = made.actions.at(0);
  EXPECT_EQ(action.kind, "compile");
  EXPECT_EQ(action.name, "chip.a");
  EXPECT_EQ(action.plugin->manifest.id, "chip");
  EXPECT_EQ(action.params, (Json{{"opt_level", 2}, {"threads", 1}}));
  EXPECT_EQ(action.key_params, (Json{{"opt_level", 2}}));
  EXPECT_EQ(action.target_values["target.build.flags"], "-O2");
}

TEST_F(PlannerTest, TakesTheDefaultTargetWhenNoneIsGiven) {
  EXPECT_EQ(plan("[stage.build]\nuses = \"compile\"\n").actions.at(0).name, "cpu.any");
}

TEST_F(PlannerTest, ShowsAStageOnlyTheSectionsThatItDeclares) {
  const auto made = plan("[stage.q]\nuses = \"quantize\"\ndata = \"train\"\ntarget = \"chip.a\"\n");
  EXPECT_EQ(made.actions.at(0).target_values,
            (Json{{"target.id", "chip.a"}, {"target.quant.scheme", "s/1"}}));
}

TEST_F(PlannerTest, RefusesATargetThatSaysNothingOfWhatTheStageGoesBy) {
  const auto wrong = error("[stage.q]\nuses = \"quantize\"\ndata = \"train\"\ntarget = \"chip.plain\"\n");
  EXPECT_EQ(wrong.code, Code::invalid_argument);
  EXPECT_EQ(wrong.message, "target 'chip.plain' says nothing of [quant], which quantize.toy goes by");
  EXPECT_EQ(wrong.where, "p.toml:12:1");
  EXPECT_THAT(wrong.hint, HasSubstr("chip.a, chip.b"));
  EXPECT_THAT(wrong.hint, Not(HasSubstr("chip.plain")));
  EXPECT_EQ(plan("[stage.build]\nuses = \"compile\"\ntarget = \"chip.plain\"\n").actions.size(), 1U);
}

TEST_F(PlannerTest, FollowsTheTargetOfTheModel) {
  const auto made = plan(
      "[stage.q]\nuses = \"quantize\"\ndata = \"train\"\nmatrix.target = [\"chip.a\", \"chip.b\"]\n"
      "[stage.build]\nuses = \"compile\"\nmodel = \"q.model\"\ntarget = \"@model\"\n");
  EXPECT_EQ(made.actions.at(2).name, "chip.a");
  EXPECT_EQ(made.actions.at(3).name, "chip.b");
  EXPECT_THAT(error("[stage.build]\nuses = \"compile\"\ntarget = \"@model\"\n").message, HasSubstr("@model"));
}

TEST_F(PlannerTest, PredictsBeforeItEvaluates) {
  const auto made = plan(std::string(kBuild) + kScore + "with = { batch = 4 }\n");
  ASSERT_EQ(made.actions.size(), 3U);
  const auto& predict = made.actions[1];
  EXPECT_EQ(predict.kind, "predict");
  EXPECT_EQ(predict.name, "chip.a");
  EXPECT_EQ(predict.params, (Json{{"batch", 4}, {"threads", 1}}));
  EXPECT_EQ(predict.inputs.at(0).source.action, 0U);
  EXPECT_EQ(predict.inputs.at(1).source.type, "dataset");
  EXPECT_FALSE(predict.record);
  EXPECT_EQ(made.actions[2].params, Json::object());
  EXPECT_EQ(made.actions[2].inputs.at(0).source.action, 1U);
  EXPECT_EQ(made.variants.at(1).actions, (std::vector<std::size_t>{1, 2}));
}

TEST_F(PlannerTest, MeasuresBeforeItBenches) {
  const auto made =
      plan(std::string(kBuild) +
           "[stage.speed]\nuses = \"bench\"\nartifact = \"build.artifact\"\nwith = { min_runs = 7 }\n");
  ASSERT_EQ(made.actions.size(), 3U);
  EXPECT_EQ(made.actions[1].kind, "measure");
  EXPECT_TRUE(made.actions[1].record);
  EXPECT_EQ(made.actions[1].params["min_runs"], 7);
  EXPECT_FALSE(made.actions[2].record);
}

TEST_F(PlannerTest, GivesRunParametersToTheSessionOfTheArtifactAlone) {
  const std::string head = std::string(kBuild) + kScore;
  const auto made = plan(head + "baseline = \"model\"\nwith = { threads = 3, batch = 4 }\n");
  ASSERT_EQ(made.actions.size(), 4U);
  EXPECT_EQ(made.actions[1].params, (Json{{"batch", 4}, {"threads", 3}}));
  EXPECT_EQ(made.actions[1].key_params["threads"], 3);
  EXPECT_EQ(made.actions[2].params, (Json{{"batch", 4}, {"threads", 1}})) << "the baseline's";
  EXPECT_EQ(made.actions[3].params, Json::object()) << "the stage's own";
}

TEST_F(PlannerTest, ChecksRunParametersAgainstTheTargetOfTheArtifact) {
  const std::string head = std::string(kBuild) + kScore;
  EXPECT_THAT(error(head + "with = { threads = 9 }\n").message, HasSubstr("threads is 9"));
  EXPECT_THAT(error(head + "with = { thread = 9 }\n").message, HasSubstr("has no parameter 'thread'"));
  const std::string other = "[stage.build]\nuses = \"compile\"\ntarget = \"cpu.any\"\n" + std::string(kScore);
  const auto wrong = error(other + "with = { threads = 3 }\n");
  EXPECT_EQ(wrong.code, Code::invalid_argument);
  EXPECT_EQ(wrong.message, "target 'cpu.any' has no run parameter 'threads'");
  EXPECT_EQ(wrong.hint, "it is a parameter of chip; this target has none");
  EXPECT_EQ(wrong.where, "p.toml:16:10");
  const auto idle = error(head +
                          "[stage.again]\nuses = \"evaluate.toy\"\npredictions = \"score.predictions\"\n"
                          "data = \"train\"\nwith = { threads = 3 }\n");
  EXPECT_EQ(idle.message, "stage 'again' runs no artifact, so 'threads' would do nothing");
}

TEST_F(PlannerTest, NamesTheTargetThatHasAParameterOfCompile) {
  const auto wrong =
      error("[stage.build]\nuses = \"compile\"\ntarget = \"cpu.any\"\nwith = { opt_level = 3 }\n");
  EXPECT_EQ(wrong.message, "\"compile\" for this target has no parameter 'opt_level'");
  EXPECT_EQ(wrong.hint, "it is a parameter of chip; this target has none");
}

TEST_F(PlannerTest, MeasuresWhatASettingOfTheTargetCosts) {
  project_.declare_chip(
      "[target.compare]\nname = \"careful\"\nsummary = \"careful sums\"\nwith = { threads = 8 }\n");
  const auto made =
      plan(std::string(kBuild) + "[stage.speed]\nuses = \"bench\"\nartifact = \"build.artifact\"\n" + kScore);
  for (const auto& action : made.actions) {
    EXPECT_EQ(action.compare != nullptr, action.kind == "measure") << action.kind;
  }
  EXPECT_EQ(made.actions[1].compare->params, Json({{"threads", 8}}));
  EXPECT_EQ(made.actions[1].params["threads"], 1);
}

TEST_F(PlannerTest, RunsAModelOnTheReferenceTarget) {
  const auto made = plan("[stage.score]\nuses = \"evaluate\"\nartifact = \"model\"\ndata = \"train\"\n");
  EXPECT_EQ(made.actions.at(0).name, "reference");
}

TEST_F(PlannerTest, TakesPredictionsOfAnotherStageAsABaseline) {
  const auto made = plan(std::string(kBuild) +
                         "[stage.float]\nuses = \"evaluate\"\nartifact = \"model\"\ndata = \"train\"\n" +
                         kScore + "baseline = \"float.predictions\"\n");
  const auto& inputs = made.actions.at(4).inputs;
  EXPECT_EQ(inputs.at(2).name, "baseline");
  EXPECT_EQ(inputs.at(2).source.action, 1U);
}

TEST_F(PlannerTest, RefusesABaselineOfAnotherDataset) {
  const auto wrong = error(std::string(kBuild) + "[data.few]\nfrom = \"train\"\ntake = 3\n" +
                           "[stage.float]\nuses = \"evaluate\"\nartifact = \"model\"\ndata = \"few\"\n" +
                           kScore + "baseline = \"float.predictions\"\n");
  EXPECT_EQ(wrong.message, "stage 'score' compares predictions of 'train' with a baseline of 'few'");
}

TEST_F(PlannerTest, RefusesLabelsOfAnotherDatasetThanThePredictions) {
  const auto wrong = error(std::string(kBuild) + "[data.few]\nfrom = \"train\"\ntake = 3\n" +
                           "[stage.float]\nuses = \"evaluate\"\nartifact = \"model\"\ndata = \"few\"\n" +
                           "[stage.again]\nuses = \"evaluate\"\npredictions = \"float.predictions\"\n"
                           "data = \"train\"\n");
  EXPECT_EQ(wrong.code, Code::invalid_argument);
  EXPECT_EQ(wrong.message, "stage 'again' scores predictions of 'few' with the labels of 'train'");
}

TEST_F(PlannerTest, RefusesAnArtifactThatNothingWouldRun) {
  const auto wrong = error(std::string(kBuild) +
                           "[stage.float]\nuses = \"evaluate\"\nartifact = \"model\"\ndata = \"train\"\n" +
                           kScore + "predictions = \"float.predictions\"\n");
  EXPECT_EQ(wrong.code, Code::invalid_argument);
  EXPECT_EQ(wrong.message, "stage 'score' has predictions, so its artifact would not be run");
}

TEST_F(PlannerTest, RunsTheArtifactForItsOwnPredictionsAlone) {
  const std::string pair =
      "[stage.pair]\nuses = \"evaluate.pair\"\nartifact = \"build.artifact\"\ndata = \"train\"\n";
  const auto missing = error(kBuild + pair);
  EXPECT_EQ(missing.code, Code::invalid_argument);
  EXPECT_EQ(missing.message, "stage 'pair' (evaluate.pair) has no 'baseline'");
  EXPECT_THAT(missing.hint, HasSubstr("add baseline = "));
  const auto made = plan(kBuild + pair + "baseline = \"model\"\n");
  ASSERT_EQ(made.actions.size(), 4U);  // compile, two predictions, the stage
  EXPECT_EQ(made.actions[1].target->id, "chip.a");
  EXPECT_EQ(made.actions[2].target->id, "reference");
  const auto& inputs = made.actions[3].inputs;
  ASSERT_EQ(inputs.size(), 3U);
  EXPECT_EQ(inputs[0].source.action, 1U);
  EXPECT_EQ(inputs[2].name, "baseline");
  EXPECT_EQ(inputs[2].source.action, 2U);
}

TEST_F(PlannerTest, SaysThatThisMachineCannotRunATarget) {
  const auto wrong =
      error("[stage.build]\nuses = \"compile\"\ntarget = \"chip.far\"\n" + std::string(kScore));
  EXPECT_EQ(wrong.code, Code::unavailable);
  EXPECT_THAT(wrong.message, HasSubstr("its CPU lacks no_such_flag"));
  EXPECT_EQ(plan("[stage.build]\nuses = \"compile\"\ntarget = \"chip.far\"\n").actions.size(), 1U);
}

TEST_F(PlannerTest, BindsAGateToTheVariantThatSharesItsAxes) {
  const auto made = plan(
      "[stage.a]\nuses = \"convert\"\nmatrix.with.level = [2, 3]\n"
      "[stage.b]\nuses = \"convert\"\nmodel = \"a.model\"\ngate = [\"score >= a.loss - 1\", "
      "\"loss < 2\"]\n");
  ASSERT_EQ(made.variants.size(), 4U);
  EXPECT_EQ(made.variants[2].gates.at(0).limit_variant, 0U);
  EXPECT_EQ(made.variants[3].gates.at(0).limit_variant, 1U);
  EXPECT_EQ(made.variants[3].gates.at(1).limit_variant, std::nullopt);
}

TEST_F(PlannerTest, RefusesGatesThatCannotBeChecked) {
  const std::string a = "[stage.a]\nuses = \"convert\"\nmatrix.with.level = [2, 3]\n";
  const auto metric = error("[stage.a]\nuses = \"convert\"\ngate = [\"scor >= 1\"]\n");
  EXPECT_EQ(metric.message, "stage 'a' has no metric 'scor'");
  EXPECT_THAT(metric.hint, HasSubstr("did you mean 'score'?"));
  EXPECT_EQ(metric.where, "p.toml:11:9");
  EXPECT_EQ(error(a + "[stage.b]\nuses = \"convert\"\ngate = [\"score >= c.loss\"]\n").message,
            "no stage is called 'c'");
  EXPECT_THAT(error(a + "[stage.b]\nuses = \"convert\"\ngate = [\"score >= a.loss\"]\n").message,
              HasSubstr("several variants and none shares the axes of 'b'"));
}

TEST_F(PlannerTest, RefusesAGateOnAMetricThatAnAbsentInputWouldBring) {
  const std::string build_and_score = std::string(kBuild) + kScore;
  const auto own = error(build_and_score + "gate = \"top1_drop <= 0.1\"\n");
  EXPECT_EQ(own.code, Code::invalid_argument);
  EXPECT_EQ(own.message, "stage 'score' reports no 'top1_drop' without 'baseline'");
  EXPECT_THAT(own.hint, HasSubstr("--baseline"));
  const auto limit =
      error(build_and_score + "[stage.a]\nuses = \"convert\"\ngate = \"score <= score.top1_drop\"\n");
  EXPECT_EQ(limit.message, own.message);
  const auto made = plan(build_and_score + "baseline = \"model\"\ngate = \"top1_drop <= 0.1\"\n");
  EXPECT_EQ(made.variants.back().gates.size(), 1U);
}

TEST_F(PlannerTest, PackagesAnArtifact) {
  const auto made =
      plan(std::string(kBuild) + "[stage.ship]\nuses = \"package\"\nartifact = \"build.artifact\"\n");
  EXPECT_EQ(made.actions.at(1).kind, "package");
  EXPECT_EQ(made.actions.at(1).plugin, nullptr);
}

}  // namespace
}  // namespace mtc::pipeline
