// SPDX-License-Identifier: Apache-2.0
//
// compile, predict and measure with targets whose results are known: row sums, and a sleep of 5 ms.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/host/run_action.hpp"
#include "mtc/npy.hpp"
#include "tests/unit/core/host/fixture.hpp"

namespace mtc::host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Json kComparison = {{"name", "slow"},
                          {"summary", "four idle milliseconds"},
                          {"params", {{"milliseconds", 1}}},
                          {"cpu_flags", {"no_such_flag"}}};

class ActionsTest : public testing::Test {
 protected:
  Result<void> compile(const std::string& plugin, const std::string& target) {
    Json spec = test::target_specification(folder_, "compile", plugin, target);
    spec["params"] = {{"milliseconds", 5}};  // Of sleep5.
    spec["inputs"] = {
        {{"name", "model"}, {"type", "model"}, {"path", folder_.write("model.onnx", "m").string()}}};
    spec["outputs"] = {{{"name", "artifact"}, {"type", "artifact"}, {"path", artifact()}, {"folder", true}}};
    return run_action(spec, frames_, cancel_);
  }
  /// Sample i is {i, 10 i, 100}: its row sum is 11 i + 100.
  Json samples(std::int64_t count, std::int64_t width = 3) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto x = static_cast<float>(i);
      const std::vector<float> row{x, 10 * x, 100, 0};
      values.insert(values.end(), row.begin(), row.begin() + width);
    }
    const std::string path = (folder_ / "data.npy").string();
    EXPECT_TRUE(npy::save(path, {MTC_KIND_FLOAT, 32, 0}, std::vector<std::int64_t>{count, width},
                          std::as_bytes(std::span(values))));
    return {{"name", "data"}, {"type", "dataset"}, {"digest", "d1"}, {"dataset", {{"inputs", {path}}}}};
  }
  Json artifact_input() { return {{"name", "artifact"}, {"type", "artifact"}, {"path", artifact()}}; }
  Result<void> predict(const std::string& target, const Json& data, std::int64_t batch = 0) {
    MTC_TRY(compile("rows", target));
    Json spec = test::target_specification(folder_, "predict", "rows", target);
    spec["params"] = {{"batch", batch}, {"threads", 1}};
    spec["inputs"] = {artifact_input(), data};
    spec["outputs"] = {
        {{"name", "predictions"}, {"type", "predictions"}, {"path", result()}, {"folder", true}}};
    return run_action(spec, frames_, cancel_);
  }
  Json measure_specification(const std::string& plugin, const std::string& target) {
    Json spec = test::target_specification(folder_, "measure", plugin, target);
    spec["params"] = {
        {"warmup_seconds", 0.02}, {"min_seconds", 0.05}, {"min_runs", 20}, {"batch", 1}, {"seed", 0},
        {"threads", 1},           {"milliseconds", 5}};
    spec["inputs"] = {artifact_input()};
    spec["outputs"] = {{{"name", "timings"}, {"type", "timings"}, {"path", result()}, {"folder", true}}};
    return spec;
  }
  std::vector<float> predictions(const std::string& file, std::vector<std::int64_t>* shape = nullptr) {
    const auto array = npy::load(result() + "/" + file);
    EXPECT_TRUE(array) << file;
    if (!array) return {};
    if (shape != nullptr) *shape = array->header.shape;
    const auto values = array->values<float>();
    return {values.begin(), values.end()};
  }
  [[nodiscard]] std::string artifact() const { return (folder_ / "artifact").string(); }
  [[nodiscard]] std::string result() const { return (folder_ / "result").string(); }

  test::TempDir folder_;
  test::FrameList frames_;
  Cancel cancel_;
};

void expect_row_sums(const std::vector<float>& sums, std::size_t count) {
  ASSERT_EQ(sums.size(), count);
  for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(sums[i], 11.0F * static_cast<float>(i) + 100.0F) << i;
}

