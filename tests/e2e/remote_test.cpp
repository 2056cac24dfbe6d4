// SPDX-License-Identifier: Apache-2.0
//
// Two machines, two stores, one remote cache: what the first made, the second takes without a worker.
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "tests/e2e/nginx.hpp"
#include "tests/e2e/sandbox.hpp"
#include "tests/support/cache_server.hpp"

namespace mtc::test {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr const char* kOneStage = "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n";

std::size_t workers_started(const std::filesystem::path& events) {
  std::ifstream stream(events);
  std::size_t count = 0;
  for (std::string line; std::getline(stream, line);) {
    if (line.find("\"worker.started\"") != std::string::npos) ++count;
  }
  return count;
}

std::set<std::string> action_statuses(const Json& report) {
  std::set<std::string> statuses;
  for (const auto& stage : report.at("stages")) {
    for (const auto& action : stage.at("actions")) statuses.insert(action.at("status").get<std::string>());
  }
  return statuses;
}

/// The digests of the blobs that the entry `file` names, read by protobuf's own decoder.
std::vector<std::string> digests_in(const std::filesystem::path& file) {
  const TempDir folder;
  const std::string command = "protoc -I " MTC_SOURCE_DIR
                              "/tests/unit/core/remote --decode=build.bazel.remote.execution.v2.ActionResult "
                              "result_message.proto < " +
                              file.string() + " | sed -n 's/.*hash: \"\\(.*\\)\"/\\1/p' > " +
                              (folder / "out").string();
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::ifstream stream(folder / "out");
  std::vector<std::string> digests;
  for (std::string line; std::getline(stream, line);) digests.push_back(line);
  return digests;
}

TEST(Remote, ASecondMachineTakesEverythingFromNginxWithoutAWorker) {
  if (!Nginx::installed()) GTEST_SKIP() << "nginx is not installed (apt install nginx-light)";
  const Nginx nginx({});
  Sandbox first;
  const auto made = first.run(kSmallPipeline, {"--remote", nginx.url()});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.json()["remote"]["uploads"], 6);
  EXPECT_EQ(made.json()["remote"]["misses"], 6);

  const auto entries = nginx.files("ac");
  EXPECT_EQ(entries.size(), 6U);
  for (const auto& entry : entries) {
    const auto digests = digests_in(entry);
    EXPECT_GE(digests.size(), 2U) << "an output and the action document";
    EXPECT_NE(std::ranges::find(digests, entry.filename().string()), digests.end()) << "the document";
    for (const auto& digest : digests) {
      EXPECT_TRUE(std::filesystem::exists(entry.parent_path().parent_path() / "cas" / digest));
    }
  }
  for (const auto& blob : nginx.files("cas")) EXPECT_EQ(digest_of(read_file(blob)), blob.filename().string());

  Sandbox second;
  second.set("MTC_REMOTE", nginx.url());
  const auto taken = second.run(kSmallPipeline, {"--events", "events.jsonl", "--remote-read-only"});
  ASSERT_EQ(taken.exit_code, 0) << taken.err;
  EXPECT_EQ(workers_started(second / "events.jsonl"), 0U);
  EXPECT_THAT(statuses_of(taken.json()), Each(Pair(testing::_, "hit")));
  EXPECT_EQ(action_statuses(taken.json()), std::set<std::string>{"remote_hit"});
  EXPECT_EQ(taken.json()["remote"]["hits"], 6);
  for (const auto& stage : {"images", "init", "pruned", "build", "score"}) {
    EXPECT_EQ(stage_of(made.json(), stage)["metrics"], stage_of(taken.json(), stage)["metrics"]) << stage;
    const Json outputs = stage_of(made.json(), stage)["outputs"];
    for (const auto& [name, output] : outputs.items())
      EXPECT_EQ(output["digest"], stage_of(taken.json(), stage)["outputs"][name]["digest"]) << stage << name;
  }
  const auto again = second.run(kSmallPipeline);
  EXPECT_EQ(action_statuses(again.json()), std::set<std::string>{"hit"}) << "they are in the store now";
  EXPECT_EQ(second.staging(), std::set<std::string>{}) << "nothing is left of the downloads";
}

TEST(Remote, TrustsOnlyTheNamedAuthority) {
  if (!Nginx::installed()) GTEST_SKIP() << "nginx is not installed (apt install nginx-light)";
  Nginx::Options options;
  options.tls = true;
  options.authorization = "Bearer s3cret";
  const Nginx nginx(options);
  Sandbox stranger;
  stranger.set("MTC_REMOTE_TOKEN", "s3cret");
  const auto refused = stranger.run(kOneStage, {"--remote", nginx.url()});
  EXPECT_EQ(refused.exit_code, 0) << refused.err;
  EXPECT_THAT(refused.err, AllOf(HasSubstr("warning: the remote cache"), HasSubstr("MTC_REMOTE_CA")));
  EXPECT_TRUE(nginx.files("ac").empty());

  for (const char* status : {"ran", "remote_hit"}) {
    Sandbox machine;
    machine.set("MTC_REMOTE_TOKEN", "s3cret");
    machine.set("MTC_REMOTE_CA", nginx.certificate().string());
    const auto run = machine.run(kOneStage, {"--remote", nginx.url()});
    EXPECT_EQ(action_statuses(run.json()), std::set<std::string>{status}) << run.err;
    EXPECT_THAT(run.err, Not(HasSubstr("warning")));
  }
}

