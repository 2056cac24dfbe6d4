// SPDX-License-Identifier: Apache-2.0
//
// Action documents: their text, what changes a key, and what does not.
#include "core/pipeline/document.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/pipeline/project.hpp"

namespace mtc::pipeline {
namespace {

const std::string kPluginDigest(64, 'a');

/// Documents of all actions of a plan, as if each output's content followed from its action's key alone.
class Documents {
 public:
  explicit Documents(const Plan& plan, Digest plugin = kPluginDigest)
      : plan_(plan), plugin_(std::move(plugin)) {
    for (const auto& action : plan.actions) {
      Facts facts;
      if (action.plugin != nullptr) {
        facts.plugin = plugin_;
        for (const auto& dependency : action.plugin->manifest.dependencies) {
          facts.dependencies.emplace_back(dependency.name, digest_of(dependency.name));
        }
      }
      for (const auto& part : action.numeric) facts.numeric.emplace_back(part, "value");
      for (const auto& input : action.inputs) facts.inputs.emplace_back(input.name, digest(input.source));
      texts.push_back(make_document(action, facts));
    }
  }
  [[nodiscard]] std::vector<Digest> keys() const {
    std::vector<Digest> keys;
    for (const auto& text : texts) keys.push_back(digest_of(text));
    std::ranges::sort(keys);
    return keys;
  }
  std::vector<std::string> texts;

 private:
  [[nodiscard]] Digest digest(const Source& source) const {
    if (source.kind == Source::Kind::path) return digest_of(test::read_file(source.path));
    if (source.kind == Source::Kind::output) {
      return digest_of(texts[source.action] + source.output + source.member);
    }
    const auto& dataset = plan_.datasets[source.dataset];
    std::vector<Digest> inputs;
    std::vector<Digest> labels;
    for (const auto& input : dataset.inputs) inputs.push_back(digest(input));
    for (const auto& label : dataset.labels) labels.push_back(digest(label));
    return dataset_digest(dataset, inputs, labels);
  }

