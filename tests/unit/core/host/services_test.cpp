// SPDX-License-Identifier: Apache-2.0
//
// The host services, called through the SDK's wrapper as plugins call them.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/host/host.hpp"
#include "mtc/npy.hpp"
#include "mtc/plugin.hpp"
#include "tests/unit/core/host/fixture.hpp"

namespace mtc::host {
namespace {

using testing::HasSubstr;

class ServicesTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::vector<float> samples{0, 1, 2, 3, 4, 5};
    const std::vector<std::int64_t> labels{7, 8, 9};
    const std::string data = (folder_ / "x.npy").string();
    const std::string label_file = (folder_ / "l.npy").string();
    ASSERT_TRUE(npy::save(data, {MTC_KIND_FLOAT, 32, 0}, std::vector<std::int64_t>{3, 2},
                          std::as_bytes(std::span(samples))));
    ASSERT_TRUE(npy::save(label_file, {MTC_KIND_INT, 64, 0}, std::vector<std::int64_t>{3},
                          std::as_bytes(std::span(labels))));
    const Json json{{"kind", "stage"},
                    {"plugin", "/plugins/demo.so"},
                    {"name", "quantize.demo"},
                    {"params",
                     {{"bits", 8},
                      {"ratio", 1.0},
                      {"mode", "mse"},
                      {"fast", true},
                      {"names", {"a", "b"}},
                      {"none", Json::array()}}},
                    {"target", {{"target.quant.scheme", "s/1"}, {"target.memory.kib", 64}}},
                    {"inputs",
                     {{{"name", "model"}, {"type", "model"}, {"path", "/m.onnx"}},
                      {{"name", "other"}, {"type", "model"}, {"path", "/a.onnx"}},
                      {{"name", "other"}, {"type", "model"}, {"path", "/b.onnx"}},
                      {{"name", "data"},
                       {"type", "dataset"},
                       {"dataset", {{"inputs", {data}}, {"labels", {label_file}}, {"classes", 10}}}}}},
                    {"outputs", {{{"name", "model"}, {"type", "model"}, {"path", "/out.onnx"}}}},
                    {"metrics", {"sqnr_db"}},
                    {"dependencies", {{"sh", "/bin/sh"}, {"lib.so.1", "/lib/lib.so.1"}}},
                    {"scratch", folder_.path().string()}};
    auto spec = ActionSpec::parse(json);
    ASSERT_TRUE(spec) << spec.error().message;
    spec_ = *std::move(spec);
  }
  test::TempDir folder_;
  ActionSpec spec_;
  test::FrameList frames_;
  Cancel cancel_;
  Host host_{spec_, frames_, cancel_};
  sdk::Host plugin_{host_.raw()};
};

TEST_F(ServicesTest, GiveParametersByTheirExactType) {
  EXPECT_EQ(*plugin_.integer("bits"), 8);
  EXPECT_EQ(*plugin_.number("ratio"), 1.0);
  EXPECT_EQ(*plugin_.text("mode"), "mse");
  EXPECT_TRUE(*plugin_.boolean("fast"));
  EXPECT_EQ(*plugin_.texts("names"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(plugin_.texts("none")->empty());
}

TEST_F(ServicesTest, BlameThePluginForAnotherType) {
  const auto asked = plugin_.number("bits");
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code, Code::invalid_argument);
  EXPECT_EQ(asked.error().message, "the parameter bits was read as float, but it is 8");
  EXPECT_EQ(asked.error().where, "demo, quantize.demo");
  EXPECT_TRUE(asked.error().plugin_fault);
  EXPECT_FALSE(plugin_.integer("ratio"));
  EXPECT_FALSE(plugin_.boolean("bits"));
  EXPECT_FALSE(plugin_.text("bits"));
}

TEST_F(ServicesTest, BlameThePluginForAnUndeclaredParameter) {
  const auto asked = plugin_.integer("bitz");
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().message, "the parameter \"bitz\" is read but not declared");
  EXPECT_THAT(asked.error().hint, HasSubstr("did you mean \"bits\"?"));
  EXPECT_TRUE(asked.error().plugin_fault);
}

TEST_F(ServicesTest, RefuseAValuePastTheEndOfAList) {
  const auto asked = plugin_.integer("bits", 1);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code, Code::out_of_range);
}

TEST_F(ServicesTest, GiveTheTargetsDocument) {
  EXPECT_EQ(*plugin_.text("target.quant.scheme"), "s/1");
  EXPECT_EQ(*plugin_.integer("target.memory.kib"), 64);
  EXPECT_EQ(*plugin_.number("target.memory.kib"), 64.0);
  const auto asked = plugin_.text("target.build.flags");
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code, Code::not_found);
}

