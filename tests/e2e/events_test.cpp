// SPDX-License-Identifier: Apache-2.0
//
// Every line that real runs write to --events against the schema, and its fields against those that the
// schema names.
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <gtest/gtest.h>

#include "core/store/action_lock.hpp"
#include "tests/e2e/sandbox.hpp"
#include "tests/support/cache_server.hpp"

namespace mtc::test {
namespace {

const std::string kPipeline = std::string(kSmallPipeline) + R"(gate = ["top1 >= 0.0", "top1 >= 1.1"]
[stage.speed]
uses = "bench.latency"
artifact = "build.artifact"
with = { warmup_seconds = 0.0, min_seconds = 0.0, min_runs = 5 }
[stage.ship]
uses = "package"
artifact = "build.artifact"
)";

class EventsSchema : public testing::Test {
 protected:
  EventsSchema() {
    std::ifstream(MTC_SOURCE_DIR "/docs/schema/events.schema.json") >> json_;
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(json_), schema_);
  }

  /// Whether `event` satisfies the schema, and why not.
  std::string violation(const Json& event) {
    valijson::Validator validator;
    valijson::ValidationResults results;
    const bool valid = validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(event), &results);
    std::string text;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) text += error.description + "; ";
    return valid ? "" : event.dump() + ": " + text;
  }

  /// Fields that the schema does not name for this type of event.
  std::set<std::string> unnamed(const Json& event) {
    const auto& own = json_["definitions"][event["type"].get<std::string>()]["properties"];
    std::set<std::string> fields;
    for (const auto& [field, value] : event.items()) {
      if (!own.contains(field) && !json_["properties"].contains(field)) fields.insert(field);
    }
    return fields;
  }

  /// Checks a whole stream; returns the types in it.
  std::set<std::string> check(const std::filesystem::path& file, int exit_code) {
    std::ifstream stream(file);
    std::set<std::string> types;
    Json event;
    std::size_t count = 0;
    for (std::string line; std::getline(stream, line); ++count) {
      event = Json::parse(line);
      EXPECT_EQ(event["type"] == "run.started", count == 0);
      EXPECT_EQ(event["seq"], count);
      EXPECT_EQ(violation(event), "");
      EXPECT_EQ(unnamed(event), std::set<std::string>()) << line;
      types.insert(event["type"].get<std::string>());
      for (const auto& reason : event.value("reasons", Json::array())) reasons_.insert(reason["type"]);
      if (event["type"] == "action.finished" || event["type"] == "stage.finished")
        statuses_.insert(event["status"].get<std::string>());
    }
    EXPECT_GT(count, 0U);
    EXPECT_EQ(event["type"], "run.finished");
    EXPECT_EQ(event["exit_code"], exit_code);
    return types;
  }

  Json json_;
  valijson::Schema schema_;
  std::set<std::string> reasons_;
  std::set<std::string> statuses_;
};

TEST_F(EventsSchema, EveryLineOfRealRunsSatisfiesIt) {
  const CacheServer server;
  Sandbox box;
  const auto first = box.run(kPipeline, {"--events", "1.jsonl", "--remote", server.url(), "-k"});
  EXPECT_EQ(first.exit_code, 4) << first.err;
  auto types = check(box / "1.jsonl", 4);
  EXPECT_EQ(box.run(kPipeline, {"--events", "2.jsonl", "--reuse-records"}).exit_code, 4);
  types.merge(check(box / "2.jsonl", 4));
  ASSERT_EQ(box.mtc({"cache", "clear"}).exit_code, 0);
  box.run(kPipeline, {"--events", "3.jsonl", "--remote", server.url(), "-D", "stage.init.with.seed=2"});
  types.merge(check(box / "3.jsonl", 4));
  // A cache that is not there.
  box.run(kPipeline, {"--events", "4.jsonl", "--remote", "http://127.0.0.1:1", "--rerun", "pruned"});
  types.merge(check(box / "4.jsonl", 4));
  for (const char* type : {"run.started", "stage.started", "worker.started", "action.progress", "action.log",
                           "action.finished", "gate", "stage.finished", "remote.warning", "remote.finished"})
    EXPECT_TRUE(types.contains(type)) << type;
  EXPECT_EQ(statuses_, (std::set<std::string>{"ran", "hit", "remote_hit", "record", "gate_failed"}));
  EXPECT_TRUE(reasons_.contains("seed") && reasons_.contains("forced") && reasons_.contains("first-run"));
}

