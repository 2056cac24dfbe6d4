// SPDX-License-Identifier: Apache-2.0
//
// The text that a one-shot verb stands for must be a pipeline file that means the same.
#include "cli/mtc/pipeline_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/config/pipeline_file.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::cli {
namespace {

class PipelineTextTest : public testing::Test {
 protected:
  PipelineTextTest() {
    folder_.write("images.npy", "i");
    folder_.write("labels.npy", "l");
    folder_.write("pictures/cat/1.jpg", "j");
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  /// The dataset that the table for `flags` describes, read back.
  [[nodiscard]] config::DataEntry entry(const DataFlags& flags) const {
    const auto table = data_table("data", flags);
    EXPECT_TRUE(table) << (table ? "" : table.error().message);
    if (!table) return {};
    const auto file =
        config::parse_pipeline("mtc = 1\n" + *table + "[stage.s]\nuses = \"x\"\n", "text", "/elsewhere", {});
    EXPECT_TRUE(file) << (file ? "" : file.error().message) << "\n" << *table;
    return file ? file->data.at(0) : config::DataEntry();
  }
  test::TempDir folder_;
};

TEST(TomlValueTest, IsReadBackAsTheSameValue) {
  const test::TempDir folder;
  const Json values = {{"text", "a \"quoted\" \\ line\nbreak é \x7f \x01"},
                       {"whole", -3},
                       {"real", 0.1},
                       {"yes", true},
                       {"list", {1, 2, 3}},
                       {"nested", {{"name", {"a", "b"}}, {"empty", Json::array()}}}};
  std::string text;
  for (const auto& [key, value] : values.items()) text += key + " = " + toml_value(value) + "\n";
  const auto read = config::load_toml(folder.write("x.toml", text));
  ASSERT_TRUE(read) << read.error().message << "\n" << text;
  EXPECT_EQ(*read, values);
}

TEST_F(PipelineTextTest, DescribesArraysWithLabelsAndPreset) {
  const auto data = entry({path("images.npy"), path("labels.npy"), "unit"});
  EXPECT_EQ(data.format, "npy");
  EXPECT_EQ(data.inputs, (std::vector<std::filesystem::path>{path("images.npy")}));
  EXPECT_EQ(data.labels, (std::vector<std::filesystem::path>{path("labels.npy")}));
  EXPECT_EQ(data.preprocess, *config::preset("unit"));
}

TEST_F(PipelineTextTest, DescribesAFolderOfImages) {
  const auto data = entry({path("pictures"), {}, "imagenet"});
  EXPECT_EQ(data.format, "images");
  EXPECT_EQ(data.inputs, (std::vector<std::filesystem::path>{path("pictures")}));
}

TEST_F(PipelineTextTest, TakesADescriptionWithAllItsKeys) {
  folder_.write("data.toml",
                "format = \"npy\"\ninputs = [\"images.npy\"]\nlabels = \"labels.npy\"\nclasses = 10\n"
                "label_offset = 1\nseed = 3\nskip = 4\ntake = 5\n"
                "preprocess = { preset = \"unit\", mean = [0.1, 0.2, 0.3], std = [1, 2, 3] }\n");
  const auto data = entry({path("data.toml"), {}, {}});
  const auto original = config::load_data_file(path("data.toml"));
  ASSERT_TRUE(original);
  EXPECT_EQ(data.inputs, original->inputs);
  EXPECT_EQ(data.labels, original->labels);
  EXPECT_EQ(data.preprocess, original->preprocess);
  EXPECT_EQ(data.classes, 10);
  EXPECT_EQ(data.label_offset, 1);
  EXPECT_EQ(data.seed, 3U);
  EXPECT_EQ(data.skip, 4U);
  EXPECT_EQ(data.take, 5U);
}

TEST_F(PipelineTextTest, FlagsGoBeforeTheDescription) {
  folder_.write("data.toml", "format = \"npy\"\ninputs = \"images.npy\"\npreprocess = \"unit\"\n");
  const auto data = entry({path("data.toml"), path("labels.npy"), "tf"});
  EXPECT_EQ(data.preprocess, *config::preset("tf"));
  EXPECT_EQ(data.labels, (std::vector<std::filesystem::path>{path("labels.npy")}));
}

TEST_F(PipelineTextTest, RefusesWhatIsNoDataset) {
  EXPECT_EQ(data_table("data", {path("none.npy"), {}, {}}).error().code, Code::not_found);
  folder_.write("x.txt", "x");
  const auto wrong = data_table("calib", {path("x.txt"), {}, {}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::invalid_argument);
  EXPECT_EQ(wrong.error().where, "--calib");
}

TEST_F(PipelineTextTest, KnowsWhetherThereAreLabels) {
  EXPECT_TRUE(*has_labels({path("images.npy"), path("labels.npy"), {}}));
  EXPECT_FALSE(*has_labels({path("images.npy"), {}, {}}));
  EXPECT_TRUE(*has_labels({path("pictures"), {}, {}}));
  EXPECT_FALSE(*has_labels({path("pictures/cat"), {}, {}}));
  folder_.write("with.toml", "format = \"npy\"\ninputs = \"images.npy\"\nlabels = \"labels.npy\"\n");
  folder_.write("without.toml", "format = \"npy\"\ninputs = \"images.npy\"\n");
  EXPECT_TRUE(*has_labels({path("with.toml"), {}, {}}));
  EXPECT_FALSE(*has_labels({path("without.toml"), {}, {}}));
}

}  // namespace
}  // namespace mtc::cli
