// SPDX-License-Identifier: Apache-2.0
#include "cli/cache_http/compress.hpp"

#include <zstd.h>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc::cache_http {
namespace {

TEST(Compress, WritesAFrameThatZstdReads) {
  const test::TempDir folder;
  std::string content;
  for (std::size_t i = 0; i < 300'000; ++i) content += std::to_string(i * 7919 % 1000);
  for (const std::string& text : {std::string(), std::string("x"), content}) {
    const auto from = folder.write("from", text);
    std::filesystem::remove(folder / "to");
    ASSERT_TRUE(compress_file(from, folder / "to"));
    const auto frame = test::read_file(folder / "to");
    std::string back(text.size(), '\0');
    EXPECT_EQ(ZSTD_decompress(back.data(), back.size(), frame.data(), frame.size()), text.size());
    EXPECT_EQ(back, text);
  }
  EXPECT_LT(std::filesystem::file_size(folder / "to"), content.size() / 2);
}

TEST(Compress, SaysWhichFileIsMissing) {
  const test::TempDir folder;
  const auto result = compress_file(folder / "none", folder / "to");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where, (folder / "none").string());
}

}  // namespace
}  // namespace mtc::cache_http
