// SPDX-License-Identifier: Apache-2.0
#include "plugins/evaluate/classification.hpp"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mtc::evaluate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// `rows` one after the other.
struct Table {
  std::vector<float> values;
  Scores scores;

  explicit Table(const std::vector<std::vector<float>>& rows) {
    for (const auto& row : rows) values.insert(values.end(), row.begin(), row.end());
    scores = {values, rows.size(), rows.at(0).size()};
  }
};

/// A row of `classes` zeros with a one at `best`.
std::vector<float> one_hot(std::size_t best, std::size_t classes) {
  std::vector<float> row(classes);
  row.at(best) = 1;
  return row;
}

TEST(RankRow, CountsTheClassesBeforeTheLabel) {
  const std::vector<float> row = {0.1F, 0.4F, 0.2F, 0.3F};
  EXPECT_EQ(rank_row(row, 1).rank, 0U);
  EXPECT_EQ(rank_row(row, 3).rank, 1U);
  EXPECT_EQ(rank_row(row, 0).rank, 3U);
  EXPECT_EQ(rank_row(row, 0).best, 1U);
}

TEST(RankRow, GivesTiesToTheLowerIndexAndSaysSo) {
  const std::vector<float> row = {1, 3, 3};
  EXPECT_EQ(rank_row(row, 1).rank, 0U);
  EXPECT_EQ(rank_row(row, 2).rank, 1U);
  EXPECT_EQ(rank_row(row, 2).best, 1U);
  EXPECT_TRUE(rank_row(row, 0).tied);
  EXPECT_FALSE(rank_row(std::vector<float>{1, 1, 3}, 0).tied);
}

TEST(RankRow, IsInvalidWithANan) {
  EXPECT_FALSE(rank_row(std::vector<float>{1, kNan, 3}, 2).valid);
  EXPECT_FALSE(rank_row(std::vector<float>{kNan, 1, 3}, 2).valid);
}

TEST(RankRow, TakesInfinitiesAsNumbers) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(rank_row(std::vector<float>{-kInfinity, 0, kInfinity}, 2).rank, 0U);
}

TEST(Classify, CountsTop1AndRecallPerClass) {
  const Table table({{3, 1, 2}, {1, 3, 2}, {1, 3, 2}, {1, 2, 3}});
  const auto result = classify(table.scores, std::vector<std::int64_t>{0, 1, 2, 2}, {}, 0.95);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->top1, 3U);
  EXPECT_THAT(result->class_samples, ElementsAre(1, 1, 2));
  EXPECT_THAT(result->class_right, ElementsAre(1, 1, 1));
  ASSERT_EQ(result->confusions.size(), 1U);
  EXPECT_EQ(result->confusions[0].label, 2U);
  EXPECT_EQ(result->confusions[0].predicted, 1U);
}

TEST(Classify, CountsTop5OnlyAboveFiveClasses) {
  const Table six({{6, 5, 4, 3, 2, 1}, {6, 5, 4, 3, 2, 1}});
  const auto result = classify(six.scores, std::vector<std::int64_t>{4, 5}, {}, 0.95);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->top5, 1U);
  const Table five({{5, 4, 3, 2, 1}});
  EXPECT_FALSE(classify(five.scores, std::vector<std::int64_t>{0}, {}, 0.95)->top5);
}

TEST(Classify, TakesARowWithNanAsWrongAndCountsIt) {
  const Table table({{1, 0}, {1, kNan}});
  const auto result = classify(table.scores, std::vector<std::int64_t>{0, 0}, {}, 0.95);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->top1, 1U);
  EXPECT_EQ(result->nan_rows, 1U);
}

TEST(Classify, ComparesSampleBySampleWithTheBaseline) {
  //                    both right, only baseline, only this, both wrong alike, both wrong differently
  const Table mine({one_hot(0, 3), one_hot(1, 3), one_hot(0, 3), one_hot(1, 3), one_hot(1, 3)});
  const Table baseline({one_hot(0, 3), one_hot(0, 3), one_hot(2, 3), one_hot(1, 3), one_hot(2, 3)});
  const auto result = classify(mine.scores, std::vector<std::int64_t>{0, 0, 0, 0, 0}, baseline.scores, 0.95);
  ASSERT_TRUE(result);
  ASSERT_TRUE(result->comparison);
  EXPECT_EQ(result->comparison->counts.both, 1U);
  EXPECT_EQ(result->comparison->counts.first, 1U);
  EXPECT_EQ(result->comparison->counts.second, 1U);
  EXPECT_EQ(result->comparison->counts.neither, 2U);
  EXPECT_DOUBLE_EQ(result->comparison->agreement, 0.4);
  EXPECT_DOUBLE_EQ(result->comparison->drop, 0);
}

TEST(Classify, GivesAPositiveDropWhenTheBaselineIsBetter) {
  const Table mine({one_hot(1, 2), one_hot(1, 2), one_hot(0, 2), one_hot(0, 2)});
  const Table baseline({one_hot(0, 2), one_hot(0, 2), one_hot(0, 2), one_hot(0, 2)});
  const auto result = classify(mine.scores, std::vector<std::int64_t>{0, 0, 0, 0}, baseline.scores, 0.95);
  ASSERT_TRUE(result);
  EXPECT_DOUBLE_EQ(result->comparison->drop, 0.5);
  EXPECT_LT(result->comparison->drop_interval.low, 0.5);
  EXPECT_GT(result->comparison->drop_interval.high, 0.5);
}

TEST(Classify, RefusesALabelThatIsNoClass) {
  const Table table({{1, 0}, {1, 0}});
  const auto result = classify(table.scores, std::vector<std::int64_t>{0, 2}, {}, 0.95);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::out_of_range);
  EXPECT_THAT(result.error().message, HasSubstr("sample 1 has label 2"));
  EXPECT_THAT(result.error().hint, HasSubstr("label_offset"));
}

TEST(Classify, RefusesAnotherNumberOfSamples) {
  const Table table({{1, 0}, {1, 0}});
  const auto result = classify(table.scores, std::vector<std::int64_t>{0}, {}, 0.95);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::invalid_argument);
}

TEST(NearChance, IsTrueForAGuesserAndFalseForAModel) {
  std::vector<std::vector<float>> guess, good;
  std::vector<std::int64_t> labels;
  for (std::size_t i = 0; i < 200; ++i) {
    labels.push_back(static_cast<std::int64_t>(i % 10));
    guess.push_back(one_hot(i / 10 % 10, 10));
    good.push_back(one_hot(i % 3 == 0 ? 0 : i % 10, 10));
  }
  EXPECT_TRUE(near_chance(*classify(Table(guess).scores, labels, {}, 0.95)));
  EXPECT_FALSE(near_chance(*classify(Table(good).scores, labels, {}, 0.95)));
}

}  // namespace
}  // namespace mtc::evaluate
