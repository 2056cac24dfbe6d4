// SPDX-License-Identifier: Apache-2.0
#include "plugins/evaluate/predictions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/plugins/evaluate/fixtures.hpp"

namespace mtc::evaluate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kIndex =
    R"({"dataset": "abc", "samples": 2, "outputs": [{"name": "logits", "file": "predictions.npy"}]})";

TEST(LoadPredictions, ReadsScoresRowByRow) {
  const test::TempDir folder;
  const auto path = write_predictions(folder, "p", {2, 3}, {1, 2, 3, 4, 5, 6}, kIndex);
  const auto predictions = load_predictions(path);
  ASSERT_TRUE(predictions) << predictions.error().message;
  EXPECT_EQ(predictions->dataset, "abc");
  EXPECT_EQ(predictions->outputs.at(0).name, "logits");
  const auto scores = class_scores(*predictions);
  ASSERT_TRUE(scores) << scores.error().message;
  EXPECT_EQ(scores->classes, 3U);
  EXPECT_THAT(scores->row(1), ElementsAre(4, 5, 6));
}

TEST(LoadPredictions, SaysThatAFolderHoldsNone) {
  const test::TempDir folder;
  const auto predictions = load_predictions(folder.path().string());
  ASSERT_FALSE(predictions);
  EXPECT_EQ(predictions.error().code, Code::not_found);
  EXPECT_EQ(predictions.error().where, folder.path().string());
}

TEST(LoadPredictions, RefusesADamagedIndex) {
  const test::TempDir folder;
  const auto path = write_predictions(folder, "p", {2, 3}, {1, 2, 3, 4, 5, 6}, "{\"dataset\": ");
  const auto predictions = load_predictions(path);
  ASSERT_FALSE(predictions);
  EXPECT_EQ(predictions.error().code, Code::data_loss);
}

TEST(LoadPredictions, RefusesAnArrayThatTheIndexDoesNotDescribe) {
  const test::TempDir folder;
  const auto path = write_predictions(folder, "p", {3, 2}, {1, 2, 3, 4, 5, 6}, kIndex);
  const auto predictions = load_predictions(path);
  ASSERT_FALSE(predictions);
  EXPECT_EQ(predictions.error().code, Code::data_loss);
  EXPECT_THAT(predictions.error().message, HasSubstr("[3, 2]"));
}

TEST(ClassScores, DropsTrailingOnes) {
  const auto predictions = make_predictions({2, 3, 1, 1}, {1, 2, 3, 4, 5, 6});
  const auto scores = class_scores(predictions);
  ASSERT_TRUE(scores) << scores.error().message;
  EXPECT_EQ(scores->classes, 3U);
}

TEST(ClassScores, RefusesWhatIsNotAClassifier) {
  for (const auto& predictions : {make_predictions({2, 3, 2}, std::vector<float>(12)),
                                  make_predictions({2, 1}, {1, 2}), make_predictions({2}, {1, 2})}) {
    const auto scores = class_scores(predictions);
    ASSERT_FALSE(scores);
    EXPECT_EQ(scores.error().code, Code::invalid_argument);
    EXPECT_THAT(scores.error().hint, HasSubstr("evaluate.agreement"));
  }
}

TEST(CheckComparable, RefusesAnotherDatasetOrShape) {
  const auto mine = make_predictions({2, 2}, {1, 2, 3, 4}, "a");
  EXPECT_TRUE(check_comparable(mine, make_predictions({2, 2}, {0, 0, 0, 0}, "a")));
  EXPECT_FALSE(check_comparable(mine, make_predictions({2, 2}, {0, 0, 0, 0}, "b")));
  EXPECT_FALSE(check_comparable(mine, make_predictions({2, 3}, std::vector<float>(6), "a")));
  EXPECT_FALSE(check_comparable(mine, make_predictions({1, 2}, {0, 0}, "a")));
}

}  // namespace
}  // namespace mtc::evaluate
