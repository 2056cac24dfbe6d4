// SPDX-License-Identifier: Apache-2.0
//
// Verbs: one stage from the command line, with the store and the keys of a pipeline.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using testing::HasSubstr;

class OneShot : public testing::Test {
 protected:
  OneShot() {
    const auto made = box_.mtc({"train.init", "--width", "2", "--stages", "2", "-o", "model.onnx"});
    EXPECT_EQ(made.exit_code, 0) << made.err;
  }
  /// Images of the model's shape with labels, described by data.toml.
  void make_data() {
    const auto outcome =
        box_.run("mtc = 1\n[stage.images]\nuses = \"data.generate\"\nwith = { samples = 20 }\n");
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    box_.write("data.toml",
               "format = \"npy\"\ninputs = \"mtc-out/images/tensors/images.npy\"\n"
               "labels = \"mtc-out/images/tensors/labels.npy\"\npreprocess = \"unit\"\nclasses = 10\n");
  }
  Sandbox box_;
};

TEST_F(OneShot, GoesFromAModelToAMeasuredArtifact) {
  make_data();
  const auto sparse = box_.mtc({"sparsify", "model.onnx", "--sparsity", "0.25", "-o", "sparse.onnx"});
  EXPECT_EQ(sparse.exit_code, 0) << sparse.err;
  EXPECT_TRUE(std::filesystem::is_regular_file(box_ / "sparse.onnx"));
  EXPECT_TRUE(std::filesystem::is_regular_file(box_ / "sparse.report.json"));
  const auto built = box_.mtc({"compile", "sparse.onnx", "--target", "cpu.portable", "-o", "artifact"});
  EXPECT_EQ(built.exit_code, 0) << built.err;
  EXPECT_TRUE(std::filesystem::is_regular_file(box_ / "artifact/artifact.toml"));
  const auto score = box_.mtc({"evaluate", "artifact", "--data", "data.toml", "-o", "score.json", "--json"});
  EXPECT_EQ(score.exit_code, 0) << score.err;
  EXPECT_TRUE(stage_of(score.json(), "evaluate")["metrics"]["top1"].is_number());
  EXPECT_TRUE(Json::parse(read_file(box_ / "score.json")).is_object());
  const auto speed = box_.mtc({"bench", "artifact", "--warmup-seconds", "0", "--min-seconds", "0",
                               "--min-runs", "5", "-o", "speed.json", "--json"});
  EXPECT_EQ(speed.exit_code, 0) << speed.err;
  EXPECT_GT(stage_of(speed.json(), "bench")["metrics"]["latency_p50_ms"].get<double>(), 0);
  EXPECT_TRUE(Json::parse(read_file(box_ / "speed.json")).is_object());
}

