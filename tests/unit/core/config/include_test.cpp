// SPDX-License-Identifier: Apache-2.0
#include "core/config/include.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/config/pipeline_file.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::config {
namespace {

using testing::HasSubstr;

constexpr const char* kBase = R"(mtc = 1
[model]
path = "m.onnx"
[data.calib]
format = "npy"
inputs = ["a.npy", "/b.npy"]
preprocess = "unit"
[stage.int8]
uses = "quantize.ptq"
data = "calib"
with = { calibration = "mse", percentile = 0.5 }
[profile.quick.data.calib]
take = 4
[profile.quick]
stage.int8.with.calibration = "minmax"
)";

class IncludeTest : public testing::Test {
 protected:
  IncludeTest() {
    std::filesystem::create_directory(dir_ / "shared");
    dir_.write("shared/base.toml", kBase);
  }
  [[nodiscard]] Result<PipelineFile> load(const std::string& text, const LoadOptions& options = {}) const {
    return load_pipeline(dir_.write("p.toml", text), options);
  }
  [[nodiscard]] PipelineFile loaded(const std::string& text, const LoadOptions& options = {}) const {
    auto file = load(text, options);
    if (file) return *std::move(file);
    ADD_FAILURE() << file.error().where << ": " << file.error().message;
    return {};
  }
  [[nodiscard]] Error error(const std::string& text) const {
    const auto file = load(text);
    if (!file) return file.error();
    ADD_FAILURE() << "it loads";
    return {};
  }
  [[nodiscard]] std::string at(const std::string& name, const std::string& place) const {
    return (dir_ / name).string() + ":" + place;
  }
  test::TempDir dir_;
};

TEST_F(IncludeTest, LaysTheOthersTablesUnderTheFile) {
  const auto file = loaded(
      "mtc = 1\ninclude = [\"shared/base.toml\"]\n[stage.int8.with]\ncalibration = \"percentile\"\n"
      "[stage.build]\nuses = \"compile\"\nmodel = \"int8.model\"\n");
  ASSERT_EQ(file.stages.size(), 2U);
  EXPECT_EQ(file.stages[0].name, "int8");
  EXPECT_EQ(file.stages[0].params.at("calibration").value, "percentile");
  EXPECT_EQ(file.stages[0].params.at("calibration").place, at("p.toml", "4:1"));
  EXPECT_EQ(file.stages[0].params.at("percentile").value, 0.5);
  EXPECT_EQ(file.stages[0].params.at("percentile").place, at("shared/base.toml", "11:31"));
}

TEST_F(IncludeTest, PathsCountFromTheFileThatTheyStandIn) {
  const auto file = loaded("mtc = 1\ninclude = \"shared/base.toml\"\n[data.calib]\nlabels = \"l.npy\"\n",
                           {{{"data.calib.seed", "1"}}, "quick"});
  EXPECT_EQ(file.models[0].path, dir_ / "shared/m.onnx");
  EXPECT_EQ(file.data[0].inputs, (std::vector<std::filesystem::path>{dir_ / "shared/a.npy", "/b.npy"}));
  EXPECT_EQ(file.data[0].labels, (std::vector<std::filesystem::path>{dir_ / "l.npy"}));
  const auto overridden =
      loaded("mtc = 1\ninclude = \"shared/base.toml\"\n", {{{"model.path", "o.onnx"}}, ""});
  EXPECT_EQ(overridden.models[0].path, dir_ / "o.onnx");
}

TEST_F(IncludeTest, ProfilesOfBothFilesMerge) {
  const auto file = loaded(
      "mtc = 1\ninclude = [\"shared/base.toml\"]\n[stage.int8]\nwith.calibration = "
      "\"percentile\"\n[profile.quick]\nstage.int8.with.percentile = 0.9\n",
      {{}, "quick"});
  EXPECT_EQ(file.data[0].take, 4U);
  EXPECT_EQ(file.stages[0].params.at("calibration").value, "minmax");  // A profile is over every file.
  EXPECT_EQ(file.stages[0].params.at("percentile").value, 0.9);
}

TEST_F(IncludeTest, AnotherOriginOfSamplesReplacesThatOfTheIncludedFile) {
  const auto file = loaded(
      "mtc = 1\ninclude = [\"shared/base.toml\"]\n[data.all]\nformat = \"npy\"\ninputs = \"x.npy\"\n"
      "[data.calib]\nfrom = \"all\"\n");
  EXPECT_EQ(file.data[0].name, "calib");
  EXPECT_EQ(file.data[0].from, "all");
  EXPECT_TRUE(file.data[0].inputs.empty());
}

TEST_F(IncludeTest, LaterFilesLieOverEarlierOnes) {
  dir_.write("more.toml", "mtc = 1\n[stage.int8.with]\ncalibration = \"minmax\"\n");
  const auto later = loaded("mtc = 1\ninclude = [\"shared/base.toml\", \"more.toml\"]\n");
  EXPECT_EQ(later.stages[0].params.at("calibration").value, "minmax");
  const auto earlier = loaded("mtc = 1\ninclude = [\"more.toml\", \"shared/base.toml\"]\n");
  EXPECT_EQ(earlier.stages[0].params.at("calibration").value, "mse");
}

TEST_F(IncludeTest, IncludedFilesIncludeOthersFromTheirOwnFolder) {
  dir_.write("shared/middle.toml", "mtc = 1\ninclude = [\"base.toml\"]\n");
  const auto file = loaded("mtc = 1\ninclude = [\"shared/middle.toml\", \"shared/base.toml\"]\n");
  EXPECT_EQ(file.models[0].path, dir_ / "shared/m.onnx");
}

