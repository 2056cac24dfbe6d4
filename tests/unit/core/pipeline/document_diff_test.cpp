// SPDX-License-Identifier: Apache-2.0
//
// Two documents compared: the lines, and the facts behind them.
#include "core/pipeline/document_diff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mtc::pipeline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Type = Reason::Type;

const std::string kDocument = R"(mtc-action 1
kind stage
name quantize.ptq
plugin quantize 0.1.0 aaaa
dependency libtorch_cpu.so.1.13 bbbb
numeric isa avx2
target.id "chip.a"
target.quant.scheme "s/1"
target.quant.weight.max 127
param calibration "mse"
param seed 7
input model model cccc
input data dataset dddd
dataset-version 1
output model model model.onnx
)";

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

Reasons after(const std::string& from, const std::string& to) {
  return diff_documents(kDocument, with(kDocument, from, to));
}

TEST(DocumentDiff, EqualDocumentsHaveNone) {
  EXPECT_THAT(diff_documents(kDocument, kDocument), IsEmpty());
  EXPECT_THAT(diff_lines(kDocument, kDocument), IsEmpty());
}

TEST(DocumentDiff, TellsFactsApart) {
  EXPECT_THAT(after("mtc-action 1", "mtc-action 2"),
              ElementsAre(Reason{Type::schema, "mtc-action", "1", "2"}));
  EXPECT_THAT(after("quantize.ptq", "quantize.awq"),
              ElementsAre(Reason{Type::uses, "", "quantize.ptq", "quantize.awq"}));
  EXPECT_THAT(after("0.1.0 aaaa", "0.1.0 eeee"),
              ElementsAre(Reason{Type::plugin_file, "quantize", "aaaa", "eeee"}));
  EXPECT_THAT(after("0.1.0 aaaa", "0.2.0 eeee"),
              ElementsAre(Reason{Type::plugin_version, "quantize", "0.1.0", "0.2.0"}));
  EXPECT_THAT(after("quantize 0.1.0", "other 0.1.0"),
              ElementsAre(Reason{Type::plugin_version, "other", "quantize 0.1.0", "other 0.1.0"}));
  EXPECT_THAT(after("13 bbbb", "13 eeee"),
              ElementsAre(Reason{Type::dependency, "libtorch_cpu.so.1.13", "bbbb", "eeee"}));
  EXPECT_THAT(after("avx2", "avx512f"),
              ElementsAre(Reason{Type::numeric_environment, "isa", "avx2", "avx512f"}));
  EXPECT_THAT(after("chip.a", "chip.b"),
              ElementsAre(Reason{Type::target_capability, "id", "chip.a", "chip.b"}));
  EXPECT_THAT(after("\"mse\"", "\"minmax\""),
              ElementsAre(Reason{Type::parameter, "calibration", "\"mse\"", "\"minmax\""}));
  EXPECT_THAT(after("seed 7", "seed 8"), ElementsAre(Reason{Type::seed, "seed", "7", "8"}));
  EXPECT_THAT(after("model cccc", "model eeee"),
              ElementsAre(Reason{Type::input_changed, "model", "cccc", "eeee"}));
  EXPECT_THAT(after("dataset-version 1", "dataset-version 2"),
              ElementsAre(Reason{Type::schema, "dataset-version", "1", "2"}));
}

TEST(DocumentDiff, ASectionIsOneFactHoweverManyLinesDiffer) {
  const auto now = with(with(kDocument, "s/1", "s/2"), "max 127", "max 7");
  EXPECT_THAT(diff_documents(kDocument, now), ElementsAre(Reason{Type::target_capability, "quant", {}, {}}));
  EXPECT_THAT(diff_documents(kDocument, with(kDocument, "target.quant.weight.max 127\n", "")),
              ElementsAre(Reason{Type::target_capability, "quant", {}, {}}));
}

TEST(DocumentDiff, WhatCameAndWhatWent) {
  EXPECT_THAT(after("param seed 7\n", ""), ElementsAre(Reason{Type::seed, "seed", "7", {}}));
  EXPECT_THAT(after("param seed 7\n", "param seed 7\nparam wide true\n"),
              ElementsAre(Reason{Type::parameter, "wide", {}, "true"}));
  EXPECT_THAT(after("input data dataset dddd\n", "input data dataset dddd\ninput data dataset eeee\n"),
              ElementsAre(Reason{Type::input_changed, "data", {}, "eeee"}));
}

TEST(DocumentDiff, AnUnknownInputIsNoDifference) {
  const auto unknown = with(kDocument, "model cccc", "model ?prune");
  EXPECT_THAT(diff_documents(kDocument, unknown), IsEmpty());
  EXPECT_THAT(diff_documents(unknown, kDocument), IsEmpty());
  EXPECT_THAT(diff_documents(unknown, with(kDocument, "dddd", "eeee")),
              ElementsAre(Reason{Type::input_changed, "data", "dddd", "eeee"}));
}

TEST(DocumentDiff, OutputsCountOnlyWhereNothingElseSaysWhy) {
  EXPECT_THAT(after("model.onnx", "m.onnx"),
              ElementsAre(Reason{Type::schema, "output model", "model model.onnx", "model m.onnx"}));
  EXPECT_EQ(diff_documents(kDocument, with(with(kDocument, "model.onnx", "m.onnx"), "aaaa", "eeee")).size(),
            1U);
}

TEST(DocumentDiff, LinesComeInOrderTheEarlierFirst) {
  const auto changes =
      diff_lines(kDocument, with(with(kDocument, "seed 7", "seed 8"), "numeric isa avx2\n", ""));
  std::vector<std::string> shown;
  for (const auto& change : changes) shown.push_back(std::string(1, change.sign) + change.line);
  EXPECT_THAT(shown, ElementsAre("-numeric isa avx2", "-param seed 7", "+param seed 8"));
}

TEST(DocumentDiff, ReasonsReadBackFromJson) {
  const Reasons all = {{Type::parameter, "ratio", "0.5", "[1,2]"}, {Type::parameter, "new", {}, "\"text\""},
                       {Type::target_capability, "quant", {}, {}}, {Type::first_run, "", {}, {}},
                       {Type::plugin_version, "p", "1.0", "1.1"},  {Type::upstream, "prune", {}, {}}};
  EXPECT_EQ(reasons_from_json(to_json(all)), all);
  EXPECT_THAT(reasons_from_json(Json::parse(R"([{"type": "of a later version"}, 7, {"type": 1}])")),
              IsEmpty());
}

}  // namespace
}  // namespace mtc::pipeline