TEST_F(OneShot, RefusesToReplaceAFileWithoutForce) {
  box_.write("out.onnx", "mine");
  const auto refused = box_.mtc({"sparsify", "model.onnx", "-o", "out.onnx"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("out.onnx' exists"));
  EXPECT_THAT(refused.err, HasSubstr("--force"));
  EXPECT_EQ(read_file(box_ / "out.onnx"), "mine");
  EXPECT_EQ(box_.mtc({"sparsify", "model.onnx", "-o", "out.onnx", "--force"}).exit_code, 0);
  EXPECT_NE(read_file(box_ / "out.onnx"), "mine");
}

TEST_F(OneShot, NamesTheOutputAfterModelVerbAndTarget) {
  ASSERT_EQ(box_.mtc({"sparsify", "model.onnx"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(box_ / "model.sparsify.onnx"));
  ASSERT_EQ(box_.mtc({"compile", "model.onnx", "--target", "cpu.portable"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(box_ / "model.compile.cpu.portable/artifact.toml"));
}

TEST_F(OneShot, PrintsThePipelineThatItStandsFor) {
  const std::vector<std::string> verb{
      "sparsify", "model.onnx",     "--pattern", "2:4", "--skip", "stem.weight", "stage1.0.conv1.weight",
      "--gate",   "sparsity >= 0.1"};
  auto printing = verb;
  printing.emplace_back("--emit-toml");
  const auto printed = box_.mtc(printing);
  ASSERT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_TRUE(!std::filesystem::exists(box_ / "model.sparsify.onnx"));
  auto running = verb;
  running.insert(running.end(), {"--json", "-o", "out.onnx"});
  const auto direct = stage_of(box_.mtc(running).json(), "sparsify");
  EXPECT_EQ(direct["status"], "ran");
  const auto piped = stage_of(box_.run(printed.out).json(), "sparsify");
  EXPECT_EQ(piped["status"], "hit");
  ASSERT_EQ(piped["actions"].size(), 1U);
  EXPECT_EQ(piped["actions"][0]["kind"], "stage");
  EXPECT_EQ(piped["actions"][0]["status"], "hit");
  EXPECT_EQ(piped["actions"][0]["key"], direct["actions"][0]["key"]);
  EXPECT_EQ(piped["gates"].size(), 1U);
}

TEST_F(OneShot, PrintsThePipelineOfASession) {
  make_data();
  const std::vector<std::string> verb{"evaluate", "artifact", "--data", "data.toml"};
  ASSERT_EQ(box_.mtc({"compile", "model.onnx", "--target", "cpu.portable", "-o", "artifact"}).exit_code, 0);
  const auto printed = box_.mtc({"evaluate", "artifact", "--data", "data.toml", "--emit-toml"});
  ASSERT_EQ(printed.exit_code, 0) << printed.err;
  const auto direct =
      stage_of(box_.mtc({"evaluate", "artifact", "--data", "data.toml", "--json"}).json(), "evaluate");
  const auto piped = stage_of(box_.run(printed.out).json(), "evaluate");
  EXPECT_EQ(piped["status"], "hit");
  ASSERT_EQ(piped["actions"].size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(piped["actions"][i]["key"], direct["actions"][i]["key"]);
}

/// A second network of the same shape, and the artifacts of both: `one` and `two`.
void build_two(Sandbox& box) {
  const auto made =
      box.mtc({"train.init", "--width", "2", "--stages", "2", "--seed", "7", "-o", "other.onnx"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  for (const auto& [model, artifact] : {std::pair("model.onnx", "one"), std::pair("other.onnx", "two")}) {
    const auto built = box.mtc({"compile", model, "--target", "cpu.portable", "-o", artifact});
    EXPECT_EQ(built.exit_code, 0) << built.err;
  }
}

TEST_F(OneShot, AgreementComparesTwoModelsAndNeverOneWithItself) {
  make_data();
  build_two(box_);
  const auto help = box_.mtc({"evaluate.agreement", "--help"});
  EXPECT_THAT(help.out, HasSubstr("--baseline"));
  EXPECT_EQ(help.out.find("artifact artifact"), std::string::npos);
  const auto alone = box_.mtc({"evaluate.agreement", "one", "--data", "data.toml"});
  EXPECT_EQ(alone.exit_code, 2);
  EXPECT_THAT(alone.err, HasSubstr("--baseline"));
  const auto two = box_.mtc({"evaluate.agreement", "one", "--data", "data.toml", "--baseline", "two",
                             "--gate", "sqnr_db >= 100", "--json"});
  EXPECT_EQ(two.exit_code, 4) << two.err;
  EXPECT_LT(stage_of(two.json(), "evaluate")["metrics"]["sqnr_db"].get<double>(), 100);
  const auto same =
      box_.mtc({"evaluate.agreement", "one", "--data", "data.toml", "--baseline", "one", "--json"});
  EXPECT_EQ(stage_of(same.json(), "evaluate")["metrics"]["agreement"], 1.0);
}

TEST_F(OneShot, TakesTheRunParametersOfTheArtifactsTarget) {
  make_data();
  ASSERT_EQ(box_.mtc({"compile", "model.onnx", "--target", "onnxruntime", "-o", "ort"}).exit_code, 0);
  ASSERT_EQ(box_.mtc({"compile", "model.onnx", "--target", "cpu.portable", "-o", "c"}).exit_code, 0);
  const auto score = [&](const std::string& artifact, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"evaluate", artifact, "--data", "data.toml", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return box_.mtc(arguments);
  };
  const auto predict = [](const Outcome& outcome) {
    return stage_of(outcome.json(), "evaluate")["actions"][0]["key"];
  };
  const auto plain = score("ort", {});
  const auto saturating = score("ort", {"--integers", "saturating"});
  ASSERT_EQ(saturating.exit_code, 0) << saturating.err;
  EXPECT_NE(predict(plain), predict(saturating));
  EXPECT_EQ(predict(plain), predict(score("ort", {"--integers", "artifact"})));
  const auto choice = score("ort", {"--integers", "saturatin"});
  EXPECT_EQ(choice.exit_code, 2);
  EXPECT_THAT(choice.err, HasSubstr("at --integers\n"));
  EXPECT_THAT(choice.err, HasSubstr("did you mean \"saturating\"?"));
  const auto other = score("c", {"--integers", "saturating"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("target 'cpu.portable' has no run parameter 'integers'"));
  EXPECT_THAT(other.err, HasSubstr("it is a parameter of onnxruntime"));
  const auto help = box_.mtc({"bench", "--help"});
  EXPECT_THAT(help.out, HasSubstr("For the target onnxruntime:"));
  EXPECT_THAT(help.out, HasSubstr("--integers"));
}

TEST_F(OneShot, RefusesACompileFlagOfAnotherTarget) {
  const auto outcome =
      box_.mtc({"compile", "model.onnx", "--target", "cpu.portable", "--no-exact", "-o", "a"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("at --exact\n"));
  EXPECT_THAT(outcome.err, HasSubstr("it is a parameter of onnxruntime"));
  EXPECT_THAT(box_.mtc({"compile", "--help"}).out, HasSubstr("For the target onnxruntime:"));
}

TEST_F(OneShot, NamesTheFlagThatIsWrong) {
  make_data();
  build_two(box_);
  const std::map<std::string, std::vector<std::string>> wrong{
      {"at --target\n", {"compile", "model.onnx", "--target", "cpu.portabel"}},
      {"at --gate\n", {"sparsify", "model.onnx", "--gate", "sparsty >= 1"}},
      {"at --preprocess\n",
       {"evaluate", "one", "--data", "mtc-out/images/tensors/images.npy", "--labels",
        "mtc-out/images/tensors/labels.npy", "--preprocess", "imagent"}},
      {"at --data\n", {"evaluate", "one", "--data", "mtc-out/images/tensors/images.npy"}},
      {"at --baseline\n", {"evaluate", "one", "--data", "data.toml", "--baseline", "gone.onnx"}},
      {"at model\n", {"sparsify", "gone.onnx"}}};
  for (const auto& [place, arguments] : wrong) {
    const auto outcome = box_.mtc(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << place;
    EXPECT_THAT(outcome.err, HasSubstr(place)) << outcome.err;
  }
}

TEST_F(OneShot, AGateSetsTheExitCode) {
  EXPECT_EQ(box_.mtc({"sparsify", "model.onnx", "-o", "a.onnx", "--gate", "sparsity >= 0.4"}).exit_code, 0);
  EXPECT_EQ(box_.mtc({"sparsify", "model.onnx", "-o", "b.onnx", "--gate", "sparsity >= 0.9"}).exit_code, 4);
}

TEST_F(OneShot, ChecksAParameterAgainstItsRange) {
  const auto outcome = box_.mtc({"sparsify", "model.onnx", "--sparsity", "1.5"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--sparsity"));
  EXPECT_THAT(outcome.err, HasSubstr("0..1"));
}

TEST_F(OneShot, SaysThatTheModelIsMissing) {
  const auto outcome = box_.mtc({"sparsify", "gone.onnx"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("gone.onnx' does not exist"));
}

TEST_F(OneShot, DeploySaysThatTheModelIsMissing) {
  const auto outcome = box_.mtc({"deploy", "gone.onnx", "--float"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("the model 'gone.onnx' does not exist\n  at model"));
}

TEST_F(OneShot, DeployPacksTheArtifactWithItsManifest) {
  const auto outcome =
      box_.mtc({"deploy", "model.onnx", "--float", "--target", "cpu.portable", "-o", "package"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(Json::parse(read_file(box_ / "package/manifest.json")).is_object());
}

TEST_F(OneShot, DeployEvaluatesOnSamplesThatDidNotCalibrate) {
  make_data();  // 20 samples.
  const std::vector<std::string> deploy{"deploy",       "model.onnx", "--target",
                                        "cpu.portable", "--data",     "data.toml"};
  const auto with = [&](const std::vector<std::string>& more) {
    auto arguments = deploy;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  const auto whole = box_.mtc(deploy);
  EXPECT_EQ(whole.exit_code, 2);
  EXPECT_THAT(whole.err, HasSubstr("has 20 samples: with 256 to calibrate none is left to evaluate"));
  EXPECT_THAT(whole.err, HasSubstr("--calib-samples"));
  const auto split = box_.mtc(with({"--calib-samples", "8", "--emit-toml"}));
  EXPECT_EQ(split.exit_code, 0) << split.err;
  EXPECT_THAT(split.out, HasSubstr("[data.calib]\nfrom = \"data\"\nseed = 0\ntake = 8\n"));
  EXPECT_THAT(split.out, HasSubstr("[data.held_out]\nfrom = \"data\"\nseed = 0\nskip = 8\n"));
  EXPECT_THAT(split.out, HasSubstr("data = \"held_out\""));
  EXPECT_THAT(split.err, HasSubstr("calibrating on 8 samples of --data"));
  const auto same = box_.mtc(with({"--calib", "data.toml", "--emit-toml"}));
  EXPECT_EQ(same.exit_code, 0) << same.err;
  EXPECT_THAT(same.out, HasSubstr("artifact = \"build.artifact\"\ndata = \"data\""));
  EXPECT_EQ(same.out.find("held_out"), std::string::npos);
  const auto as_it_is = box_.mtc(with({"--float", "--emit-toml"}));
  EXPECT_EQ(as_it_is.out.find("held_out"), std::string::npos);
  EXPECT_EQ(box_.mtc(with({"--calib", "data.toml", "--calib-samples", "8"})).exit_code, 2);
  if (!has_plugin("quantize.so") || !has_plugin("reference.so")) GTEST_SKIP() << "built without libtorch";
  const auto report = box_.mtc(with({"--calib-samples", "8", "-o", "package", "--json"}));
  EXPECT_EQ(report.exit_code, 0) << report.err;
  EXPECT_EQ(Json::parse(read_file(box_ / "package/report.json"))["samples"], 12);
  EXPECT_EQ(stage_of(report.json(), "build")["outputs"]["artifact"]["path"], (box_ / "package").string());
}

TEST_F(OneShot, DeployPacksNothingWhenItsGateFails) {
  make_data();
  const auto deploy = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"deploy",       "model.onnx", "--float", "--target",
                                       "cpu.portable", "-o",         "package", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return box_.mtc(arguments);
  };
  const auto without = deploy({"--gate", "top1 >= 0.5"});
  EXPECT_EQ(without.exit_code, 2);
  EXPECT_THAT(without.err, HasSubstr("--data"));
  if (!has_plugin("reference.so")) GTEST_SKIP() << "built without libtorch";  // It runs the float baseline.
  const auto unknown = deploy({"--data", "data.toml", "--gate", "top2 >= 0.5"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'top1'?"));
  const auto failed = deploy({"--data", "data.toml", "--gate", "top1 >= 0", "--gate", "top1 > 1"});
  EXPECT_EQ(failed.exit_code, 4) << failed.err;
  EXPECT_THAT(failed.err, HasSubstr("gate failed: top1 > 1"));
  EXPECT_EQ(statuses_of(failed.json())["package"], "skipped");
  EXPECT_FALSE(std::filesystem::exists(box_ / "package"));
  const auto passed = deploy({"--data", "data.toml", "--gate", "top1 >= 0"});
  EXPECT_EQ(passed.exit_code, 0) << passed.err;
  EXPECT_TRUE(std::filesystem::exists(box_ / "package/manifest.json"));
}

TEST_F(OneShot, FindsAnOutputOfAnotherKindBeforeAnythingRuns) {
  std::filesystem::create_directory(box_ / "folder");
  box_.write("folder/mine", "mine");
  box_.write("file", "mine");
  const auto before = box_.stored();
  const auto folder = box_.mtc({"sparsify", "model.onnx", "-o", "folder", "--force"});
  EXPECT_EQ(folder.exit_code, 2);
  EXPECT_THAT(folder.err, HasSubstr("folder' is a folder, but the output 'model' is a file"));
  const auto file = box_.mtc({"compile", "model.onnx", "--target", "cpu.portable", "-o", "file", "--force"});
  EXPECT_EQ(file.exit_code, 2);
  EXPECT_THAT(file.err, HasSubstr("file' is a file, but the output 'artifact' is a folder"));
  EXPECT_EQ(box_.stored(), before);
  EXPECT_EQ(read_file(box_ / "folder/mine"), "mine");
  EXPECT_EQ(read_file(box_ / "file"), "mine");
}

TEST_F(OneShot, FindsMissingLabelsBeforeAnythingRuns) {
  make_data();
  build_two(box_);
  const auto before = box_.stored();
  const auto outcome =
      box_.mtc({"evaluate", "one", "--data", "mtc-out/images/tensors/images.npy", "--preprocess", "unit"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("needs labels, but dataset 'data' has none"));
  EXPECT_THAT(outcome.err, HasSubstr("--labels"));
  EXPECT_EQ(box_.stored(), before);
}

TEST_F(OneShot, FindsATargetWithoutASchemeBeforeAnythingRuns) {
  if (!has_plugin("quantize.so") || !has_plugin("reference.so")) GTEST_SKIP() << "built without libtorch";
  make_data();
  const auto before = box_.stored();
  for (const std::string verb : {"quantize", "deploy"}) {
    std::vector<std::string> arguments{verb, "model.onnx", "--data", "data.toml", "--target", "reference"};
    if (verb == "deploy") arguments.insert(arguments.end(), {"--calib-samples", "8"});
    const auto outcome = box_.mtc(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << verb;
    EXPECT_THAT(outcome.err, HasSubstr("target 'reference' says nothing of [quant]")) << verb;
    EXPECT_THAT(outcome.err, HasSubstr("cpu.portable")) << verb;
  }
  EXPECT_EQ(box_.stored(), before);
}

TEST_F(OneShot, FindsAnOutputThatCannotBeWrittenBeforeAnythingRuns) {
  box_.write("file", "mine");
  const auto before = box_.stored();
  const auto outcome = box_.mtc({"sparsify", "model.onnx", "-o", "file/out.onnx"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("file' is a file, not a folder"));
  EXPECT_THAT(outcome.err, HasSubstr("--output"));
  EXPECT_EQ(box_.stored(), before);
}

}  // namespace
}  // namespace mtc::test