TEST_F(EventsSchema, AlsoThoseOfARunThatWaits) {
  Sandbox box;
  const std::string pipeline = "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n";
  const auto key = stage_of(box.run(pipeline).json(), "init")["actions"][0]["key"].get<std::string>();
  ASSERT_EQ(box.mtc({"cache", "clear"}).exit_code, 0);
  const auto held = store::ActionLock::try_take(box / "store", key);
  ASSERT_TRUE(held && *held);
  EXPECT_EQ(box.run(pipeline, {"--lock-timeout", "0.2", "--events", "e.jsonl"}).exit_code, 9);
  EXPECT_TRUE(check(box / "e.jsonl", 9).contains("action.waiting"));
}

TEST_F(EventsSchema, AlsoThoseOfAFailureAndOfAnInterrupt) {
  Sandbox box;
  box.use_conformance_plugins();
  const auto pipeline = [](const std::string& stage) {
    return "mtc = 1\n[stage.bad]\nuses = \"convert." + stage +
           "\"\n[stage.after]\nuses = \"train.init\"\nwith = { width = 2 }\n";
  };
  const auto crashed = box.run(pipeline("segfault"), {"--events", "e.jsonl", "-j1"});
  EXPECT_EQ(crashed.exit_code, 5) << crashed.err;
  check(box / "e.jsonl", 5);
  EXPECT_TRUE(statuses_.contains("failed") && statuses_.contains("skipped"));
  box.write("p.toml", pipeline("wait"));
  auto running = box.start({"run", "p.toml", "--json", "-j1"});
  ASSERT_TRUE(running.wait_for_event("action.log"));
  running.signal(SIGTERM);
  const auto outcome = running.finish();
  EXPECT_EQ(outcome.exit_code, 143);
  const auto run = box / ("store/runs/" + outcome.json()["run_id"].get<std::string>());
  check(run / "events.jsonl", 143);
}

TEST_F(EventsSchema, AlsoThoseOfAStageThatContinuesFromACheckpoint) {
  Sandbox box;
  box.use_conformance_plugins();
  const std::string stage =
      "mtc = 1\n[stage.count]\nuses = \"convert.count\"\nwith = { to = 6, how = \"crash\"";
  EXPECT_EQ(box.run(stage + ", stop_at = 4 }\n", {"--events", "1.jsonl"}).exit_code, 5);
  EXPECT_TRUE(check(box / "1.jsonl", 5).contains("action.checkpoint"));
  EXPECT_EQ(box.run(stage + ", stop_at = 0 }\n", {"--events", "2.jsonl"}).exit_code, 0);
  EXPECT_TRUE(check(box / "2.jsonl", 0).contains("action.checkpoint"));
  EXPECT_TRUE(reasons_.contains("failed")) << "the same document, which failed before";
}

TEST_F(EventsSchema, RefusesWhatIsNone) {
  const Json good = {{"schema", "mtc.events/1"}, {"type", "run.finished"}, {"seq", 3}, {"time_ms", 5},
                     {"status", "ok"},           {"exit_code", 0}};
  EXPECT_EQ(violation(good), "");
  for (const char* field : {"schema", "type", "seq", "time_ms", "status", "exit_code"}) {
    Json less = good;
    less.erase(field);
    EXPECT_NE(violation(less), "") << field;
  }
  Json wrong = good;
  wrong["type"] = "run.ended";
  EXPECT_NE(violation(wrong), "");
}

}  // namespace
}  // namespace mtc::test