TEST_F(ActionsTest, CompileDescribesTheArtifact) {
  ASSERT_TRUE(compile("rows", "rows.quantized"));
  EXPECT_EQ(
      test::read_file(artifact() + "/artifact.toml"),
      "target = \"rows.quantized\"\nplugin = \"rows\"\nentry = \"variant.txt\"\nscheme = \"float\"\nsource = "
      "\"" +
          std::string(64, 'a') +
          "\"\nbatch = 0\n"
          "\n[[input]]\nname = \"x\"\ntype = \"uint8\"\nshape = [-1,3]\nscale = 0.5\nzero_point = 10\n"
          "\n[[output]]\nname = \"sum\"\ntype = \"float32\"\nshape = [-1,1]\nscale = 0.0\nzero_point = 0\n"
          "\n[[output]]\nname = \"twice\"\ntype = \"int8\"\nshape = [-1,3]\nscale = 0.25\nzero_point = -1\n");
}

TEST_F(ActionsTest, CompileTellsTheFixedBatch) {
  ASSERT_TRUE(compile("rows", "rows.fixed4"));
  EXPECT_THAT(test::read_file(artifact() + "/artifact.toml"), HasSubstr("\nbatch = 4\n"));
}

TEST_F(ActionsTest, CompileBlamesATargetThatNamesNoEntry) {
  const auto compiled = compile("rows", "rows.no_entry");
  ASSERT_FALSE(compiled);
  EXPECT_EQ(compiled.error().message, "compile did not set the property entry");
  EXPECT_TRUE(compiled.error().plugin_fault);
}

TEST_F(ActionsTest, PredictsInOrderWithALastPartialBatch) {
  ASSERT_TRUE(predict("rows.any", samples(70)));
  std::vector<std::int64_t> shape;
  expect_row_sums(predictions("predictions.npy", &shape), 70);
  EXPECT_THAT(shape, ElementsAre(70, 1));
  const auto twice = predictions("predictions_1.npy", &shape);
  EXPECT_THAT(shape, ElementsAre(70, 3));
  EXPECT_EQ(twice[69 * 3 + 1], 1380.0F);
  const Json document = Json::parse(test::read_file(result() + "/predictions.json"));
  EXPECT_EQ(document["dataset"], "d1");
  EXPECT_EQ(document["samples"], 70);
  EXPECT_EQ(document["outputs"][1], Json({{"name", "twice"}, {"file", "predictions_1.npy"}}));
}

TEST_F(ActionsTest, PredictsTheSameWithAnyBatch) {
  for (const std::int64_t batch : {1, 7, 10, 64}) {
    ASSERT_TRUE(predict("rows.any", samples(10), batch));
    expect_row_sums(predictions("predictions.npy"), 10);
  }
}

TEST_F(ActionsTest, PadsTheLastRunOfAFixedBatch) {
  ASSERT_TRUE(predict("rows.fixed4", samples(10)));
  expect_row_sums(predictions("predictions.npy"), 10);
  EXPECT_EQ(predictions("predictions_1.npy").size(), 30U);
}

TEST_F(ActionsTest, RefusesAnotherBatchThanTheFixedOne) {
  const auto predicted = predict("rows.fixed4", samples(10), 8);
  ASSERT_FALSE(predicted);
  EXPECT_EQ(predicted.error().message, "batch is 8, but the model takes exactly 4");
}

TEST_F(ActionsTest, QuantizesInputsAndDequantizesOutputs) {
  // x = 0, 0 and 100 are exact at scale 0.5; 100 saturates nothing (210); twice = 200 does in int8 (as
  // stored).
  ASSERT_TRUE(predict("rows.quantized", samples(2)));
  const auto sums = predictions("predictions.npy");
  EXPECT_THAT(sums, ElementsAre(100, 111));
  const auto twice = predictions("predictions_1.npy");
  EXPECT_EQ(twice[3], 2.0F);
  EXPECT_EQ(twice[4], 20.0F);
}

