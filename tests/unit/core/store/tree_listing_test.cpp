// SPDX-License-Identifier: Apache-2.0
#include "core/store/tree_listing.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc::store {
namespace {

const Digest kDigest(64, 'd');

TEST(TreeListingTest, IsSortedAndReadsBack) {
  const std::string text = listing_text({{{"b", kDigest, true}, {"a/z", kDigest, false}}, {"a/empty"}});
  EXPECT_EQ(text, "dir " + digest_of("") + " a/empty\n644 " + kDigest + " a/z\n755 " + kDigest + " b\n");
  const auto listing = parse_listing(text);
  ASSERT_TRUE(listing);
  ASSERT_EQ(listing->files.size(), 2U);
  EXPECT_EQ(listing->files[0].path, "a/z");
  EXPECT_TRUE(listing->files[1].executable);
  EXPECT_EQ(listing->empty_folders, std::vector<std::string>{"a/empty"});
  EXPECT_TRUE(parse_listing("")->files.empty());
}

TEST(TreeListingTest, WhatItWouldNotWriteIsDataLoss) {
  const std::string good = "644 " + kDigest + " a\n";
  for (const std::string& bad :
       {good + "\n", good + good, "644 " + kDigest + " b\n" + good, "600 " + kDigest + " a\n",
        "644 " + kDigest + " a", "644 " + kDigest + " ../a\n", "644 " + kDigest + " /a\n",
        "644 " + kDigest + " a//b\n", "dir " + kDigest + " a\n", "dir " + digest_of("") + " ../a\n",
        "644 " + kDigest + " \n", "644 " + std::string(64, 'D') + " a\n", std::string("garbage\n")})
    EXPECT_FALSE(parse_listing(bad)) << bad;
}

TEST(TreeListingTest, PathsOfATreeAreSortedByBytes) {
  const test::TempDir folder;
  folder.write("t/b", "");
  folder.write("t/B", "");
  folder.write("t/a/x", "");
  folder.write("t/a-x", "");
  std::filesystem::create_directories(folder / "t/empty/deep");
  const auto paths = paths_of_tree(folder / "t");
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->files, (std::vector<std::string>{"B", "a-x", "a/x", "b"}));
  EXPECT_EQ(paths->empty_folders, std::vector<std::string>{"empty/deep"});
}

TEST(TreeListingTest, LinksAndLineBreaksAreThePluginsFault) {
  const test::TempDir folder;
  folder.write("t/a\nb", "");
  const auto paths = paths_of_tree(folder / "t");
  ASSERT_FALSE(paths);
  EXPECT_TRUE(paths.error().plugin_fault);
  folder.write("u/a", "");
  std::filesystem::create_symlink("a", folder / "u/link");
  EXPECT_FALSE(paths_of_tree(folder / "u"));
}

}  // namespace
}  // namespace mtc::store
