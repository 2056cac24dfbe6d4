// SPDX-License-Identifier: Apache-2.0
//
// Golden keys: documents made from facts that are written here, and their SHA-256 (computed from the text
// beside it by another program). When one of these fails, every user's store became useless: change the
// format only together with kSchemaEpoch in core/pipeline/document.hpp, and then freeze the new keys here.
#include <limits>

#include <gtest/gtest.h>

#include "core/pipeline/document.hpp"

namespace mtc::pipeline {
namespace {

Digest digest_like(char digit) { return Digest(64, digit); }

NamedSource input(const std::string& name, const std::string& type) {
  NamedSource named;
  named.name = name;
  named.source.type = type;
  return named;
}

plugin::Output output(const std::string& name, const std::string& type, const std::string& file) {
  plugin::Output declared;
  declared.name = name;
  declared.type = type;
  declared.file = file;
  return declared;
}

class GoldenKeysTest : public testing::Test {
 protected:
  static plugin::Plugin made() {
    plugin::Plugin plugin;
    plugin.manifest.id = "vendor.one";
    plugin.manifest.version = "1.2.3";
    return plugin;
  }
  static Action of_kind(const char* kind, const char* name, const plugin::Plugin* plugin) {
    Action action;
    action.kind = kind;
    action.name = name;
    action.plugin = plugin;
    return action;
  }
  static void expect(const Action& action, const Facts& facts, const std::string& text, const Digest& key) {
    EXPECT_EQ(make_document(action, facts), text);
    EXPECT_EQ(digest_of(make_document(action, facts)), key);
  }
  const plugin::Plugin vendor_ = made();
};

TEST_F(GoldenKeysTest, AStageWithoutAnything) {
  const Action action = of_kind("stage", "convert.none", &vendor_);
  expect(action, {digest_like('a'), {}, {}, {}},
         std::string() + "mtc-action 1\n" + "kind stage\n" + "name convert.none\n" +
             "plugin vendor.one 1.2.3 " + digest_like('a') + "\n",
         "3861cfd27f917b0052d7ca15bd4f99e6fe7dbdd6d45be04426f5a7a225e53f73");
}

TEST_F(GoldenKeysTest, EveryTypeOfParameter) {
  Action action = of_kind("stage", "convert.params", &vendor_);
  action.key_params = {{"bool", true},           {"least", std::numeric_limits<std::int64_t>::min()},
                       {"float", 0.1},           {"small", 1e-7},
                       {"large", 1e300},         {"whole", 1.0},
                       {"text", "a \"b\"\nä漢"}, {"a_list", {1, 2, -3}},
                       {"words", {"x", "y z"}},  {"empty", Json::array()}};
  expect(action, {digest_like('a'), {}, {}, {}},
         std::string() + "mtc-action 1\n" + "kind stage\n" + "name convert.params\n" +
             "plugin vendor.one 1.2.3 " + digest_like('a') + "\n" + "param a_list [1,2,-3]\n" +
             "param bool true\n" + "param empty []\n" + "param float 0.1\n" + "param large 1e+300\n" +
             "param least -9223372036854775808\n" + "param small 1e-07\n" +
             "param text \"a \\\"b\\\"\\nä漢\"\n" + "param whole 1.0\n" + "param words [\"x\",\"y z\"]\n",
         "6cbd19c2b8a023062c5b3bac17697ad8dc7ee5fead37bd015078df25bec5a67c");
}

TEST_F(GoldenKeysTest, LibrariesToolsAndTheNumericEnvironment) {
  const Action action = of_kind("stage", "quantize.ptq", &vendor_);
  expect(action,
         {digest_like('a'),
          {{"libtorch_cpu.so.1.13", digest_like('b')}, {"cc", digest_like('c') + " 12.2.0"}},
          {},
          {{"isa", "avx+avx2+fma"}, {"threads", "parameter"}}},
         std::string() + "mtc-action 1\n" + "kind stage\n" + "name quantize.ptq\n" +
             "plugin vendor.one 1.2.3 " + digest_like('a') + "\n" + "dependency libtorch_cpu.so.1.13 " +
             digest_like('b') + "\n" + "dependency cc " + digest_like('c') + " 12.2.0\n" +
             "numeric isa avx+avx2+fma\n" + "numeric threads parameter\n",
         "6ede3b477f7dfb196209cfa9ab5f875f51d2bba8315ef1fa3996813b86f38c2d");
}

TEST_F(GoldenKeysTest, SectionsOfATarget) {
  Action action = of_kind("stage", "quantize.ptq", &vendor_);
  action.target_values = {{"target.quant.weight.min", -127},
                          {"target.id", "chip.a"},
                          {"target.quant.scheme", "qdq.u8s8/1"},
                          {"target.ops.list", {"Conv", "Gemm"}}};
  expect(action, {digest_like('a'), {}, {}, {}},
         std::string() + "mtc-action 1\n" + "kind stage\n" + "name quantize.ptq\n" +
             "plugin vendor.one 1.2.3 " + digest_like('a') + "\n" + "target.id \"chip.a\"\n" +
             "target.ops.list [\"Conv\",\"Gemm\"]\n" + "target.quant.scheme \"qdq.u8s8/1\"\n" +
             "target.quant.weight.min -127\n",
         "8023c58d2bb93800a0828dd5ff6c35fdae0ec9030e9b3f2bd0329bb554b90505");
}

TEST_F(GoldenKeysTest, InputsInTheirOrderAndOutputs) {
  Action action = of_kind("stage", "report.all", &vendor_);
  action.inputs = {input("reports", "report"), input("reports", "report")};
  action.outputs = {output("report", "report", "report.json"), output("parts", "any", "parts")};
  expect(action, {digest_like('a'), {}, {{"reports", digest_like('c')}, {"reports", digest_like('b')}}, {}},
         std::string() + "mtc-action 1\n" + "kind stage\n" + "name report.all\n" +
             "plugin vendor.one 1.2.3 " + digest_like('a') + "\n" + "input reports report " +
             digest_like('c') + "\n" + "input reports report " + digest_like('b') + "\n" +
             "output report report report.json\n" + "output parts any parts\n",
         "5289763e02c3d4b900a93d77719bd49edcb7c2e6f67ed818955678e60dea11e7");
}

TEST_F(GoldenKeysTest, ADataset) {
  Action action = of_kind("stage", "evaluate.toy", &vendor_);
  action.inputs = {input("predictions", "predictions"), input("data", "dataset")};
  action.outputs = {output("report", "report", "report.json")};
  expect(action, {digest_like('a'), {}, {{"predictions", digest_like('b')}, {"data", digest_like('c')}}, {}},
         std::string() + "mtc-action 1\n" + "kind stage\n" + "name evaluate.toy\n" +
             "plugin vendor.one 1.2.3 " + digest_like('a') + "\n" + "input predictions predictions " +
             digest_like('b') + "\n" + "input data dataset " + digest_like('c') + "\n" +
             "dataset-version 1\n" + "output report report report.json\n",
         "8aa1a7a6c7e6969dff8d055989c5c33d3a429451f2ca5270bd490c367c908683");
}

TEST_F(GoldenKeysTest, Compile) {
  Action action = of_kind("compile", "cpu.portable", &vendor_);
  action.target_values = {{"target.build.flags", {"-O2"}}};
  action.key_params = {{"opt_level", 2}};
  action.inputs = {input("model", "model")};
  action.outputs = {output("artifact", "artifact", "artifact")};
  expect(action, {digest_like('a'), {{"cc", digest_like('c')}}, {{"model", digest_like('b')}}, {}},
         std::string() + "mtc-action 1\n" + "kind compile\n" + "name cpu.portable\n" +
             "plugin vendor.one 1.2.3 " + digest_like('a') + "\n" + "dependency cc " + digest_like('c') +
             "\n" + "target.build.flags [\"-O2\"]\n" + "param opt_level 2\n" + "input model model " +
             digest_like('b') + "\n" + "output artifact artifact artifact\n",
         "0dc71d24841aff926710e48ae272c5271cf7424e6f71739281ac088de572c1b9");
}

TEST_F(GoldenKeysTest, Predict) {
  Action action = of_kind("predict", "cpu.portable", &vendor_);
  action.key_params = {{"batch", 0}};
  action.inputs = {input("artifact", "artifact"), input("data", "dataset")};
  action.outputs = {output("predictions", "predictions", "predictions")};
  expect(
      action,
      {digest_like('a'), {}, {{"artifact", digest_like('b')}, {"data", digest_like('c')}}, {{"isa", "base"}}},
      std::string() + "mtc-action 1\n" + "kind predict\n" + "name cpu.portable\n" +
          "plugin vendor.one 1.2.3 " + digest_like('a') + "\n" + "numeric isa base\n" + "param batch 0\n" +
          "input artifact artifact " + digest_like('b') + "\n" + "input data dataset " + digest_like('c') +
          "\n" + "dataset-version 1\n" + "output predictions predictions predictions\n",
      "97bd2daf0ae7df5e96d64172b029452d6588189f5247a44afd37bd2e4423438b");
}

TEST_F(GoldenKeysTest, Measure) {
  Action action = of_kind("measure", "cpu.portable", &vendor_);
  action.key_params = {{"min_seconds", 3.0}, {"min_runs", 64}, {"seed", 0}};
  action.inputs = {input("artifact", "artifact")};
  action.outputs = {output("timings", "timings", "timings")};
  action.record = true;
  expect(action, {digest_like('a'), {}, {{"artifact", digest_like('b')}}, {}},
         std::string() + "mtc-action 1\n" + "kind measure\n" + "name cpu.portable\n" +
             "plugin vendor.one 1.2.3 " + digest_like('a') + "\n" + "param min_runs 64\n" +
             "param min_seconds 3.0\n" + "param seed 0\n" + "input artifact artifact " + digest_like('b') +
             "\n" + "output timings timings timings\n",
         "0121abf29827f46d202ab4e061265b5801403b852d0271ed28f1c782b23a6ae4");
}

TEST_F(GoldenKeysTest, PackageWhichHasNoPlugin) {
  Action action = of_kind("package", "package", nullptr);
  action.inputs = {input("artifact", "artifact"), input("report", "report")};
  action.outputs = {output("package", "any", "package")};
  expect(action, {{}, {}, {{"artifact", digest_like('b')}, {"report", digest_like('c')}}, {}},
         std::string() + "mtc-action 1\n" + "kind package\n" + "name package\n" + "input artifact artifact " +
             digest_like('b') + "\n" + "input report report " + digest_like('c') + "\n" +
             "output package any package\n",
         "64197ffb406a0298e11db6764c5c6552b13f8a82c32345cc9de2d2b2e0d42634");
}

TEST_F(GoldenKeysTest, DatasetOfInputsAndLabels) {
  Dataset dataset;
  dataset.classes = 10;
  dataset.views = Json::array();
  EXPECT_EQ(dataset_digest(dataset, {digest_like('a'), digest_like('b')}, {digest_like('c')}),
            "8893f845441223864aae0801c102b7fc644323c9a734fcc0e41b0504440d0472");
}

TEST_F(GoldenKeysTest, DatasetWithPreprocessingAndViews) {
  Dataset dataset;
  dataset.label_offset = 1;
  dataset.preprocess = {
      {"color", "bgr"}, {"scale", 0.00392}, {"mean", {0.5, 0.25, 0.125}}, {"std", {1.0, 2.0, 0.5}}};
  dataset.views = {{{"seed", 0}, {"skip", 0}, {"take", 256}},
                   {{"seed", nullptr}, {"skip", 16}, {"take", nullptr}}};
  EXPECT_EQ(dataset_digest(dataset, {digest_like('a')}, {}),
            "c1445dee7ed9f4e4f82e7562829992517eda4fe7544525771826ec82694b2742");
}

}  // namespace
}  // namespace mtc::pipeline
