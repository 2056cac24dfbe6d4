// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/sample_count.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "mtc/npy.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::cli {
namespace {

class SampleCountTest : public testing::Test {
 protected:
  std::string array(const std::string& name, std::int64_t rows) const {
    const std::vector<std::int64_t> shape{rows, 2};
    const std::vector<float> values(static_cast<std::size_t>(rows) * 2);
    const auto path = (folder_ / name).string();
    EXPECT_TRUE(
        npy::save(path, {MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE}, shape, std::as_bytes(std::span(values))));
    return path;
  }
  test::TempDir folder_;
};

TEST_F(SampleCountTest, CountsTheRowsOfAnArray) { EXPECT_EQ(*most_samples({array("a.npy", 7), {}, {}}), 7U); }

TEST_F(SampleCountTest, AddsArraysAndAppliesSkipAndTake) {
  array("a.npy", 7);
  array("b.npy", 5);
  const auto count = [&](const std::string& more) {
    const auto file =
        folder_.write("data.toml", "format = \"npy\"\ninputs = [\"a.npy\", \"b.npy\"]\n" + more);
    return *most_samples({file.string(), {}, {}});
  };
  EXPECT_EQ(count(""), 12U);
  EXPECT_EQ(count("skip = 3\n"), 9U);
  EXPECT_EQ(count("skip = 3\ntake = 4\n"), 4U);
  EXPECT_EQ(count("skip = 30\n"), 0U);
}

TEST_F(SampleCountTest, CountsTheFilesOfAFolder) {
  folder_.write("pictures/cat/1.jpg", "j");
  folder_.write("pictures/dog/2.jpg", "j");
  EXPECT_EQ(*most_samples({(folder_ / "pictures").string(), {}, {}}), 2U);
}

TEST_F(SampleCountTest, NamesTheFileThatIsNoArray) {
  const auto file = folder_.write("x.npy", "text").string();
  const auto count = most_samples({file, {}, {}});
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().where, file);
}

}  // namespace
}  // namespace mtc::cli
