// SPDX-License-Identifier: Apache-2.0
//
// From places of a pipeline that a command wrote to the command's flags.
#include "cli/mtc/flag_of_place.hpp"

#include <gtest/gtest.h>

namespace mtc::cli {
namespace {

constexpr const char* kText = R"(mtc = 1
[data.data]
inputs = "x.npy"
labels = "y.npy"
[data.held_out]
from = "data"
[model.artifact_file]
path = "a"
[model.baseline_file]
path = "b"
[stage.evaluate]
uses = "evaluate.classification"
with = { batch = 3, min_runs = 4 }
gate = ["top1 > 1"]
)";

std::string flag_at(const std::string& place) {
  return at_flag({Code::invalid_argument, "m", place, ""}, kText).where;
}

TEST(FlagOfPlaceTest, NamesFlagsAndArguments) {
  EXPECT_EQ(flag_at("command line:2:2"), "--data");
  EXPECT_EQ(flag_at("command line:3:1"), "--data");
  EXPECT_EQ(flag_at("command line:4:1"), "--labels");
  EXPECT_EQ(flag_at("command line:6:1"), "--data");
  EXPECT_EQ(flag_at("command line:8:1"), "artifact");
  EXPECT_EQ(flag_at("command line:10:1"), "--baseline");
  EXPECT_EQ(flag_at("command line:13:10"), "--batch");
  EXPECT_EQ(flag_at("command line:13:21"), "--min-runs");
  EXPECT_EQ(flag_at("command line:14:9"), "--gate");
}

TEST(FlagOfPlaceTest, NamesTheStageWhereNoFlagIsToBlame) {
  EXPECT_EQ(flag_at("command line:11:8"), "stage 'evaluate'");
  EXPECT_EQ(flag_at("command line:12:1"), "stage 'evaluate'");
}

TEST(FlagOfPlaceTest, LeavesOtherPlacesAlone) {
  for (const char* place : {"", "data.toml:2:1", "--data", "command line:99:1", "command line:x:1"})
    EXPECT_EQ(flag_at(place), place);
}

}  // namespace
}  // namespace mtc::cli