TEST_F(ServicesTest, GivePathsOfInputsAndOutputs) {
  EXPECT_EQ(*plugin_.input("model"), "/m.onnx");
  EXPECT_EQ(*plugin_.input("other", 1), "/b.onnx");
  EXPECT_EQ(*plugin_.input_count("other"), 2U);
  EXPECT_EQ(*plugin_.input_count("baseline"), 0U);
  EXPECT_EQ(*plugin_.output("model"), "/out.onnx");
  EXPECT_EQ(*plugin_.scratch(), folder_.path().string());
  EXPECT_EQ(*plugin_.dependency("lib.so.1"), "/lib/lib.so.1");
}

TEST_F(ServicesTest, RefusePathsThatAreNotThere) {
  EXPECT_EQ(plugin_.input("baseline").error().code, Code::not_found);
  EXPECT_THAT(plugin_.input("data").error().message, HasSubstr("is a dataset and has no path"));
  EXPECT_TRUE(plugin_.output("report").error().plugin_fault);
  EXPECT_EQ(plugin_.dependency("libother.so").error().code, Code::not_found);
}

TEST_F(ServicesTest, GiveDatasets) {
  const auto info = plugin_.dataset("data");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->samples, 3U);
  EXPECT_EQ(info->classes, 10U);
  EXPECT_TRUE(info->has_labels);
  EXPECT_EQ(info->shape, (std::vector<std::int64_t>{2}));
  std::vector<float> values(4);
  const std::vector<std::uint64_t> indices{2, 0};
  ASSERT_TRUE(plugin_.read("data", indices, std::as_writable_bytes(std::span(values))));
  EXPECT_EQ(values, (std::vector<float>{4, 5, 0, 1}));
  EXPECT_EQ(*plugin_.labels("data", indices), (std::vector<std::int64_t>{9, 7}));
  auto order = *plugin_.order("data", 3);
  std::sort(order.begin(), order.end());
  EXPECT_EQ(order, (std::vector<std::uint64_t>{0, 1, 2}));
  EXPECT_EQ(plugin_.dataset("model").error().code, Code::not_found);
}

TEST_F(ServicesTest, FillOnlyTheFieldsThatACallerKnows) {
  mtc_dataset_info info{};
  info.struct_size = offsetof(mtc_dataset_info, classes);
  info.classes = 77;
  const auto* data =
      static_cast<const mtc_dataset_v1*>(host_.raw()->service(host_.raw(), abi("mtc.dataset/1")));
  ASSERT_EQ(data->info(host_.raw(), abi("data"), &info), MTC_OK);
  EXPECT_EQ(info.samples, 3U);
  EXPECT_EQ(info.classes, 77U);
  EXPECT_EQ(info.struct_size, offsetof(mtc_dataset_info, classes));
}

TEST_F(ServicesTest, ReportMetricsThatAreDeclaredAndFinite) {
  EXPECT_TRUE(plugin_.metric("sqnr_db", 42.5));
  EXPECT_EQ(frames_.of_type("metric").at(0),
            Json({{"type", "metric"}, {"name", "sqnr_db"}, {"value", 42.5}}));
  EXPECT_EQ(plugin_.metric("psnr", 1).error().message, "the metric \"psnr\" is not declared");
  EXPECT_EQ(plugin_.metric("sqnr_db", std::numeric_limits<double>::infinity()).error().message,
            "the metric sqnr_db is inf");
  EXPECT_EQ(frames_.of_type("metric").size(), 1U);
}

TEST_F(ServicesTest, PassLogLinesOn) {
  plugin_.warning("careful");
  EXPECT_EQ(frames_.of_type("log").at(0), Json({{"type", "log"}, {"level", "warning"}, {"text", "careful"}}));
}

TEST_F(ServicesTest, ThinProgressOutButKeepTheEnd) {
  for (std::size_t i = 1; i <= 100000; ++i) plugin_.progress("train", i, 100000, "steps");
  const auto frames = frames_.of_type("progress");
  EXPECT_LT(frames.size(), 1000U);
  EXPECT_EQ(frames.back()["done"], 100000);
}

TEST_F(ServicesTest, TellOfACancel) {
  EXPECT_TRUE(plugin_.check_cancelled());
  cancel_.request();
  EXPECT_EQ(plugin_.check_cancelled().error().code, Code::cancelled);
}

TEST_F(ServicesTest, KeepNoCheckpointsWithoutAFolderForThem) {
  EXPECT_EQ(host_.raw()->service(host_.raw(), abi("mtc.checkpoint/1")), nullptr);
  EXPECT_FALSE(plugin_.newest_checkpoint());
  bool written = false;
  plugin_.save_checkpoint("after 1", [&](const std::string& /*folder*/) -> Result<void> {
    written = true;
    return {};
  });
  EXPECT_FALSE(written);
}

