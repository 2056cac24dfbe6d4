// SPDX-License-Identifier: Apache-2.0
#include "core/remote/entry.hpp"

#include <gtest/gtest.h>

namespace mtc::remote {
namespace {

const Digest kAction(64, 'a');
const Digest kBlob(64, 'b');

store::ActionResult result() { return {{{"model", kBlob, 17, false}}, {{"top1", 0.1 + 0.2}}, 1.25}; }

TEST(Entry, KeepsTheResultBitForBit) {
  const auto parsed =
      parse_entry(kAction, entry_body(kAction, result(), {{{"model", kBlob, 17, false}, "/x"}}));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->result.outputs.at(0).digest, kBlob);
  EXPECT_EQ(parsed->result.metrics, result().metrics);
  EXPECT_EQ(parsed->result.seconds, 1.25);
  EXPECT_EQ(parsed->sizes, (std::map<Digest, std::uint64_t>{{kBlob, 17}}));
}

TEST(Entry, BelongsToOneAction) {
  const auto body = entry_body(kAction, result(), {{{"model", kBlob, 17, false}, "/x"}});
  EXPECT_FALSE(parse_entry(kBlob, body));
}

TEST(Entry, MustListEveryOutput) { EXPECT_FALSE(parse_entry(kAction, entry_body(kAction, result(), {}))); }

TEST(Entry, NoticesAChangedByteOfTheResult) {
  auto body = entry_body(kAction, result(), {{{"model", kBlob, 17, false}, "/x"}});
  body[body.find("1.25")] = '2';
  EXPECT_FALSE(parse_entry(kAction, body));
}

}  // namespace
}  // namespace mtc::remote
