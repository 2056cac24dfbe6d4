// SPDX-License-Identifier: Apache-2.0
#include "core/config/toml.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc::config {
namespace {

std::string place_of_error(std::string_view text) {
  const auto parsed = parse_toml(text, "a.toml");
  return parsed ? "no error" : parsed.error().where;
}

TEST(TomlTest, KeepsKeysInTheOrderAsWritten) {
  const auto root = parse_toml("z = 1\n[b]\ny = 1\na = 2\n[a]\n", "a.toml");
  ASSERT_TRUE(root);
  ASSERT_EQ(root->children.size(), 3U);
  EXPECT_EQ(root->children[0].key, "z");
  EXPECT_EQ(root->children[1].key, "b");
  EXPECT_EQ(root->children[2].key, "a");
  EXPECT_EQ(root->children[1].children[0].key, "y");
  EXPECT_EQ(root->children[1].children[1].key, "a");
}

TEST(TomlTest, TellsThePlaceOfKeysAndItemsInCharacters) {
  const auto root = parse_toml("mtc = 1\n\"é\" = { x = [1,\n  2] }\n[[t]]\n  n = 1\n", "a.toml");
  ASSERT_TRUE(root);
  const Node& table = root->children[1];
  EXPECT_EQ(table.place, "a.toml:2:1");
  EXPECT_EQ(table.children[0].place, "a.toml:2:9");
  EXPECT_EQ(table.children[0].children[0].place, "a.toml:2:14");
  EXPECT_EQ(table.children[0].children[1].place, "a.toml:3:3");
  EXPECT_EQ(root->children[2].children[0].place, "a.toml:4:1");
  EXPECT_EQ(root->children[2].children[0].children[0].place, "a.toml:5:3");
}

TEST(TomlTest, KeepsTheTypesOfValues) {
  const auto root =
      parse_toml("i = -3\nf = 1.0\nb = true\ns = \"x\"\nd = 2020-01-02\nt = {k = [1]}\n", "a.toml");
  ASSERT_TRUE(root);
  const Json json = root->json();
  EXPECT_TRUE(json["i"].is_number_integer());
  EXPECT_TRUE(json["f"].is_number_float());
  EXPECT_EQ(json, Json::parse(R"({"i":-3,"f":1.0,"b":true,"s":"x","d":"2020-01-02","t":{"k":[1]}})"));
}

TEST(TomlTest, PlacesSyntaxErrors) {
  EXPECT_EQ(place_of_error("a = 1\na = 2"), "a.toml:2:5");
  EXPECT_EQ(place_of_error("\n\nx = \"open"), "a.toml:3:10");
  EXPECT_EQ(place_of_error("[a]\n[a]"), "a.toml:2:1");
  EXPECT_EQ(place_of_error("\xff = 1"), "a.toml:1:1");
  EXPECT_EQ(place_of_error("[stage.x\n"), "a.toml:1:9");
}

TEST(TomlTest, RefusesEndlessNesting) {
  EXPECT_NE(place_of_error("a = " + std::string(100'000, '[')), "no error");
  EXPECT_NE(place_of_error("a = " + std::string(1'000, '[') + std::string(1'000, ']')), "no error");
}

TEST(TomlTest, SaysThatAFileIsMissing) {
  const test::TempDir dir;
  const auto root = read_toml(dir / "none.toml");
  ASSERT_FALSE(root);
  EXPECT_EQ(root.error().code, Code::not_found);
}

TEST(TomlTest, SuggestsACloseNameElseListsAll) {
  EXPECT_EQ(suggest("inptus", {"inputs", "labels"}), "did you mean \"inputs\"?");
  EXPECT_EQ(suggest("zzzzzz", {"inputs", "labels"}), "use one of: inputs, labels");
}

}  // namespace
}  // namespace mtc::config