TEST_F(IncludeTest, AMissingFileIsReportedWhereItIsNamed) {
  const auto wrong = error("mtc = 1\ninclude = [\"shared/base.toml\",\n  \"shared/bass.toml\"]\n");
  EXPECT_EQ(wrong.code, Code::not_found);
  EXPECT_THAT(wrong.message, HasSubstr("shared/bass.toml' does not exist"));
  EXPECT_EQ(wrong.where, at("p.toml", "3:3"));
}

TEST_F(IncludeTest, ErrorsNameTheIncludedFile) {
  dir_.write("shared/wrong.toml", "mtc = 1\n[stage.s]\nuses = \"x\"\nwith = 3\n");
  EXPECT_EQ(error("mtc = 1\ninclude = [\"shared/wrong.toml\"]\n").where, at("shared/wrong.toml", "4:1"));
  dir_.write("shared/wrong.toml", "mtc = 1\nstages = 1\n");
  const auto unknown = error("mtc = 1\ninclude = [\"shared/wrong.toml\"]\n");
  EXPECT_EQ(unknown.where, at("shared/wrong.toml", "2:1"));
  EXPECT_THAT(unknown.hint, HasSubstr("did you mean \"stage\"?"));
  dir_.write("shared/wrong.toml", "mtc = 1\n[stage\n");
  EXPECT_THAT(error("mtc = 1\ninclude = [\"shared/wrong.toml\"]\n").where, HasSubstr("wrong.toml:2:"));
  dir_.write("shared/wrong.toml", "[stage.s]\nuses = \"x\"\n");
  EXPECT_THAT(error("mtc = 1\ninclude = [\"shared/wrong.toml\"]\n").where, HasSubstr("wrong.toml:1:1"));
  dir_.write("shared/wrong.toml", "mtc = 1\nstage = 3\n");
  EXPECT_EQ(error("mtc = 1\ninclude = [\"shared/wrong.toml\"]\n[stage.s]\nuses = \"x\"\n").where,
            at("shared/wrong.toml", "2:1"));
}

TEST_F(IncludeTest, ACycleIsShown) {
  dir_.write("shared/a.toml", "mtc = 1\ninclude = [\"../shared/b.toml\"]\n");
  dir_.write("shared/b.toml", "mtc = 1\n\ninclude = [\"a.toml\"]\n");
  const auto wrong = error("mtc = 1\ninclude = [\"shared/a.toml\"]\n");
  EXPECT_EQ(wrong.where, at("shared/b.toml", "3:12"));
  const std::string a = (dir_ / "shared/a.toml").string();
  EXPECT_EQ(wrong.message, "files include each other in a cycle: " + a + " -> " +
                               (dir_ / "shared/b.toml").string() + " -> " + a);
  EXPECT_THAT(error("mtc = 1\ninclude = [\"p.toml\"]\n").message, HasSubstr("in a cycle"));
}

TEST_F(IncludeTest, AChainMayNotBeTooLong) {
  for (std::size_t i = 0; i < kMaxIncludeDepth; ++i) {
    dir_.write("c" + std::to_string(i) + ".toml",
               "mtc = 1\ninclude = [\"c" + std::to_string(i + 1) + ".toml\"]\n");
  }
  const auto wrong = error("mtc = 1\ninclude = [\"c0.toml\"]\n");
  EXPECT_THAT(wrong.message, HasSubstr("more than 16 deep"));
  EXPECT_EQ(wrong.where, at("c14.toml", "2:12"));
  dir_.write("c14.toml", kBase);
  EXPECT_TRUE(load("mtc = 1\ninclude = [\"c0.toml\"]\n"));
}

TEST_F(IncludeTest, ManyFilesAreRefusedBeforeTheyAreAllRead) {
  dir_.write("d0.toml", "mtc = 1\n");
  for (int i = 1; i < 12; ++i) {
    const std::string below = "\"d" + std::to_string(i - 1) + ".toml\"";
    dir_.write("d" + std::to_string(i) + ".toml", "mtc = 1\ninclude = [" + below + ", " + below + "]\n");
  }
  EXPECT_THAT(error("mtc = 1\ninclude = [\"d11.toml\"]\n").message, HasSubstr("more than 256 files"));
}

TEST_F(IncludeTest, IsATextOrAListOfTexts) {
  EXPECT_THAT(error("mtc = 1\ninclude = 3\n").message, HasSubstr("a string or a list of strings"));
  EXPECT_THAT(error("mtc = 1\ninclude = [3]\n").message, HasSubstr("must be a string"));
}

TEST_F(IncludeTest, NewAxesComeBehindThoseThatAreThereWhereverTheyAreWritten) {
  dir_.write("shared/build.toml",
             "mtc = 1\n\n\n\n\n\n[stage.build]\nuses = \"compile\"\nmatrix.target = [\"a\", \"b\"]\n"
             "[profile.more]\nstage.build.matrix.with.level = [1, 2]\n");
  const auto names = [](const PipelineFile& file) {
    std::vector<std::string> axes;
    for (const auto& [name, values] : file.stages.front().matrix) axes.push_back(name);
    return axes;
  };
  const std::string text =
      "mtc = 1\ninclude = [\"shared/build.toml\"]\nstage.build.matrix.with.first = [1, 2]\n";
  EXPECT_EQ(names(loaded(text)), (std::vector<std::string>{"target", "with.first"}));
  LoadOptions options;
  options.profile = "more";
  options.overrides = {{"stage.build.matrix.with.last", "[1, 2]"}};
  EXPECT_EQ(names(loaded(text, options)),
            (std::vector<std::string>{"target", "with.first", "with.level", "with.last"}));
}

}  // namespace
}  // namespace mtc::config
