// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/target_document.hpp"

#include <gtest/gtest.h>

namespace mtc::plugin {
namespace {

constexpr const char* kDocument = R"(mtc = 1
id = "cpu.test"
plugin = "cpu"
summary = "A test."
requires_isa = ["no_such_flag"]
[quant]
scheme = "qdq.u8s8.per-channel/1"
bits = 8
[quant.weights]
axis = 0
kinds = ["int8"]
[ops]
Conv = [11, 1]
)";

TEST(TargetDocumentTest, ReadsEverything) {
  const auto target = parse_target(kDocument, "/p/cpu.test.target.toml");
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(target->id, "cpu.test");
  EXPECT_EQ(target->plugin, "cpu");
  EXPECT_EQ(target->summary, "A test.");
  EXPECT_EQ(target->file, "/p/cpu.test.target.toml");
  EXPECT_EQ(target->missing_isa(), (std::vector<std::string>{"no_such_flag"}));
}

TEST(TargetDocumentTest, FlattensTheSectionsThatAreAskedFor) {
  const auto target = parse_target(kDocument, "cpu.test.target.toml");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->flatten({"quant"}), Json::parse(R"({"target.id":"cpu.test","target.quant.bits":8,
      "target.quant.scheme":"qdq.u8s8.per-channel/1","target.quant.weights.axis":0,
      "target.quant.weights.kinds":["int8"]})"));
  EXPECT_EQ(target->flatten({}).size(), 6U);
  EXPECT_EQ(target->flatten({"memory"}), Json::parse(R"({"target.id":"cpu.test"})"));
}

std::string error_of(const std::string& text) {
  const auto target = parse_target(text, "/p/t.target.toml");
  return target ? "no error" : target.error().where + ": " + target.error().message;
}

TEST(TargetDocumentTest, PlacesMistakes) {
  const std::string head = "mtc = 1\nid = \"t\"\nplugin = \"p\"\nsummary = \"S.\"\n";
  EXPECT_EQ(error_of(head), "no error");
  EXPECT_EQ(error_of(""), "t.target.toml:1:1: the document is empty");
  EXPECT_EQ(error_of("mtc = 9"), "t.target.toml:1:1: the document has format 9; this mtc reads format 1");
  EXPECT_EQ(error_of("mtc = 1\nid = \"t\""), "t.target.toml:1:1: plugin is missing");
  EXPECT_EQ(error_of(head + "sumary = \"x\""), "t.target.toml:5:1: unknown key sumary");
  EXPECT_EQ(error_of(head + "requires_isa = [3]"),
            "t.target.toml:5:17: requires_isa item must be a string, but is an integer");
  EXPECT_EQ(error_of(head + "[Quant]"), "t.target.toml:5:2: the section \"Quant\" is not a valid name");
  EXPECT_EQ(error_of("mtc = 1\nid = \"u\"\nplugin = \"p\"\nsummary = \"S.\"\n"),
            "t.target.toml:2:1: id is \"u\", but the file is called t.target.toml");
}

TEST(TargetDocumentTest, TheMachineHasWhatItSays) {
  Target target;
  EXPECT_TRUE(target.missing_isa().empty());
#if defined(__x86_64__)
  target.requires_isa = {"sse2", "fpu"};  // Part of every x86-64.
  EXPECT_TRUE(target.missing_isa().empty());
#endif
}

}  // namespace
}  // namespace mtc::plugin