TEST_F(ActionsTest, WarnsOfValuesThatAreNotNumbers) {
  ASSERT_TRUE(predict("rows.unwritten", samples(5)));
  const auto logs = frames_.of_type("log");
  ASSERT_EQ(logs.size(), 1U);
  EXPECT_EQ(logs[0]["level"], "warning");
  EXPECT_EQ(logs[0]["text"], "output twice holds 15 NaN values");
}

TEST_F(ActionsTest, NamesBothShapesThatDiffer) {
  const auto predicted = predict("rows.any", samples(5, 2));
  ASSERT_FALSE(predicted);
  EXPECT_EQ(predicted.error().code, Code::invalid_argument);
  EXPECT_EQ(predicted.error().message, "the model's input x is [?, 3], the samples are [2]");
  EXPECT_THAT(predicted.error().where, HasSubstr("data.npy"));
}

TEST_F(ActionsTest, RefusesTokensForAFloatModel) {
  const std::string path = (folder_ / "tokens.npy").string();
  const std::vector<std::int64_t> tokens{1, 2, 3};
  ASSERT_TRUE(npy::save(path, {MTC_KIND_INT, 64, 0}, std::vector<std::int64_t>{1, 3},
                        std::as_bytes(std::span(tokens))));
  const auto predicted = predict(
      "rows.any", {{"name", "data"}, {"type", "dataset"}, {"digest", ""}, {"dataset", {{"inputs", {path}}}}});
  ASSERT_FALSE(predicted);
  EXPECT_EQ(predicted.error().message,
            "the model's input x is of type float32, the samples are of type int64");
}

TEST_F(ActionsTest, RefusesAModelWithTwoInputs) {
  const auto predicted = predict("rows.two_inputs", samples(5));
  ASSERT_FALSE(predicted);
  EXPECT_EQ(predicted.error().message, "the model has 2 inputs (x, y), a dataset fills one");
}

TEST_F(ActionsTest, RefusesAnOutputWithoutRows) {
  const auto predicted = predict("rows.scalar", samples(5));
  ASSERT_FALSE(predicted);
  EXPECT_THAT(predicted.error().message, HasSubstr("the output sum is [] for a batch of 5"));
}

TEST_F(ActionsTest, BlamesATargetForAShapeThatIsNotFinite) {
  const auto predicted = predict("rows.bad_shape", samples(5));
  ASSERT_FALSE(predicted);
  EXPECT_EQ(predicted.error().where, "output sum");
  EXPECT_TRUE(predicted.error().plugin_fault);
}

TEST_F(ActionsTest, MeasuresAtLeastTheRunsAndTheTimeAskedFor) {
  ASSERT_TRUE(compile("sleep5", "sleep5"));
  ASSERT_TRUE(run_action(measure_specification("sleep5", "sleep5"), frames_, cancel_));
  const auto array = npy::load(result() + "/timings.npy");
  ASSERT_TRUE(array);
  ASSERT_GE(array->header.shape.at(0), 20);
  EXPECT_EQ(array->header.shape.at(1), 2);
  const auto stamps = array->values<std::int64_t>();
  for (std::size_t i = 0; i + 1 < stamps.size(); i += 2) {
    ASSERT_GE(stamps[i + 1] - stamps[i], 5'000'000);
    ASSERT_TRUE(i == 0 || stamps[i] >= stamps[i - 1]);  // a run starts after the one before
  }
  EXPECT_GE(stamps[stamps.size() - 1] - stamps[0], 50'000'000);
}

TEST_F(ActionsTest, TellsWhatWasMeasured) {
  ASSERT_TRUE(compile("sleep5", "sleep5"));
  ASSERT_TRUE(run_action(measure_specification("sleep5", "sleep5"), frames_, cancel_));
  const Json about = Json::parse(test::read_file(result() + "/timings.json"));
  EXPECT_EQ(about["batch"], 1);
  EXPECT_EQ(about["threads"], 1);
  EXPECT_GE(about["warmup_runs"], 1);
  EXPECT_EQ(about["artifact_bytes"], 5);  // "5 ms\n", the entry
  EXPECT_FALSE(about["cpu_model"].get<std::string>().empty());
  EXPECT_FALSE(about["cpu_flags"].empty());
}

