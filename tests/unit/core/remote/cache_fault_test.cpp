// SPDX-License-Identifier: Apache-2.0
//
// What a cache can do wrong. Each test asserts that it did, that the answer is a miss, and that nothing of it
// is in the store.
#include <csignal>

#include <gmock/gmock.h>

#include "core/remote/result_message.hpp"
#include "tests/unit/core/remote/cache_fixture.hpp"

namespace mtc::remote {
namespace {

using test::HttpReply;
using test::HttpRequest;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kModel = "the model's bytes";
constexpr int kAttempts = 4;  // One, and three retries.

class CacheFaultTest : public CacheFixture {
 protected:
  CacheFaultTest() { Machine(options_).share(); }

  /// Fetches on a fresh machine, which must be a miss that leaves nothing.
  void expect_miss(const std::string& warning) {
    Machine user(options_);
    EXPECT_FALSE(user.fetch());
    EXPECT_EQ(user.stored(), 0U);
    EXPECT_EQ(user.staged(), 0U);
    const auto warnings = user.cache().take_warnings();
    if (warning.empty()) {
      EXPECT_THAT(warnings, IsEmpty());
    } else {
      ASSERT_THAT(warnings, SizeIs(1));
      EXPECT_THAT(warnings[0].message, HasSubstr(warning));
    }
  }
  const std::string model_ = blob_path(kModel);
};

TEST_F(CacheFaultTest, ABlobThatIsGoneIsAMissAndIsUploadedAgain) {
  server_.erase(model_);
  expect_miss("");
  EXPECT_EQ(server_.count("GET " + model_), 1U);
  Machine(options_).share();
  EXPECT_TRUE(Machine(options_).fetch());
}

TEST_F(CacheFaultTest, WrongBytesAreAMissAndAreReplaced) {
  server_.put(model_, "the model's BYTES");
  {
    Machine user(options_);
    EXPECT_FALSE(user.fetch());
    EXPECT_EQ(user.stored(), 0U);
    EXPECT_THAT(user.cache().take_warnings(), SizeIs(1));
    user.share();  // It ran the stage itself.
  }
  EXPECT_EQ(server_.content().at(model_), kModel);
  EXPECT_TRUE(Machine(options_).fetch());
}

TEST_F(CacheFaultTest, ABlobThatIsTooLongEndsAtItsSize) {
  server_.put(model_, std::string(50'000'000, 'x'));
  Machine user(options_);
  EXPECT_FALSE(user.fetch());
  EXPECT_EQ(user.stored(), 0U);
  EXPECT_EQ(server_.count("GET " + model_), 1U);
  EXPECT_LT(user.cache().statistics().bytes_down, 1'000'000U);
}

TEST_F(CacheFaultTest, ATransferThatBreaksOffIsTriedAgainAndThenAMiss) {
  server_.set_fault([&](const HttpRequest& request, const HttpReply& honest) -> std::optional<HttpReply> {
    if (request.path != model_) return std::nullopt;
    HttpReply reply = honest;
    reply.cut = true;
    return reply;
  });
  expect_miss("does not answer");
  EXPECT_EQ(server_.faults(), kAttempts);
}

TEST_F(CacheFaultTest, AShortBlobIsAMiss) {
  server_.put(model_, "the model");
  expect_miss("other bytes than it should");
}

TEST_F(CacheFaultTest, AFailureThatPassesIsNotNoticed) {
  server_.set_fault([&](const HttpRequest&, const HttpReply&) -> std::optional<HttpReply> {
    return server_.faults() < 3 ? std::optional(HttpReply{503}) : std::nullopt;
  });
  Machine user(options_);
  EXPECT_TRUE(user.fetch());
  EXPECT_EQ(server_.faults(), 3);
  EXPECT_EQ(user.cache().statistics().failures, 0U);
  EXPECT_THAT(user.cache().take_warnings(), IsEmpty());
}

TEST_F(CacheFaultTest, AFailureThatStaysStopsTheAskingAndIsToldOnce) {
  server_.set_fault(on_get("/ac/" + kKey, {503}));
  Machine user(options_);
  for (int i = 0; i < Breaker::kFailures; ++i) EXPECT_FALSE(user.fetch());
  EXPECT_EQ(server_.faults(), Breaker::kFailures * kAttempts);
  EXPECT_FALSE(user.fetch());
  EXPECT_EQ(server_.faults(), Breaker::kFailures * kAttempts) << "it was asked again";
  EXPECT_EQ(user.cache().statistics().failures, 4U);
  EXPECT_THAT(user.cache().take_warnings(), SizeIs(1));
  EXPECT_EQ(user.stored(), 0U);
}

TEST_F(CacheFaultTest, AServerThatSaysNothingIsGivenUp) {
  options_.timeout_s = 1;
  server_.set_fault(on_get("/ac/" + kKey, {200, {}, {}, false, true}));
  expect_miss("does not answer: Timeout");
  EXPECT_GE(server_.faults(), 1);
  EXPECT_LE(server_.faults(), kAttempts);
}

TEST_F(CacheFaultTest, ARefusedConnectionIsToldOnceForAllRequests) {
  server_.stop();
  Machine user(options_);
  EXPECT_FALSE(user.fetch());
  EXPECT_FALSE(user.fetch());
  const auto result = user.share();
  EXPECT_TRUE(*user.store().find(kKey)) << "the result stays in the local store";
  const auto warnings = user.cache().take_warnings();
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].code, Code::unavailable);
  EXPECT_EQ(user.cache().statistics().uploads, 0U);
  EXPECT_EQ(user.cache().pending(), 0U);
}

