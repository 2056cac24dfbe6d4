// SPDX-License-Identifier: Apache-2.0
//
// The JSON form of a report, the numeric environment and packages: what other programs read.
#include "core/run/report.hpp"

#include <cstdlib>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/run/numeric_environment.hpp"
#include "core/run/package.hpp"
#include "core/run/runner.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::run {
namespace {

TEST(ReportTest, HasTheFormOfItsSchema) {
  RunReport report;
  report.run_id = "r1";
  report.exit_code = kGateFailed;
  report.driver_cpu_ms = 1.5;
  StageReport stage;
  stage.name = "score";
  stage.axes = {{"target", "chip"}};
  stage.uses = "evaluate";
  stage.status = "gate_failed";
  stage.seconds = 2;
  stage.log = "/log";
  stage.outputs["report"] = {"/out/report.json", "d1", 7};
  stage.metrics = {{"top1", 0.5}};
  stage.gates.push_back({"top1 >= 0.6", 0.5, 0.6, false});
  stage.gates.push_back({"top5 >= 0.6", std::nullopt, 0.6, false});
  stage.variant = "score[target=chip]";
  stage.actions.push_back(
      {"predict", "chip", "ran", "k1", 1.5, {{pipeline::Reason::Type::seed, "seed", "1", "2"}}, "r0"});
  report.pipeline = {"/p.toml", "d0"};
  stage.error = Error{Code::not_found, "m", "w", "h", true, false};
  report.stages.push_back(stage);
  EXPECT_EQ(to_json(report), Json::parse(R"({
    "schema": "mtc.run/1", "run_id": "r1", "status": "gate_failed", "exit_code": 4, "driver_cpu_ms": 1.5,
    "pipeline": {"path": "/p.toml", "digest": "d0"},
    "stages": [{
      "name": "score", "variant": {"target": "chip"}, "variant_name": "score[target=chip]", "uses": "evaluate", "status": "gate_failed",
      "seconds": 2.0, "log": "/log",
      "outputs": {"report": {"path": "/out/report.json", "digest": "d1", "bytes": 7}},
      "metrics": {"top1": 0.5},
      "gates": [{"expr": "top1 >= 0.6", "value": 0.5, "limit": 0.6, "ok": false},
                {"expr": "top5 >= 0.6", "value": null, "limit": 0.6, "ok": false}],
      "actions": [{"kind": "predict", "name": "chip", "status": "ran", "key": "k1", "seconds": 1.5,
                   "reasons": [{"type": "seed", "name": "seed", "old": 1, "new": 2}], "against": "r0"}],
      "error": {"code": "not_found", "message": "m", "where": "w", "hint": "h", "retryable": true,
                "plugin_fault": false}}]})"));
}

TEST(ReportTest, AStageWithoutAnErrorHasNull) {
  RunReport report;
  report.stages.emplace_back();
  EXPECT_TRUE(to_json(report)["stages"][0]["error"].is_null());
  EXPECT_EQ(report.status(), "ok");
}

TEST(NumericEnvironmentTest, NamesItsParts) {
  for (const char* part : {"isa", "torch", "blas", "threads"}) {
    const auto value = numeric_value(part);
    ASSERT_TRUE(value) << part;
    EXPECT_THAT(*value, testing::Not(testing::IsEmpty()));
    EXPECT_THAT(*value, testing::Not(testing::HasSubstr("\n")));
  }
  EXPECT_EQ(numeric_value("weather").error().code, Code::invalid_argument);
}

TEST(NumericEnvironmentTest, FollowsTheVariablesThatTheLibrariesRead) {
  setenv("OPENBLAS_CORETYPE", "Haswell", 1);
  EXPECT_EQ(*numeric_value("blas"), "Haswell");
  unsetenv("OPENBLAS_CORETYPE");
  EXPECT_EQ(numeric_value("blas")->substr(0, 5), "auto-");
}

class PackageTest : public testing::Test {
 protected:
  PackageTest() {
    folder_.write("artifact/artifact.toml", "target");
    folder_.write("artifact/lib/code.so", "code");
    folder_.write("a.json", "report a");
    folder_.write("b.json", "report b");
    folder_.write("m.onnx", "model");
    std::filesystem::create_directory(folder_ / "out");
  }
  test::TempDir folder_;
};

TEST_F(PackageTest, HoldsEveryFileAndListsItWithItsDigest) {
  ASSERT_TRUE(write_package({{"artifact", folder_ / "artifact"},
                             {"model", folder_ / "m.onnx"},
                             {"report", folder_ / "a.json"},
                             {"report", folder_ / "b.json"}},
                            {"d0", "d1", "d2", "d3"}, folder_ / "out"));
  EXPECT_EQ(test::read_file(folder_ / "out/lib/code.so"), "code");
  EXPECT_EQ(test::read_file(folder_ / "out/report_1.json"), "report b");
  const auto manifest = Json::parse(test::read_file(folder_ / "out/manifest.json"));
  EXPECT_EQ(manifest["schema"], "mtc.package/1");
  EXPECT_EQ(manifest["inputs"][1], (Json{{"name", "model"}, {"sha256", "d1"}}));
  std::vector<std::string> paths;
  for (const auto& file : manifest["files"]) {
    paths.push_back(file["path"]);
    EXPECT_EQ(file["sha256"], *digest_of_file(folder_ / "out" / paths.back()));
    EXPECT_EQ(file["bytes"], std::filesystem::file_size(folder_ / "out" / paths.back()));
  }
  EXPECT_THAT(paths, testing::ElementsAre("artifact.toml", "lib/code.so", "model.onnx", "report.json",
                                          "report_1.json"));
}

TEST_F(PackageTest, DoesNotOverwriteAFileOfTheArtifact) {
  folder_.write("artifact/model.onnx", "the artifact's own");
  const auto written = write_package({{"artifact", folder_ / "artifact"}, {"model", folder_ / "m.onnx"}},
                                     {"d0", "d1"}, folder_ / "out");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::already_exists);
  EXPECT_THAT(written.error().message, testing::HasSubstr("model.onnx"));
}

}  // namespace
}  // namespace mtc::run
