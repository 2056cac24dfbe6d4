// SPDX-License-Identifier: Apache-2.0
#include "core/data/array_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/data/arrays.hpp"

namespace mtc::data {
namespace {

using testing::HasSubstr;

class ArrayFileTest : public testing::Test {
 protected:
  test::TempDir folder_;
};

TEST_F(ArrayFileTest, GivesEachRow) {
  const auto path = test::save_array<std::uint8_t>(folder_, "a.npy", test::kU8, {2, 3}, {1, 2, 3, 4, 5, 6});
  const auto file = ArrayFile::open(path);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->rows(), 2U);
  EXPECT_EQ(std::to_integer<int>(file->row(1)[0]), 4);
  EXPECT_EQ(file->row(1).size(), 3U);
}

TEST_F(ArrayFileTest, NamesAFileThatIsNotThere) {
  const auto file = ArrayFile::open((folder_ / "none.npy").string());
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::not_found);
  EXPECT_THAT(file.error().where, HasSubstr("none.npy"));
}

TEST_F(ArrayFileTest, RefusesEmptyGarbageAndTruncatedFiles) {
  const auto good = test::save_array<std::uint8_t>(folder_, "a.npy", test::kU8, {2, 3}, {1, 2, 3, 4, 5, 6});
  const std::string bytes = test::read_file(good);
  for (const std::string& content : {std::string(), std::string("PNG and so on, long enough"),
                                     bytes.substr(0, 20), bytes.substr(0, bytes.size() - 1)}) {
    const auto file = ArrayFile::open(folder_.write("bad.npy", content).string());
    ASSERT_FALSE(file) << content.size();
    EXPECT_EQ(file.error().code, Code::data_loss);
    EXPECT_THAT(file.error().where, HasSubstr("bad.npy"));
  }
}

TEST_F(ArrayFileTest, RefusesAShapeWhoseBytesDoNotFitANumber) {
  const std::vector<std::int64_t> huge{4294967296, 4294967296, 16};
  const auto file = ArrayFile::open(folder_.write("huge.npy", npy::format_header(test::kF32, huge)).string());
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::data_loss);
}

TEST_F(ArrayFileTest, ConcatenatesAlongTheFirstAxis) {
  const auto a = test::save_array<std::uint8_t>(folder_, "a.npy", test::kU8, {2, 1}, {1, 2});
  const auto empty = test::save_array<std::uint8_t>(folder_, "e.npy", test::kU8, {0, 1}, {});
  const auto b = test::save_array<std::uint8_t>(folder_, "b.npy", test::kU8, {1, 1}, {3});
  const auto all = ConcatenatedArray::open({a, empty, b});
  ASSERT_TRUE(all);
  ASSERT_EQ(all->rows(), 3U);
  EXPECT_EQ(std::to_integer<int>(all->row(1)[0]), 2);
  EXPECT_EQ(std::to_integer<int>(all->row(2)[0]), 3);
  EXPECT_EQ(all->file_of(2), b);
}

TEST_F(ArrayFileTest, NamesBothFilesWhoseShapesDiffer) {
  const auto a = test::save_array<std::uint8_t>(folder_, "a.npy", test::kU8, {1, 2}, {1, 2});
  const auto b = test::save_array<std::uint8_t>(folder_, "b.npy", test::kU8, {1, 3}, {1, 2, 3});
  const auto all = ConcatenatedArray::open({a, b});
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().where, b);
  EXPECT_THAT(all.error().message, HasSubstr("uint8 [1, 3], but " + a + " is uint8 [1, 2]"));
}

TEST_F(ArrayFileTest, NamesElementTypes) {
  EXPECT_EQ(type_text({MTC_KIND_INT, 4, 0}), "int4");
  EXPECT_EQ(type_text({MTC_KIND_FLOAT, 16, MTC_FORMAT_BFLOAT}), "bfloat16");
  EXPECT_EQ(type_text({MTC_KIND_FLOAT, 8, MTC_FORMAT_E5M2}), "float8e5m2");
  EXPECT_EQ(type_text({MTC_KIND_BOOL, 8, 0}), "bool");
}

}  // namespace
}  // namespace mtc::data
