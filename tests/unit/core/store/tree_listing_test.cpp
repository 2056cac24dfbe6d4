// SPDX-License-Identifier: Apache-2.0
#include "core/store/tree_listing.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc::store {
namespace {

const Digest kDigest(64, 'd');

TEST(TreeListingTest, IsSortedAndReadsBack) {
  const std::string text = listing_text({{"b", kDigest, true}, {"a/z", kDigest, false}});
  EXPECT_EQ(text, "644 " + kDigest + " a/z\n755 " + kDigest + " b\n");
  const auto entries = parse_listing(text);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].path, "a/z");
  EXPECT_TRUE((*entries)[1].executable);
  EXPECT_TRUE(parse_listing("")->empty());
}

TEST(TreeListingTest, WhatItWouldNotWriteIsDataLoss) {
  const std::string good = "644 " + kDigest + " a\n";
  for (const std::string& bad :
       {good + "\n", good + good, "644 " + kDigest + " b\n" + good, "600 " + kDigest + " a\n",
        "644 " + kDigest + " a", "644 " + kDigest + " ../a\n", "644 " + kDigest + " /a\n",
        "644 " + kDigest + " a//b\n", "644 " + kDigest + " \n", "644 " + std::string(64, 'D') + " a\n",
        std::string("garbage\n")})
    EXPECT_FALSE(parse_listing(bad)) << bad;
}

TEST(TreeListingTest, FilesOfATreeAreSortedByBytes) {
  const test::TempDir folder;
  folder.write("t/b", "");
  folder.write("t/B", "");
  folder.write("t/a/x", "");
  folder.write("t/a-x", "");
  std::filesystem::create_directory(folder / "t/empty");
  const auto files = files_of_tree(folder / "t");
  ASSERT_TRUE(files);
  EXPECT_EQ(*files, (std::vector<std::string>{"B", "a-x", "a/x", "b"}));
}

TEST(TreeListingTest, LinksAndLineBreaksAreThePluginsFault) {
  const test::TempDir folder;
  folder.write("t/a\nb", "");
  const auto files = files_of_tree(folder / "t");
  ASSERT_FALSE(files);
  EXPECT_TRUE(files.error().plugin_fault);
  folder.write("u/a", "");
  std::filesystem::create_symlink("a", folder / "u/link");
  EXPECT_FALSE(files_of_tree(folder / "u"));
}

}  // namespace
}  // namespace mtc::store
