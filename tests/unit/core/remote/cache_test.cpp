// SPDX-License-Identifier: Apache-2.0
//
// What two machines share through a cache that does as it should.
#include "core/remote/cache.hpp"

#include <csignal>

#include <gmock/gmock.h>

#include "core/remote/result_message.hpp"
#include "tests/unit/core/remote/cache_fixture.hpp"

namespace mtc::remote {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class CacheTest : public CacheFixture {};

TEST_F(CacheTest, BringsWhatAnotherMachineMade) {
  Machine maker(options_);
  const auto made = maker.share();
  Machine user(options_);
  ASSERT_TRUE(user.fetch());
  const auto found = user.store().find(kKey);
  ASSERT_TRUE(found && *found);
  const auto& result = **found;
  ASSERT_EQ(result.outputs.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(result.outputs[i].digest, made.outputs[i].digest);
    EXPECT_EQ(result.outputs[i].bytes, made.outputs[i].bytes);
    EXPECT_EQ(result.outputs[i].folder, made.outputs[i].folder);
  }
  EXPECT_EQ(result.metrics, made.metrics);
  EXPECT_EQ(result.seconds, made.seconds);
  const auto tree = *user.store().path(result.outputs[1]);
  EXPECT_EQ(test::read_file(tree / "sub/same"), "the model's bytes");
  EXPECT_EQ(test::read_file(tree / "sub/empty"), "");
  EXPECT_NE(std::filesystem::status(tree / "run.sh").permissions() & std::filesystem::perms::owner_exec,
            std::filesystem::perms::none);
  EXPECT_EQ(user.store().document(kKey)->value_or(""), kDocument);
  EXPECT_EQ(user.staged(), 0U);
  EXPECT_THAT(user.cache().take_warnings(), IsEmpty());
}

TEST_F(CacheTest, AnActionThatNobodyRanIsAMiss) {
  Machine user(options_);
  EXPECT_FALSE(user.fetch());
  EXPECT_EQ(user.cache().statistics().misses, 1U);
  EXPECT_EQ(user.cache().statistics().failures, 0U);
  EXPECT_EQ(user.stored(), 0U);
  EXPECT_THAT(user.cache().take_warnings(), IsEmpty());
}

TEST_F(CacheTest, UploadsBlobsThenTheEntryAndTheDocumentToo) {
  Machine maker(options_);
  maker.share();
  const auto requests = server_.requests();
  EXPECT_EQ(requests.back(), "PUT /ac/" + kKey);
  EXPECT_EQ(server_.count("PUT /ac/"), 1U);
  const auto content = server_.content();
  EXPECT_EQ(content.at("/cas/" + kKey), kDocument);
  for (const auto& [path, body] : content) {
    if (path.starts_with("/cas/")) {
      EXPECT_EQ(path, blob_path(body));
    }
  }
  const auto message = decode(content.at("/ac/" + kKey));
  ASSERT_TRUE(message);
  std::vector<std::string> paths;
  for (const auto& file : message->output_files) {
    paths.push_back(file.path);
    EXPECT_EQ(content.at("/cas/" + file.digest).size(), file.bytes) << file.path;
  }
  EXPECT_EQ(paths, (std::vector<std::string>{"action.document", "model", "tree.listing", "tree/run.sh",
                                             "tree/sub/empty", "tree/sub/same"}));
  EXPECT_EQ(maker.cache().statistics().uploads, 1U);
  EXPECT_EQ(maker.staged(), 0U);
}

TEST_F(CacheTest, LooksBeforeItUploadsABlob) {
  Machine(options_).share();
  const auto first = server_.count("PUT /cas/");
  EXPECT_EQ(first, 5U) << "each content once";
  Machine(options_).share();
  EXPECT_EQ(server_.count("PUT /cas/"), first);
}

TEST_F(CacheTest, DownloadsOnlyWhatTheStoreLacks) {
  Machine(options_).share();
  Machine user(options_);
  user.make();
  std::filesystem::remove_all(user.store().root() / "ac");
  const auto before = server_.count("GET /cas/");
  EXPECT_TRUE(user.fetch());
  EXPECT_EQ(server_.count("GET /cas/"), before);
}

TEST_F(CacheTest, ReadOnlyTakesAndGivesNothing) {
  Machine(options_).share();
  const auto puts = server_.count("PUT ");
  options_.read_only = true;
  Machine user(options_);
  EXPECT_TRUE(user.fetch());
  user.share();
  EXPECT_EQ(server_.count("PUT "), puts);
}

TEST_F(CacheTest, AnInstanceIsAPrefixOfThePath) {
  options_.url += "/team/a/";
  Machine(options_).share();
  EXPECT_TRUE(server_.content().contains("/team/a/ac/" + kKey));
  EXPECT_TRUE(Machine(options_).fetch());
}

TEST_F(CacheTest, CompressesUploadsWhenAskedTo) {
  options_.zstd = true;
  Machine(options_).share();
  std::size_t packed = 0;
  for (const auto& request : server_.recorded()) {
    if (request.method != "PUT" || !request.path.starts_with("/cas/")) continue;
    ++packed;
    EXPECT_EQ(request.headers.at("content-encoding"), "zstd");
    EXPECT_NE(blob_path(request.body), request.path);
  }
  EXPECT_EQ(packed, 5U);
  for (const auto& [path, body] : server_.content()) {
    if (path.starts_with("/cas/")) {
      EXPECT_EQ(path, blob_path(body)) << "the server undoes the encoding";
    }
  }
  EXPECT_TRUE(Machine(options_).fetch());
}

TEST_F(CacheTest, SendsTheTokenWithEveryRequest) {
  options_.token = "secret";
  Machine(options_).share();
  Machine(options_).fetch();
  std::vector<std::string> sent;
  for (const auto& request : server_.recorded()) {
    const auto header = request.headers.find("authorization");
    sent.push_back(header == request.headers.end() ? "" : header->second);
  }
  EXPECT_THAT(sent, Not(IsEmpty()));
  EXPECT_THAT(sent, Each("Bearer secret"));
}

TEST_F(CacheTest, FollowsRedirectsOfDownloads) {
  Machine(options_).share();
  const auto real = blob_path("the model's bytes");
  server_.put("/elsewhere", "the model's bytes");
  server_.set_fault(on_get(real, {302, {{"Location", "/elsewhere"}}}));
  EXPECT_TRUE(Machine(options_).fetch());
  EXPECT_EQ(server_.faults(), 1);
}

TEST_F(CacheTest, AnAddressWithoutAProgramIsAnErrorOfUsage) {
  const test::TempDir folder;
  auto store = *store::Store::open(folder / "store");
  for (const char* url : {"gopher://host", "host:80", "://x", "../evil://x"}) {
    options_.url = url;
    const auto opened = Cache::open(options_, store);
    ASSERT_FALSE(opened) << url;
    EXPECT_EQ(opened.error().code, Code::invalid_argument);
    EXPECT_NE(opened.error().hint, "");
  }
}

}  // namespace
}  // namespace mtc::remote
