// SPDX-License-Identifier: Apache-2.0
#include "core/store/result_json.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace mtc::store {
namespace {

const Digest kKey(64, 'a');

TEST(ResultJsonTest, NumbersComeBackBitForBit) {
  ActionResult result;
  const double infinity = std::numeric_limits<double>::infinity();
  result.metrics = {
      {"third", 1.0 / 3}, {"tiny", 5e-324}, {"inf", infinity}, {"minus", -infinity}, {"zero", -0.0}};
  result.seconds = 0.1;
  const auto back = result_from_json(kKey, result_to_json(kKey, result));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->metrics, result.metrics);
  EXPECT_TRUE(std::signbit(back->metrics.at("zero")));
  EXPECT_EQ(back->seconds, 0.1);
  result.metrics = {{"nan", std::nan("")}};
  EXPECT_TRUE(std::isnan(result_from_json(kKey, result_to_json(kKey, result))->metrics.at("nan")));
}

TEST(ResultJsonTest, EveryChangedByteIsNoticed) {
  ActionResult result;
  result.outputs.push_back({"model", Digest(64, 'b'), 12, false});
  result.metrics = {{"top1", 0.25}};
  const std::string text = result_to_json(kKey, result);
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {  // The line break at the end says nothing.
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(result_from_json(kKey, changed)) << i << ": " << changed;
  }
}

TEST(ResultJsonTest, AnOutputWhoseNameIsAWayOutIsDamage) {
  // With a checksum that is right, as somebody may write it into a remote cache.
  for (const char* name : {"../model", "/model", "a/../../model", "..", ""}) {
    ActionResult result;
    result.outputs.push_back({name, Digest(64, 'b'), 12, false});
    const auto back = result_from_json(kKey, result_to_json(kKey, result));
    ASSERT_FALSE(back) << name;
    EXPECT_EQ(back.error().code, Code::data_loss);
  }
}

TEST(ResultJsonTest, OtherTypesAreDataLoss) {
  for (const char* text : {"", "[]", "3", "{}", "{\"checksum\": 4}", "\xff\xfe"}) {
    const auto result = result_from_json(kKey, text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, Code::data_loss);
  }
}

}  // namespace
}  // namespace mtc::store
