// SPDX-License-Identifier: Apache-2.0
//
// Datasets of a plan: files, chains of views, decoded images and folders that stages make.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/pipeline/plan.hpp"
#include "tests/unit/core/pipeline/project.hpp"

namespace mtc::pipeline {
namespace {

using testing::HasSubstr;

class PlanDatasetsTest : public testing::Test {
 protected:
  /// A plan that reads the dataset `name` of `data`.
  [[nodiscard]] static std::string pipeline(const std::string& data, const std::string& name) {
    return "[model]\npath = \"model.onnx\"\n" + data +
           "[stage.q]\nuses = \"quantize\"\ntarget = \"chip.a\"\ndata = \"" + name + "\"\n";
  }
  test::Project project_;
};

constexpr const char* kTrain =
    "[data.train]\nformat = \"npy\"\ninputs = [\"images.npy\", \"other.npy\"]\nlabels = [\"labels.npy\"]\n"
    "preprocess = \"unit\"\nclasses = 10\n";

TEST_F(PlanDatasetsTest, ReadsFilesAndThePreset) {
  const auto plan = project_.plan(pipeline(kTrain, "train"));
  const auto& data = plan.datasets.at(0);
  ASSERT_EQ(data.inputs.size(), 2U);
  EXPECT_EQ(data.inputs[1].path, project_.folder() / "other.npy");
  EXPECT_EQ(data.labels.size(), 1U);
  EXPECT_EQ(data.classes, 10);
  EXPECT_EQ(data.preprocess["color"], "rgb");
  EXPECT_EQ(data.preprocess.size(), 4U);
  EXPECT_EQ(data.views, Json::array());
}

TEST_F(PlanDatasetsTest, ChainsViewsFromTheSourceOn) {
  const auto plan =
      project_.plan(pipeline(std::string(kTrain) + "[data.some]\nfrom = \"train\"\nseed = 5\ntake = 100\n"
                                                   "[data.few]\nfrom = \"some\"\nskip = 10\n",
                             "few"));
  const auto& data = plan.datasets.at(plan.actions.at(0).inputs.at(1).source.dataset);
  EXPECT_EQ(data.views, (Json{{{"seed", 5}, {"skip", 0}, {"take", 100}},
                              {{"seed", nullptr}, {"skip", 10}, {"take", nullptr}}}));
  EXPECT_EQ(data.classes, 10);
  EXPECT_EQ(data.inputs.size(), 2U);
}

TEST_F(PlanDatasetsTest, FindsThatLabelsAreMissingWhereTheyAreNeeded) {
  const auto scored = [&](const std::string& data) {
    return project_.try_plan("[model]\npath = \"model.onnx\"\n" + data +
                             "[stage.s]\nuses = \"evaluate\"\nartifact = \"model\"\ndata = \"x\"\n");
  };
  project_.folder().write("loose/1.jpg", "jpeg");
  project_.folder().write("sorted/cat/1.jpg", "jpeg");
  project_.folder().write("names.csv", "file,label\n1.jpg,0\n");
  const std::string arrays = "[data.x]\nformat = \"npy\"\ninputs = \"images.npy\"\n";
  const std::string loose = "[data.x]\nformat = \"images\"\npreprocess = \"unit\"\ninputs = \"loose\"\n";
  const std::string view = "[data.x]\nfrom = \"all\"\ntake = 3\n";
  std::filesystem::create_symlink("loop",
                                  project_.folder() / "loose/loop");  // No folder, and no reason to fail.
  for (const auto& data : {arrays, loose, "[data.all]\nformat = \"npy\"\ninputs = \"images.npy\"\n" + view}) {
    const auto wrong = scored(data);
    ASSERT_FALSE(wrong) << data;
    EXPECT_EQ(wrong.error().code, Code::invalid_argument);
    EXPECT_EQ(wrong.error().message, "stage 's' needs labels, but dataset 'x' has none");
    EXPECT_THAT(wrong.error().hint, HasSubstr("--labels"));
  }
  EXPECT_TRUE(scored(arrays + "labels = \"labels.npy\"\n"));
  EXPECT_TRUE(scored(loose + "labels = \"names.csv\"\n"));
  EXPECT_TRUE(scored("[data.x]\nformat = \"images\"\npreprocess = \"unit\"\ninputs = \"sorted\"\n"));
  EXPECT_TRUE(
      scored("[stage.d]\nuses = \"data.draw\"\n[data.x]\nstage = \"d.tensors\"\npreprocess = \"unit\"\n"));
}

TEST_F(PlanDatasetsTest, ReportsAFileThatDoesNotExist) {
  const auto wrong = project_.error(pipeline("[data.x]\nformat = \"npy\"\ninputs = \"no.npy\"\n", "x"));
  EXPECT_EQ(wrong.code, Code::not_found);
  EXPECT_THAT(wrong.message, HasSubstr("dataset 'x'"));
}

TEST_F(PlanDatasetsTest, DecodesFoldersOfImagesOnce) {
  project_.folder().write("pictures/cat/1.jpg", "jpeg");
  const std::string data =
      "[data.photos]\nformat = \"images\"\ninputs = \"pictures\"\n"
      "preprocess = { preset = \"unit\", resize = 8, color = \"bgr\" }\n"
      "[data.few]\nfrom = \"photos\"\ntake = 2\n";
  const auto plan = project_.plan(pipeline(data, "few") +
                                  "[stage.r]\nuses = \"quantize\"\ntarget = \"chip.a\"\ndata = \"photos\"\n");
  ASSERT_EQ(plan.actions.size(), 3U);
  const auto& decode = plan.actions[0];
  EXPECT_EQ(decode.name, "data.decode");
  EXPECT_EQ(decode.params, (Json{{"color", "bgr"}, {"resize", {8}}}));
  EXPECT_EQ(decode.inputs.at(0).source.path, project_.folder() / "pictures");
  for (const auto& dataset : plan.datasets) {
    EXPECT_EQ(dataset.inputs.at(0).action, 0U);
    EXPECT_EQ(dataset.inputs.at(0).member, "images.npy");
    EXPECT_EQ(dataset.labels.at(0).member, "labels.npy");
    EXPECT_EQ(dataset.preprocess["color"], "rgb") << "decoding has put the channels in their order";
  }
}

TEST_F(PlanDatasetsTest, ImagesWithoutPreprocessListThePresets) {
  project_.folder().write("pictures/cat/1.jpg", "jpeg");
  const auto wrong =
      project_.error(pipeline("[data.photos]\nformat = \"images\"\ninputs = \"pictures\"\n", "photos"));
  EXPECT_THAT(wrong.hint, HasSubstr("imagenet"));
}

TEST_F(PlanDatasetsTest, TakesTheFolderThatAStageMakes) {
  const auto plan = project_.plan(pipeline("[data.drawn]\nstage = \"draw.tensors\"\n", "drawn") +
                                  "[stage.draw]\nuses = \"data.draw\"\n");
  EXPECT_EQ(test::variant_names(plan), (std::vector<std::string>{"draw", "q"}));
  EXPECT_EQ(plan.datasets.at(0).inputs.at(0).action, 0U);
  EXPECT_EQ(plan.datasets.at(0).inputs.at(0).output, "tensors");
}

constexpr const char* kDraws = "[stage.draw]\nuses = \"data.draw\"\nmatrix.with.seed = [1, 2]\n";

TEST_F(PlanDatasetsTest, ChoosesAVariantOfTheStageByItsAxis) {
  const auto plan =
      project_.plan(pipeline("[data.drawn]\nstage = \"draw[seed=2].tensors\"\n", "drawn") + kDraws);
  EXPECT_EQ(test::variant_names(plan), (std::vector<std::string>{"draw[seed=1]", "draw[seed=2]", "q"}));
  ASSERT_EQ(plan.datasets.size(), 1U);
  EXPECT_EQ(plan.datasets[0].inputs.at(0).action, 1U);
  EXPECT_EQ(plan.datasets[0].labels.at(0).action, 1U);
}

TEST_F(PlanDatasetsTest, GivesItsReaderTheAxesOfTheStage) {
  const std::string data = "[data.drawn]\nstage = \"draw.tensors\"\n[data.few]\nfrom = \"drawn\"\ntake = 3\n";
  const auto plan = project_.plan(pipeline(data, "few") + kDraws);
  EXPECT_EQ(test::variant_names(plan),
            (std::vector<std::string>{"draw[seed=1]", "draw[seed=2]", "q[seed=1]", "q[seed=2]"}));
  for (std::size_t variant : {0U, 1U}) {
    const auto& reader = plan.actions[plan.variants[variant + 2].main_action()];
    const auto& dataset = plan.datasets.at(reader.inputs.at(1).source.dataset);
    EXPECT_EQ(dataset.name, "few");
    EXPECT_EQ(dataset.inputs.at(0).action, plan.variants[variant].main_action());
    EXPECT_EQ(dataset.views.size(), 1U);
  }
}

TEST_F(PlanDatasetsTest, JoinsItsAxisWithThatOfOtherInputs) {
  const auto plan =
      project_.plan(pipeline("[data.drawn]\nstage = \"draw.tensors\"\n", "drawn") + kDraws +
                    "[stage.e]\nuses = \"evaluate\"\nartifact = \"q.model\"\ndata = \"drawn\"\n");
  EXPECT_EQ(test::variant_names(plan), (std::vector<std::string>{"draw[seed=1]", "draw[seed=2]", "q[seed=1]",
                                                                 "q[seed=2]", "e[seed=1]", "e[seed=2]"}));
  EXPECT_EQ(plan.datasets.size(), 2U) << "one for each variant, shared by its readers";
}

TEST_F(PlanDatasetsTest, SaysWhatIsWrongWithTheStageOfADataset) {
  const auto wrong = [&](const std::string& stage) {
    return project_.error(pipeline("[data.drawn]\nstage = \"" + stage + "\"\n", "drawn") + kDraws);
  };
  const auto unmatched = wrong("draw[seed=3].tensors");
  EXPECT_THAT(unmatched.message, HasSubstr("no variant of stage 'draw' matches"));
  EXPECT_THAT(unmatched.hint, HasSubstr("draw[seed=1], draw[seed=2]"));
  EXPECT_THAT(wrong("draw[*].tensors").hint, HasSubstr("leave [*] out"));
  EXPECT_THAT(wrong("darw.tensors").hint, HasSubstr("did you mean 'draw'?"));
  EXPECT_THAT(wrong("draw.tensor").hint, HasSubstr("did you mean 'tensors'?"));
  const auto malformed = wrong("draw[seed].tensors");
  EXPECT_THAT(malformed.message, HasSubstr("is not a reference"));
  EXPECT_NE(malformed.where, "");
}

TEST_F(PlanDatasetsTest, ArraysAreNeitherResizedNorCropped) {
  const auto wrong = project_.error(pipeline(
      "[data.x]\nformat = \"npy\"\ninputs = \"images.npy\"\npreprocess = { preset = \"unit\", crop = 4 }\n",
      "x"));
  EXPECT_EQ(wrong.code, Code::invalid_argument);
  EXPECT_THAT(wrong.message, HasSubstr("crop"));
}

}  // namespace
}  // namespace mtc::pipeline