TEST_F(CacheFaultTest, RedirectsWithoutEndAreAMiss) {
  server_.set_fault(on_get(model_, {302, {{"Location", model_}}}));
  expect_miss("redirects");
  EXPECT_GE(server_.faults(), 2);
}

TEST_F(CacheFaultTest, RedirectsToFilesAreNotFollowed) {
  server_.set_fault(on_get(model_, {302, {{"Location", "file:///etc/hostname"}}}));
  expect_miss("does not answer");
  EXPECT_EQ(server_.faults(), 1);
}

TEST_F(CacheFaultTest, ARedirectedUploadIsRefused) {
  server_.set_fault([](const HttpRequest& request, const HttpReply&) -> std::optional<HttpReply> {
    if (request.method != "PUT") return std::nullopt;
    return HttpReply{307, {{"Location", "/elsewhere"}}};
  });
  Machine maker(options_);
  maker.share();
  EXPECT_EQ(server_.faults(), 1);
  EXPECT_EQ(maker.cache().statistics().uploads, 0U);
  EXPECT_THAT(maker.cache().take_warnings().at(0).hint, HasSubstr("address"));
}

TEST_F(CacheFaultTest, WithoutCredentialsItIsAMissThatSaysWhatToDo) {
  server_.set_fault([](const HttpRequest& request, const HttpReply&) -> std::optional<HttpReply> {
    const auto given = request.headers.find("authorization");
    if (given != request.headers.end() && given->second == "Bearer good") return std::nullopt;
    return HttpReply{401, {{"WWW-Authenticate", "Bearer"}}};
  });
  expect_miss("401");
  options_.token = "bad";
  expect_miss("401");
  EXPECT_EQ(server_.faults(), 2) << "nothing is gained by asking again";
  options_.token = "good";
  EXPECT_TRUE(Machine(options_).fetch());
}

TEST_F(CacheFaultTest, RefusedUploadsLeaveDownloadsAlone) {
  server_.erase("/cas/" + kKey);
  server_.set_fault([](const HttpRequest& request, const HttpReply&) -> std::optional<HttpReply> {
    return request.method == "PUT" ? std::optional(HttpReply{403}) : std::nullopt;
  });
  Machine user(options_);
  user.share();
  EXPECT_EQ(server_.faults(), 1);
  std::filesystem::remove_all(user.store().root() / "ac");
  EXPECT_TRUE(user.fetch());
  EXPECT_THAT(user.cache().take_warnings(), SizeIs(1));
}

TEST_F(CacheFaultTest, NoEntryIsUploadedWhenABlobIsNot) {
  for (const auto& [path, body] : server_.content()) server_.erase(path);
  const auto entries = server_.count("PUT /ac/");
  server_.set_fault([&](const HttpRequest& request, const HttpReply&) -> std::optional<HttpReply> {
    if (request.method != "PUT" || request.path != model_) return std::nullopt;
    return HttpReply{507};
  });
  Machine maker(options_);
  maker.share();
  EXPECT_EQ(server_.faults(), 1);
  EXPECT_EQ(server_.count("PUT /ac/"), entries);
  EXPECT_EQ(maker.cache().statistics().uploads, 0U);
}

TEST_F(CacheFaultTest, AnEntryOfAnotherKindIsAMiss) {
  for (const std::string& body : {std::string(), std::string("<html>hello</html>"), encode({{}, "hello"}),
                                  std::string("\x12\xff\xff\xff\xff\x0f", 6)}) {
    server_.put("/ac/" + kKey, body);
    Machine user(options_);
    EXPECT_FALSE(user.fetch());
    EXPECT_EQ(user.stored(), 0U);
    EXPECT_EQ(user.cache().statistics().misses, 1U);
  }
}

TEST_F(CacheFaultTest, AnEntryOfAnotherActionIsAMiss) {
  const std::string other = "mtc-action 1\nanother\n";
  server_.put("/ac/" + digest_of(other), server_.content().at("/ac/" + kKey));
  Machine user(options_);
  EXPECT_FALSE(user.cache().fetch(other));
  EXPECT_EQ(user.stored(), 0U);
  EXPECT_THAT(user.cache().take_warnings(), SizeIs(1));
}

TEST_F(CacheFaultTest, TheEndOfTheHelperIsAMiss) {
  Machine user(options_);
  ASSERT_EQ(::kill(user.cache().pid(), SIGKILL), 0);
  EXPECT_FALSE(user.fetch());
  EXPECT_FALSE(user.fetch());
  user.share();
  EXPECT_EQ(user.cache().pending(), 0U);
  EXPECT_THAT(user.cache().take_warnings(), SizeIs(1));
}

TEST_F(CacheFaultTest, AnInterruptEndsAWaitWithoutAWord) {
  server_.set_fault(on_get("/ac/" + kKey, {200, {}, {}, false, true}));
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  options_.stop = ends[0];
  options_.timeout_s = 1000;
  Machine user(options_);
  std::thread interrupt([&] {
    while (server_.faults() == 0) std::this_thread::yield();
    EXPECT_EQ(::write(ends[1], "x", 1), 1);
  });
  EXPECT_FALSE(user.fetch());
  interrupt.join();
  EXPECT_THAT(user.cache().take_warnings(), IsEmpty());
}

}  // namespace
}  // namespace mtc::remote