TEST_F(ActionsTest, MeasuresWhatASettingCostsSideBySide) {
  ASSERT_TRUE(compile("sleep5", "sleep5"));
  Json spec = measure_specification("sleep5", "sleep5");
  spec["compare"] = kComparison;
  ASSERT_TRUE(run_action(spec, frames_, cancel_));
  const auto with = npy::load(result() + "/timings.npy");
  const auto without = npy::load(result() + "/timings_compare.npy");
  ASSERT_TRUE(with);
  ASSERT_TRUE(without);
  EXPECT_GE(with->header.shape.at(0), 20);
  EXPECT_GE(without->header.shape.at(0), 20);
  const auto slow = with->values<std::int64_t>();
  const auto fast = without->values<std::int64_t>();
  for (std::size_t i = 0; i + 1 < slow.size(); i += 2) EXPECT_GE(slow[i + 1] - slow[i], 5'000'000);
  std::vector<std::int64_t> durations;
  for (std::size_t i = 0; i + 1 < fast.size(); i += 2) durations.push_back(fast[i + 1] - fast[i]);
  EXPECT_GE(*std::ranges::min_element(durations), 1'000'000);
  EXPECT_LT(*std::ranges::min_element(durations), 5'000'000);
  EXPECT_LT(fast.front(), slow.back()) << "the two take turns";
  EXPECT_LT(slow.front(), fast.back());
  const Json about = Json::parse(test::read_file(result() + "/timings.json"))["compare"];
  EXPECT_EQ(about["summary"], "four idle milliseconds");
  EXPECT_EQ(about["params"], Json({{"milliseconds", 1}}));
  EXPECT_EQ(about["cpu_lacks"], Json({"no_such_flag"}));
}

TEST_F(ActionsTest, ComparesNothingForAnArtifactWithoutTheSetting) {
  ASSERT_TRUE(compile("rows", "rows.any"));
  Json spec = measure_specification("rows", "rows.any");
  spec["compare"] = kComparison;
  ASSERT_TRUE(run_action(spec, frames_, cancel_));
  EXPECT_FALSE(std::filesystem::exists(result() + "/timings_compare.npy"));
  EXPECT_FALSE(Json::parse(test::read_file(result() + "/timings.json")).contains("compare"));
}

TEST_F(ActionsTest, MeasuresOnDataWhenItIsGiven) {
  ASSERT_TRUE(compile("rows", "rows.any"));
  Json spec = measure_specification("rows", "rows.any");
  spec["inputs"].push_back(samples(5));
  EXPECT_TRUE(run_action(spec, frames_, cancel_));
  spec["inputs"].back() = samples(5, 2);
  EXPECT_FALSE(run_action(spec, frames_, cancel_));
}

TEST_F(ActionsTest, MeasuresWithTheModelsBatch) {
  ASSERT_TRUE(compile("rows", "rows.fixed4"));
  Json spec = measure_specification("rows", "rows.fixed4");
  spec["params"]["batch"] = 0;
  ASSERT_TRUE(run_action(spec, frames_, cancel_));
  EXPECT_EQ(Json::parse(test::read_file(result() + "/timings.json"))["batch"], 4);
}

TEST_F(ActionsTest, StopsMeasuringOnACancel) {
  ASSERT_TRUE(compile("sleep5", "sleep5"));
  cancel_.request();
  const auto measured = run_action(measure_specification("sleep5", "sleep5"), frames_, cancel_);
  ASSERT_FALSE(measured);
  EXPECT_EQ(measured.error().code, Code::cancelled);
}

TEST_F(ActionsTest, RefusesAPluginWithoutTheInterface) {
  Json spec = test::target_specification(folder_, "stage", "rows", "convert.rows");
  const auto ran = run_action(spec, frames_, cancel_);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().message, "the plugin has no interface mtc.stage/1");
}

}  // namespace
}  // namespace mtc::host
