// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mtc::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Score scored(const char* preset, double top1, double margin, std::uint64_t samples = 64) {
  return {{preset, {}, {}, 0}, samples, top1, top1 - margin, top1 + margin, {}};
}

Score failed(const char* preset) { return {{preset, {}, {}, 0}, 0, 0, 0, 0, "it does not fit"}; }

TEST(InitChoiceTest, TakesTheHighestAndOfEqualOnesTheFirst) {
  EXPECT_EQ(best_of({scored("imagenet", 0.2, 0.1), scored("tf", 0.7, 0.1), scored("unit", 0.7, 0.1)}), 1U);
  EXPECT_EQ(best_of({failed("imagenet"), scored("tf", 0.0, 0.0)}), 1U);
  EXPECT_EQ(best_of({failed("imagenet"), failed("tf")}), 2U);
}

TEST(InitChoiceTest, MoreSamplesGoBeforeMoreAccuracy) {
  // 64 samples had it lead; the finalists were looked at longer, without it being among them.
  EXPECT_EQ(best_of({scored("tf", 0.8, 0.1), scored("unit", 0.7, 0.05, 256)}), 1U);
}

TEST(InitChoiceTest, FinalistsAreThoseThatTheBestIsNotClearlyBetterThan) {
  const std::vector<Score> scores{scored("imagenet", 0.57, 0.1), scored("tf", 0.7, 0.1),
                                  scored("unit", 0.3, 0.1), scored("raw", 0.65, 0.1), failed("x")};
  EXPECT_THAT(finalists(scores, 1, 4), ElementsAre(1, 3, 0));
  EXPECT_THAT(finalists(scores, 1, 2), ElementsAre(1, 3));
  EXPECT_THAT(finalists(scores, 2, 1), ElementsAre(2));
}

TEST(InitChoiceTest, ADifferenceIsClearBeforeTheIntervalsPart) {
  // Newcombe (1998): 0.2 > hypot(0.12, 0.12) = 0.17, though 0.5 + 0.12 > 0.7 - 0.12.
  EXPECT_THAT(finalists({scored("tf", 0.7, 0.12), scored("unit", 0.5, 0.12)}, 0, 4), ElementsAre(0));
  EXPECT_THAT(finalists({scored("tf", 0.7, 0.12), scored("unit", 0.54, 0.12)}, 0, 4), ElementsAre(0, 1));
}

TEST(InitChoiceTest, HasNoDoubtsWhenTheBestIsClear) {
  EXPECT_TRUE(doubts({scored("tf", 0.9, 0.05), scored("unit", 0.5, 0.1)}, 0, 10).empty());
  EXPECT_TRUE(doubts({scored("tf", 0.9, 0.05)}, 0, 10).empty());
}

TEST(InitChoiceTest, DoubtsWhatIsNearChanceOrNearTheNext) {
  const auto chance = doubts({scored("tf", 0.15, 0.06)}, 0, 10);
  ASSERT_EQ(chance.size(), 1U);
  EXPECT_THAT(chance.front(), HasSubstr("near chance: 15.0 % [9.0, 21.0] where guessing gives 10.0 %"));
  const auto near = doubts({scored("unit", 0.6, 0.1), scored("tf", 0.7, 0.1)}, 1, 10);
  ASSERT_EQ(near.size(), 1U);
  EXPECT_THAT(near.front(), HasSubstr("tf (70.0 % [60.0, 80.0]) is not clearly better than unit (60.0 %"));
  EXPECT_THAT(near.front(), HasSubstr("--samples"));
}

}  // namespace
}  // namespace mtc::cli
