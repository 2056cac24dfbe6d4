// SPDX-License-Identifier: Apache-2.0
//
// Expected values: NIST, SHA-256 examples of FIPS 180-4 and the short-message vectors of the CAVP
// (SHA256ShortMsg.rsp).
#include "core/base/digest.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc {
namespace {

TEST(DigestTest, EqualsTheNistVectors) {
  EXPECT_EQ(digest_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(digest_of("\xd3"), "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1");
  EXPECT_EQ(digest_of(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(DigestTest, DoesNotDependOnHowTheBytesArrive) {
  Hasher hasher;
  hasher.update("a");
  hasher.update("");
  hasher.update("bc");
  EXPECT_EQ(hasher.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(DigestTest, OfAFileIsThatOfItsContentAcrossReadBlocks) {
  const test::TempDir folder;
  const auto file = folder.write("million", std::string(1'000'000, 'a') + std::string(2'000'000, 'b'));
  EXPECT_EQ(*digest_of_file(file), digest_of(std::string(1'000'000, 'a') + std::string(2'000'000, 'b')));
  EXPECT_EQ(*digest_of_file(folder.write("empty", "")), digest_of(""));
}

TEST(DigestTest, SaysWhichFileIsMissing) {
  const auto digest = digest_of_file("/nowhere/at/all");
  ASSERT_FALSE(digest);
  EXPECT_EQ(digest.error().code, Code::not_found);
  EXPECT_EQ(digest.error().where, "/nowhere/at/all");
}

TEST(DigestTest, RefusesAFolder) {
  const test::TempDir folder;
  const auto digest = digest_of_file(folder.path());
  ASSERT_FALSE(digest);
  EXPECT_EQ(digest.error().code, Code::invalid_argument);
}

TEST(DigestTest, RecognisesDigests) {
  EXPECT_TRUE(is_digest(digest_of("x")));
  EXPECT_FALSE(is_digest(""));
  EXPECT_FALSE(is_digest(digest_of("x").substr(1)));
  EXPECT_FALSE(is_digest(std::string(64, 'A')));
  EXPECT_FALSE(is_digest(std::string(64, 'g')));
}

}  // namespace
}  // namespace mtc