TEST_F(ServicesTest, KeepTheNewestCheckpoint) {
  spec_.checkpoints = (folder_ / "checkpoints").string();
  const Host host(spec_, frames_, cancel_);
  const sdk::Host plugin(host.raw());
  EXPECT_FALSE(plugin.newest_checkpoint());
  for (const std::string content : {"one", "two"}) {
    plugin.save_checkpoint("after " + content, [&](const std::string& folder) -> Result<void> {
      std::ofstream(folder + "/state") << content;
      return {};
    });
  }
  const auto newest = plugin.newest_checkpoint();
  ASSERT_TRUE(newest);
  EXPECT_EQ(test::read_file(*newest + "/state"), "two");
  EXPECT_EQ(frames_.of_type("checkpoint").at(1),
            Json({{"type", "checkpoint"}, {"what", "saved"}, {"label", "after two"}, {"bytes", 3}}));
  EXPECT_EQ(frames_.of_type("checkpoint").at(2)["what"], "found");
}

TEST_F(ServicesTest, ACheckpointThatCannotBeWrittenIsAWarningAndLeavesTheOlderOne) {
  spec_.checkpoints = (folder_ / "checkpoints").string();
  const Host host(spec_, frames_, cancel_);
  const sdk::Host plugin(host.raw());
  plugin.save_checkpoint("after 1", [](const std::string& folder) -> Result<void> {
    std::ofstream(folder + "/state") << "one";
    return {};
  });
  plugin.save_checkpoint("after 2", [](const std::string& folder) -> Result<void> {
    std::ofstream(folder + "/state") << "tw";
    return Error{Code::resource_exhausted, "No space left on device", folder, {}};
  });
  EXPECT_THAT(frames_.of_type("log").at(0)["text"].get<std::string>(),
              HasSubstr("goes on without the checkpoint \"after 2\": No space left on device"));
  EXPECT_EQ(test::read_file(*plugin.newest_checkpoint() + "/state"), "one");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "checkpoints/new"));
}

TEST_F(ServicesTest, CheckpointsThatCannotBeReadAreAWarning) {
  spec_.checkpoints = folder_.write("file", "").string();
  const Host host(spec_, frames_, cancel_);
  const sdk::Host plugin(host.raw());
  EXPECT_FALSE(plugin.newest_checkpoint());
  EXPECT_EQ(frames_.of_type("log").at(0)["level"], "warning");
}

TEST_F(ServicesTest, RunADeclaredTool) {
  const auto result =
      plugin_.exec({"sh", "-c", "echo out; echo err >&2; echo $NAME; pwd; exit 3"}, {}, {"NAME=value"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_code, 3);
  EXPECT_EQ(result->output, "out\nerr\nvalue\n" + folder_.path().string() + "\n");
}

TEST_F(ServicesTest, GiveTheSignalOfAToolThatWasKilled) {
  EXPECT_EQ(plugin_.exec({"sh", "-c", "kill -9 $$"})->exit_code, 128 + 9);
}

TEST_F(ServicesTest, KeepTheLast64KiBOfAToolsOutput) {
  const auto result =
      plugin_.exec({"sh", "-c", "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output.size(), 64U << 10U);
  EXPECT_TRUE(result->output.ends_with("line 19999\n"));
}

TEST_F(ServicesTest, DoNotWaitForWhatAToolLeftInTheBackground) {
  const auto result = plugin_.exec({"sh", "-c", "sleep 30 & echo $!"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_TRUE(plugin_.exec({"sh", "-c", "kill " + result->output}));
}

TEST_F(ServicesTest, RefuseAToolThatIsNotDeclared) {
  EXPECT_EQ(plugin_.exec({"rm", "-rf"}).error().code, Code::not_found);
  EXPECT_THAT(plugin_.exec({"sh"}, {}, {"NAME"}).error().message, HasSubstr("is not NAME=VALUE"));
  EXPECT_EQ(plugin_.exec({}).error().code, Code::invalid_argument);
}

TEST_F(ServicesTest, EndARunningToolOnACancel) {
  std::thread later([&] { cancel_.request(); });
  const auto result = plugin_.exec({"sh", "-c", "sleep 1000"});
  later.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::cancelled);
}

TEST_F(ServicesTest, SetPropertiesOnlyInCompile) {
  const auto result = plugin_.property("entry", "model.so");
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error().plugin_fault);
}

TEST_F(ServicesTest, HaveNoServiceOfAnotherName) {
  EXPECT_EQ(host_.raw()->service(host_.raw(), abi("mtc.log/2")), nullptr);
}

TEST_F(ServicesTest, TurnAFailureIntoTheErrorThatThePluginGave) {
  const auto result = host_.call("run", [&]() -> mtc_code {
    return plugin_.fail(Error{Code::data_loss, "broken", "file", "fix it", true, false});
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::data_loss);
  EXPECT_EQ(result.error().message, "broken");
  EXPECT_EQ(result.error().where, "file");
  EXPECT_TRUE(result.error().retryable);
}

}  // namespace
}  // namespace mtc::host
