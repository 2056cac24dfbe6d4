// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace mtc {
namespace {

TEST(TextTest, EditDistanceCountsInsertionsDeletionsSubstitutionsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("percentile", "percentlie"), 1U);
  EXPECT_EQ(edit_distance("run", "rum"), 1U);
}

TEST(TextTest, ClosestFindsTheTypoAndNothingFarAway) {
  const std::vector<std::string> names = {"quantize.ptq", "sparsify.magnitude", "train"};
  EXPECT_EQ(closest("quantise.ptq", names), "quantize.ptq");
  EXPECT_EQ(closest("trian", names), "train");
  EXPECT_EQ(closest("evaluate", names), std::nullopt);
  EXPECT_EQ(closest("x", {"y"}), std::nullopt);  // Everything would be close to one letter.
  EXPECT_EQ(did_you_mean("trian", names), "did you mean \"train\"?");
  EXPECT_EQ(did_you_mean("evaluate", names), "");
}

TEST(TextTest, SizesReadWell) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1023), "1023 B");
  EXPECT_EQ(human_bytes(1536), "1.5 KiB");
  EXPECT_EQ(human_bytes((1U << 20U) - 1), "1.0 MiB");
  EXPECT_EQ(human_bytes(std::uint64_t{3} << 30U), "3.0 GiB");
  EXPECT_EQ(human_bytes(std::numeric_limits<std::uint64_t>::max()), "16.0 EiB");
}

TEST(TextTest, SizesAreReadInPowersOf1024) {
  EXPECT_EQ(parse_bytes("4096"), 4096U);
  EXPECT_EQ(parse_bytes("10G"), std::uint64_t{10} << 30U);
  EXPECT_EQ(parse_bytes("512 MiB"), std::uint64_t{512} << 20U);
  EXPECT_EQ(parse_bytes("1.5kB"), 1536U);
  for (const char* text : {"", "G", "4 apples", "-1", "1GG", "1e30"}) EXPECT_FALSE(parse_bytes(text)) << text;
}

TEST(TextTest, AgesAreRead) {
  EXPECT_EQ(parse_age("45s"), 45);
  EXPECT_EQ(parse_age("10m"), 600);
  EXPECT_EQ(parse_age(" 12h "), 12 * 3600);
  EXPECT_EQ(parse_age("30d"), 30 * 86400);
  EXPECT_EQ(parse_age("8w"), 56 * 86400);
  for (const char* text : {"", "d", "30", "-1d", "1.5h", "3 months", "99999999999999d"})
    EXPECT_FALSE(parse_age(text)) << text;
}

TEST(TextTest, DurationsReadWell) {
  EXPECT_EQ(human_duration(0.000012), "12 us");
  EXPECT_EQ(human_duration(0.0032), "3.2 ms");
  EXPECT_EQ(human_duration(12.44), "12.4 s");
  EXPECT_EQ(human_duration(59.97), "1 min 00 s");
  EXPECT_EQ(human_duration(125), "2 min 05 s");
  EXPECT_EQ(human_duration(3720), "1 h 02 min");
  EXPECT_EQ(human_duration(-2), "-2.0 s");
}

TEST(TextTest, SplitKeepsEmptyPiecesAndJoinUndoesIt) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), std::vector<std::string>{""});
  EXPECT_EQ(join(split("x:y:", ':'), ":"), "x:y:");
}

TEST(TextTest, TrimRemovesOuterWhiteSpaceOnly) {
  EXPECT_EQ(trim("\t a b \n"), "a b");
  EXPECT_EQ(trim("  "), "");
}

TEST(TextTest, NumbersPrintInTheShortestFormThatReadsBack) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(1.0), "1");
  EXPECT_EQ(number_text(1e300), "1e+300");
  for (const double value : {1.0 / 3, 0.9999, 5e-324, 123456789.125, -0.0}) {
    const auto back = parse_number(number_text(value));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, value);
    EXPECT_EQ(std::signbit(*back), std::signbit(value));
  }
}

TEST(TextTest, NumbersMustBeWholeAndFinite) {
  EXPECT_EQ(parse_number("1.5"), 1.5);
  EXPECT_FALSE(parse_number("1.5x"));
  EXPECT_FALSE(parse_number(""));
  EXPECT_FALSE(parse_number("nan"));
  EXPECT_FALSE(parse_number("1e999"));
  EXPECT_EQ(parse_integer("-42"), -42);
  EXPECT_FALSE(parse_integer("9223372036854775808"));
  EXPECT_FALSE(parse_integer("1.0"));
}

TEST(Utf8, TakesWhatIsWellFormedAlone) {
  for (const std::string good : {"", "model.onnx", "\x7f", "\xC2\x80", "\xE2\x82\xAC", "\xED\x9F\xBF",
                                 "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const std::string bad : {"\xff", "a\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80",
                                "\xE2\x82", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xC2z"})
    EXPECT_FALSE(is_utf8(bad)) << bad;
}

}  // namespace
}  // namespace mtc