  const Plan& plan_;
  Digest plugin_;
};

constexpr const char* kPipeline = R"([model]
path = "model.onnx"
[data.train]
format = "npy"
inputs = "images.npy"
labels = "labels.npy"
preprocess = "unit"
[data.calib]
from = "train"
take = 256
seed = 7
[stage.prune]
uses = "convert.copy"
with = { level = 2, ratio = 0.25 }
[stage.int8]
uses = "quantize.toy"
model = "prune.model"
data = "calib"
target = "chip.a"
[stage.build]
uses = "compile"
model = "int8.model"
target = "chip.a"
[stage.score]
uses = "evaluate.toy"
artifact = "build.artifact"
data = "train"
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

class DocumentTest : public testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> texts(const std::string& text = kPipeline) const {
    return Documents(project_.plan(text)).texts;
  }
  [[nodiscard]] std::vector<Digest> keys(const std::string& text = kPipeline) const {
    return Documents(project_.plan(text)).keys();
  }
  /// How many of the five keys of kPipeline are no longer there.
  [[nodiscard]] std::size_t changed(const std::vector<Digest>& now) const {
    std::size_t count = 0;
    for (const auto& key : before_) count += std::ranges::find(now, key) == now.end() ? 1U : 0U;
    return count;
  }
  test::Project project_;
  std::vector<Digest> before_ = keys();
};

TEST_F(DocumentTest, SaysALineAFact) {
  EXPECT_EQ(texts().at(0), "mtc-action 1\nkind stage\nname convert.copy\nplugin toy 1.0 " + kPluginDigest +
                               "\nparam level 2\nparam ratio 0.25\ninput model model " +
                               digest_of(test::kModelBytes) +
                               "\noutput model model model.onnx\noutput report report report.json\n");
}

TEST_F(DocumentTest, NamesTargetNumericsAndDataset) {
  const std::string text = texts().at(1);
  const std::regex form(
      "mtc-action 1\nkind stage\nname quantize.toy\nplugin toy 1.0 a{64}\nnumeric threads value\n"
      "target.id \"chip.a\"\ntarget.quant.scheme \"s/1\"\nparam calibration \"mse\"\n"
      "input model model [0-9a-f]{64}\ninput data dataset [0-9a-f]{64}\ndataset-version 1\n"
      "output model model model.onnx\n");
  EXPECT_TRUE(std::regex_match(text, form)) << text;
}

// A key that changes by accident makes every user's store useless: change these only with kSchemaEpoch.
TEST_F(DocumentTest, KeysAreFrozen) {
  const auto documents = texts();
  ASSERT_EQ(documents.size(), 5U);
  EXPECT_EQ(digest_of(documents[0]), "7a85d91b37b8d9202677ee3af338327d57c0d3f9b640ae3609bf3b62cf7db176");
  EXPECT_EQ(digest_of(documents[1]), "a6c0bc155a144fc8066a0e247a70d233895871604734b97e1647fc18fe50f25d");
  EXPECT_EQ(digest_of(documents[2]), "84f8e01c02f48d38802ca3e0d102a7939ae38d56c2e51d93dcc886652cba65b2");
  EXPECT_EQ(digest_of(documents[3]), "f24dd995f5b2b18590d3fa974580d13f560e215a0844d8933c1e355758a8132c");
  EXPECT_EQ(digest_of(documents[4]), "e8876cc0b9a19c5431fed3d5ec953ab3f9213b13f6450c893ea1196dc9ffcd68");
}

TEST_F(DocumentTest, FormAndOrderOfTheFileDoNotMatter) {
  std::string text =
      replaced(kPipeline, "{ level = 2, ratio = 0.25 }", "{ ratio = 25e-2, level = 0x2 } # why");
  const auto build = text.find("[stage.build]");
  const auto score = text.find("[stage.score]");
  text = text.substr(0, build) + text.substr(score) + text.substr(build, score - build);
  EXPECT_EQ(keys(text), before_);
}

TEST_F(DocumentTest, ADefaultThatIsWrittenOutDoesNotMatter) {
  EXPECT_EQ(
      keys(replaced(kPipeline, "data = \"calib\"", "data = \"calib\"\nwith = { calibration = \"mse\" }")),
      before_);
}

TEST_F(DocumentTest, NamesOfStagesAndDatasetsDoNotMatter) {
  std::string text =
      replaced(replaced(kPipeline, "[stage.prune]", "[stage.thin]"), "prune.model", "thin.model");
  text = replaced(replaced(text, "[data.calib]", "[data.few]"), "data = \"calib\"", "data = \"few\"");
  EXPECT_EQ(keys(text), before_);
}

TEST_F(DocumentTest, TheProjectsPlaceDoesNotMatter) {
  const test::Project elsewhere;
  ASSERT_NE(elsewhere.folder().path(), project_.folder().path());
  EXPECT_EQ(Documents(elsewhere.plan(kPipeline)).keys(), before_);
}

TEST_F(DocumentTest, GatesDoNotMatter) {
  EXPECT_EQ(keys(std::string(kPipeline) + "gate = [\"top1 >= 0.9\"]\n"), before_);
}

TEST_F(DocumentTest, AParameterThatDoesNotAffectTheOutputDoesNotMatter) {
  EXPECT_EQ(keys(replaced(kPipeline, "ratio = 0.25", "ratio = 0.25, chatty = true")), before_);
}

TEST_F(DocumentTest, AParameterMattersToItsStageAndAllAfterIt) {
  EXPECT_EQ(changed(keys(replaced(kPipeline, "level = 2", "level = 3"))), 5U);
  EXPECT_EQ(changed(keys(replaced(kPipeline, "[stage.score]", "with = { opt_level = 3 }\n[stage.score]"))),
            3U);
  EXPECT_EQ(changed(keys(std::string(kPipeline) + "with = { batch = 8 }\n")), 2U);
}

TEST_F(DocumentTest, WhatADatasetIsMatters) {
  EXPECT_EQ(changed(keys(replaced(kPipeline, "take = 256", "take = 255"))), 4U);
  EXPECT_EQ(changed(keys(replaced(kPipeline, "seed = 7", "seed = 8"))), 4U);
  EXPECT_EQ(changed(keys(replaced(kPipeline, "seed = 7", "seed = 7\nskip = 1"))), 4U);
  EXPECT_EQ(changed(keys(replaced(kPipeline, "\"unit\"", "\"imagenet\""))), 4U);
  EXPECT_EQ(changed(keys(replaced(kPipeline, "images.npy", "other.npy"))), 4U);
}

TEST_F(DocumentTest, TheModelMatters) {
  project_.folder().write("model.onnx", "another model");
  EXPECT_EQ(changed(keys()), 5U);
}

TEST_F(DocumentTest, ThePluginsDigestMatters) {
  const auto plan = project_.plan(kPipeline);
  EXPECT_EQ(changed(Documents(plan, std::string(64, 'b')).keys()), 5U);
}

TEST_F(DocumentTest, ADependencyMatters) {
  const auto plan = project_.plan(kPipeline);
  Facts facts{kPluginDigest, {{"libx.so", "1"}}, {{"model", digest_of("a model")}}, {}};
  const auto with = make_document(plan.actions[0], facts);
  EXPECT_THAT(with, testing::HasSubstr("\ndependency libx.so 1\n"));
  facts.dependencies[0].second = "2";
  EXPECT_NE(with, make_document(plan.actions[0], facts));
}

TEST_F(DocumentTest, OnlySectionsThatAStageDeclaresMatterToIt) {
  const auto file = project_.plugins() / "chip.a.target.toml";
  const std::string document = test::read_file(file);
  project_.folder().write("plugins/chip.a.target.toml", replaced(document, "-O2", "-O3"));
  project_.rescan();
  EXPECT_EQ(changed(keys()), 3U) << "compile reads all, quantize not [build]";
  project_.folder().write("plugins/chip.a.target.toml", replaced(document, "s/1", "s/2"));
  project_.rescan();
  EXPECT_EQ(changed(keys()), 4U);
}

TEST_F(DocumentTest, PredictionsDependOnWhatTheTargetDeclares) {
  const auto lines = [](const std::string& text) {
    std::string found;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      if (line.starts_with("numeric ")) found += line + "\n";
    }
    return found;
  };
  const auto before = texts();
  EXPECT_EQ(lines(before.at(3)), "numeric isa value\nnumeric torch value\nnumeric blas value\n");
  project_.declare_chip("numeric = [\"isa\"]\n");
  const auto less = texts();
  EXPECT_EQ(lines(less.at(3)), "numeric isa value\n");
  project_.declare_chip("numeric = []\n");
  const auto none = texts();
  EXPECT_EQ(lines(none.at(3)), "");
  for (const std::size_t other : {0U, 1U, 2U}) {
    EXPECT_EQ(less.at(other), before.at(other)) << "a stage and compile do not read it";
    EXPECT_EQ(none.at(other), before.at(other));
  }
}

TEST_F(DocumentTest, TextWithLineBreaksStaysOnItsLine) {
  auto plan = project_.plan(kPipeline);
  plan.actions[0].key_params = {{"text", "a\nparam b 1"}};
  const auto text = make_document(plan.actions[0], {kPluginDigest, {}, {}, {}});
  EXPECT_THAT(text, testing::HasSubstr("param text \"a\\nparam b 1\"\n"));
}

}  // namespace
}  // namespace mtc::pipeline