TEST(Remote, TakesItsPasswordFromNetrc) {
  if (!Nginx::installed()) GTEST_SKIP() << "nginx is not installed (apt install nginx-light)";
  Nginx::Options options;
  options.authorization = "Basic dXNlcjpwYXNz";  // base64 of user:pass
  const Nginx nginx(options);
  Sandbox machine;
  machine.write("home/.netrc", "machine 127.0.0.1 login user password pass\n");
  const auto run = machine.run(kOneStage, {"--remote", nginx.url()});
  EXPECT_EQ(run.json()["remote"]["uploads"], 1) << run.err;
  Sandbox other;
  const auto refused = other.run(kOneStage, {"--remote", nginx.url()});
  EXPECT_EQ(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr("401"));
}

TEST(Remote, AServerThatTakesNoUploadsStillServes) {
  if (!Nginx::installed()) GTEST_SKIP() << "nginx is not installed (apt install nginx-light)";
  Nginx::Options options;
  options.read_only = true;
  const Nginx nginx(options);
  Sandbox machine;
  const auto run = machine.run(kOneStage, {"--remote", nginx.url()});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("--remote-read-only"));
  EXPECT_THAT(nginx.log(), HasSubstr("PUT"));
}

TEST(Remote, ADeadCacheIsOneWarningOrExitCode8) {
  CacheServer server;
  server.stop();  // Its port refuses from here on.
  Sandbox box;
  const auto run = box.run(kSmallPipeline, {"--remote", server.url()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(statuses_of(run.json()), Each(Pair(testing::_, "ran")));
  const auto first = run.err.find("warning: the remote cache");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(run.err.find("warning: the remote cache", first + 1), std::string::npos) << run.err;

  Sandbox strict;
  const auto failed = strict.run(kOneStage, {"--remote", server.url(), "--remote-strict"});
  EXPECT_EQ(failed.exit_code, 8);
  EXPECT_EQ(failed.json()["exit_code"], 8);
  EXPECT_EQ(failed.json()["status"], "failed");
  EXPECT_EQ(statuses_of(failed.json())["init"], "ran") << "the work is not lost";
  EXPECT_THAT(failed.err, HasSubstr("--remote-strict"));
}

TEST(Remote, AMissIsNoFailureOfAStrictCache) {
  const CacheServer server;
  Sandbox box;
  EXPECT_EQ(box.run(kOneStage, {"--remote", server.url(), "--remote-strict"}).exit_code, 0);
  EXPECT_EQ(server.count("PUT /ac/"), 1U);
}

TEST(Remote, DamagedBlobsAreMadeAnewAndReplaced) {
  CacheServer server;
  Sandbox first;
  ASSERT_EQ(first.run(kOneStage, {"--remote", server.url()}).exit_code, 0);
  const auto content = server.content();
  for (const auto& [path, body] : content) {
    if (path.starts_with("/cas/")) server.put(path, "X" + body.substr(1));
  }
  Sandbox second;
  const auto run = second.run(kOneStage, {"--remote", server.url()});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(statuses_of(run.json())["init"], "ran");
  const auto digest = stage_of(run.json(), "init")["outputs"]["model"]["digest"].get<std::string>();
  EXPECT_EQ(digest_of(server.content().at("/cas/" + digest)), digest);
  for (const auto& file : second.stored()) {
    if (!file.starts_with("cas/")) continue;
    EXPECT_EQ(digest_of(read_file(second / "store" / file)), file.substr(file.rfind('/') + 1));
  }
}

TEST(Remote, AnInterruptDoesNotWaitForTheCache) {
  CacheServer server;
  server.set_fault([](const HttpRequest& request, const HttpReply&) -> std::optional<HttpReply> {
    return request.method == "GET" ? std::optional(HttpReply{200, {}, {}, false, true}) : std::nullopt;
  });
  Sandbox box;
  box.set("MTC_REMOTE_TIMEOUT", "1000");
  box.write("p.toml", kOneStage);
  auto running = box.start({"run", "p.toml", "--remote", server.url()});
  ASSERT_TRUE(running.wait_for_event("stage.started"));
  while (server.faults() == 0) std::this_thread::yield();
  running.signal(SIGINT);
  EXPECT_EQ(running.finish().exit_code, 130);
  EXPECT_TRUE(box.stored().empty());
  EXPECT_FALSE(any_child_left());
}

TEST(Remote, MisspeltSettingsAreErrorsOfUsage) {
  Sandbox box;
  const auto scheme = box.run(kOneStage, {"--remote", "gopher://host"});
  EXPECT_EQ(scheme.exit_code, 2);
  EXPECT_THAT(scheme.err, HasSubstr("mtc-cache-gopher"));
  box.set("MTC_REMOTE_TIMEOUT", "soon");
  const auto timeout = box.run(kOneStage, {"--remote", "http://127.0.0.1:9"});
  EXPECT_EQ(timeout.exit_code, 2);
  EXPECT_THAT(timeout.err, HasSubstr("MTC_REMOTE_TIMEOUT"));
}

}  // namespace
}  // namespace mtc::test
