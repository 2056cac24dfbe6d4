// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mtc::pipeline {
namespace {

using Selector = std::vector<std::pair<std::string, std::string>>;

Reference parsed_reference(const std::string& text) {
  const auto reference = parse_reference(text);
  EXPECT_TRUE(reference) << text << ": " << (reference ? "" : reference.error().message);
  return reference ? *reference : Reference();
}

TEST(ReferenceTest, ReadsANameAlone) {
  const auto reference = parsed_reference("my_model-2");
  EXPECT_EQ(reference.name, "my_model-2");
  EXPECT_EQ(reference.output, "");
  EXPECT_FALSE(reference.all);
  EXPECT_TRUE(reference.selector.empty());
}

TEST(ReferenceTest, ReadsAnOutputOfAStage) {
  const auto reference = parsed_reference("prune.model");
  EXPECT_EQ(reference.name, "prune");
  EXPECT_EQ(reference.output, "model");
}

TEST(ReferenceTest, ReadsAVariant) {
  const auto reference = parsed_reference("build[target=cpu.x86-64-v3].artifact");
  EXPECT_EQ(reference.name, "build");
  EXPECT_EQ(reference.output, "artifact");
  EXPECT_EQ(reference.selector, (Selector{{"target", "cpu.x86-64-v3"}}));
}

TEST(ReferenceTest, ReadsSeveralAxesWithSpacesAndQuotes) {
  EXPECT_EQ(parsed_reference("b[ target = \"cpu\" , level=2 ].model").selector,
            (Selector{{"target", "cpu"}, {"level", "2"}}));
}

TEST(ReferenceTest, TakesCommasBracketsAndEqualSignsWithinQuotes) {
  const auto reference = parsed_reference(R"(gen[shape="[3,32]",rule="a=b"].model)");
  EXPECT_EQ(reference.selector, (Selector{{"shape", "[3,32]"}, {"rule", "a=b"}}));
  EXPECT_EQ(reference.output, "model");
}

TEST(ReferenceTest, ReadsAllVariants) {
  const auto reference = parsed_reference("build[*].artifact");
  EXPECT_TRUE(reference.all);
  EXPECT_TRUE(reference.selector.empty());
}

class MalformedReferenceTest : public testing::TestWithParam<const char*> {};

TEST_P(MalformedReferenceTest, IsRefusedWithTheText) {
  const auto reference = parse_reference(GetParam());
  ASSERT_FALSE(reference);
  EXPECT_EQ(reference.error().code, Code::invalid_argument);
  EXPECT_THAT(reference.error().message, testing::HasSubstr(std::string("'") + GetParam() + "'"));
  EXPECT_THAT(reference.error().hint, testing::HasSubstr("STAGE.OUTPUT"));
}

INSTANTIATE_TEST_SUITE_P(Forms, MalformedReferenceTest,
                         testing::Values("", ".model", "a.", "a.b.c", "a b", "a/b", "a[x=1]", "a[x=1]model",
                                         "a[].model", "a[x].model", "a[x=1.model", "a[x=1,].model",
                                         "a[=1].model", "a[x=\"1].model", "[x=1].model", "a[*]"));

}  // namespace
}  // namespace mtc::pipeline
