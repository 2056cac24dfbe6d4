// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/image_list.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc::data {
namespace {

using testing::HasSubstr;

class ImageListTest : public testing::Test {
 protected:
  ImageListTest() { std::filesystem::create_directories(dir_ / "images"); }
  Result<ImageList> list(const std::string& csv = {}) {
    std::vector<std::string> labels;
    if (!csv.empty()) labels.push_back(dir_.write("labels.csv", csv).string());
    return list_images({(dir_ / "images").string()}, labels);
  }
  /// The error for this label file, or one with an empty message.
  Error error_of(const std::string& csv) {
    const auto result = list(csv);
    EXPECT_FALSE(result);
    return result ? Error{} : result.error();
  }
  test::TempDir dir_;
};

TEST_F(ImageListTest, leading_folders_in_a_label_file_are_dropped_until_a_file_is_found) {
  dir_.write("images/a.jpg", "x");
  const auto found = list("file,label\njpeg/train/a.jpg,3\n");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->entries.at(0).name, "a.jpg");
  EXPECT_EQ(found->entries.at(0).label, 3);
}

TEST_F(ImageListTest, files_with_windows_line_ends_are_read) {
  dir_.write("images/a.jpg", "x");
  const auto found = list("file,label\r\na.jpg,3\r\n\r\n");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->entries.size(), 1U);
}

TEST_F(ImageListTest, a_label_without_its_image_names_the_line) {
  dir_.write("images/a.jpg", "x");
  const auto error = error_of("file,label\na.jpg,3\nb.jpg,4\n");
  EXPECT_EQ(error.code, Code::not_found);
  EXPECT_EQ(error.message, "there is no image 'b.jpg'");
  EXPECT_EQ(error.where, (dir_ / "labels.csv").string() + ":3");
}

TEST_F(ImageListTest, an_image_listed_twice_names_the_line) {
  dir_.write("images/a.jpg", "x");
  const auto error = error_of("file,label\na.jpg,3\n./a.jpg,4\n");
  EXPECT_EQ(error.code, Code::invalid_argument);
  EXPECT_EQ(error.where, (dir_ / "labels.csv").string() + ":3");
}

TEST_F(ImageListTest, malformed_label_files_are_explained) {
  dir_.write("images/a.jpg", "x");
  EXPECT_EQ(error_of("file,class\na.jpg,3\n").message, "the header lacks the column label");
  EXPECT_EQ(error_of("file,label\na.jpg\n").message, "the line has too few columns");
  EXPECT_EQ(error_of("file,label\na.jpg,cat\n").message, "the label 'cat' is no class index");
  EXPECT_EQ(error_of("file,label\na.jpg,-1\n").message, "the label '-1' is no class index");
}

TEST_F(ImageListTest, a_folder_without_images_is_an_error) {
  dir_.write("images/readme.txt", "x");
  const auto found = list();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::not_found);
  EXPECT_EQ(found.error().where, (dir_ / "images").string());
}

TEST_F(ImageListTest, a_folder_that_does_not_exist_is_an_error) {
  const auto found = list_images({(dir_ / "absent").string()}, {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::not_found);
  EXPECT_THAT(found.error().message, HasSubstr("cannot read the folder"));
}

TEST_F(ImageListTest, images_beside_class_folders_are_an_error) {
  dir_.write("images/a.jpg", "x");
  dir_.write("images/cat/b.jpg", "x");
  const auto found = list();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace mtc::data
