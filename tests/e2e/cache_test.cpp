// SPDX-License-Identifier: Apache-2.0
//
// mtc cache: every command on a real store, and gc beside runs.
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPipeline = R"(mtc = 1
[stage.init]
uses = "train.init"
with = { width = 2, stages = 2 }
[stage.pruned]
uses = "sparsify.magnitude"
model = "init.model"
[stage.build]
uses = "compile"
model = "pruned.model"
target = "cpu.portable"
)";

/// `count` variants of one model, so that a run has many short stages.
std::string many_stages(int count) {
  std::string text = "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2, stages = 2 }\n";
  for (int i = 0; i < count; ++i)
    text += fmt::format(
        "[stage.p{0}]\nuses = \"sparsify.magnitude\"\nmodel = \"init.model\"\nwith = {{ sparsity = 0.{1:02} "
        "}}\n",
        i, i + 10);
  return text;
}

/// The largest file below cas/.
fs::path a_blob(const Sandbox& box) {
  fs::path largest;
  for (const auto& entry : fs::recursive_directory_iterator(box / "store/cas")) {
    if (entry.is_regular_file() && (largest.empty() || entry.file_size() > fs::file_size(largest)))
      largest = entry.path();
  }
  return largest;
}

void overwrite(const fs::path& file) {
  fs::permissions(file, fs::perms::owner_write, fs::perm_options::add);
  std::ofstream(file, std::ios::in | std::ios::binary) << "damaged";
}

std::string key_of(const Json& report, const std::string& stage) {
  return stage_of(report, stage)["actions"].back()["key"];
}

TEST(Cache, StatsCountsAndAddsUp) {
  Sandbox box;
  ASSERT_EQ(box.run(kPipeline).exit_code, 0);
  const auto stats = box.mtc({"cache", "stats", "--json"});
  ASSERT_EQ(stats.exit_code, 0) << stats.err;
  const Json json = stats.json();
  EXPECT_EQ(json["schema"], "mtc.cache.stats/1");
  EXPECT_EQ(json["results"]["count"], 3);
  EXPECT_EQ(json["runs"]["count"], 1);
  EXPECT_EQ(json["unreferenced_blobs"]["count"], 0);
  EXPECT_GT(json["total_bytes"], json["blobs"]["bytes"]);
  const auto people = box.mtc({"cache", "stats"});
  EXPECT_THAT(people.out, HasSubstr("action documents"));
}

TEST(Cache, LsAndShowNameResultsByKey) {
  Sandbox box;
  const auto run = box.run(kPipeline).json();
  const auto list = box.mtc({"cache", "ls", "--json"}).json();
  ASSERT_EQ(list["results"].size(), 3U);
  EXPECT_EQ(list["schema"], "mtc.cache.list/1");
  const auto people = box.mtc({"cache", "ls", "--limit", "1"});
  EXPECT_EQ(people.exit_code, 0);
  EXPECT_THAT(people.err, HasSubstr("2 more"));
  const std::string key = key_of(run, "pruned");
  const auto shown = box.mtc({"cache", "show", key.substr(0, 10)});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("key " + key));
  EXPECT_THAT(shown.out, HasSubstr("name sparsify.magnitude"));
  const auto json = box.mtc({"cache", "show", key, "--json"}).json();
  EXPECT_EQ(json["results"][0]["outputs"][0]["digest"],
            stage_of(run, "pruned")["outputs"]["model"]["digest"]);
  const auto unknown = box.mtc({"cache", "show", std::string(64, '0')});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("mtc cache ls"));
}

TEST(Cache, VerifyFindsDamageAndRepairLetsTheRunHeal) {
  Sandbox box;
  ASSERT_EQ(box.run(kPipeline).exit_code, 0);
  const auto whole = box.mtc({"cache", "verify"});
  EXPECT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_THAT(whole.err, HasSubstr("all is well"));
  const fs::path blob = a_blob(box);
  overwrite(blob);
  const auto damaged = box.mtc({"cache", "verify"});
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_THAT(damaged.out, HasSubstr("blob " + blob.string()));
  EXPECT_THAT(damaged.err, HasSubstr("--repair"));
  const auto json = box.mtc({"cache", "verify", "--json"});
  EXPECT_EQ(json.exit_code, 1);
  EXPECT_EQ(json.json()["clean"], false);
  const auto repaired = box.mtc({"cache", "verify", "--repair"});
  EXPECT_EQ(repaired.exit_code, 0) << repaired.err;
  EXPECT_EQ(box.mtc({"cache", "verify"}).exit_code, 0);
  const auto healed = box.run(kPipeline);
  EXPECT_EQ(healed.exit_code, 0) << healed.err;
  EXPECT_TRUE(fs::exists(blob));
}

TEST(Cache, GcTakesResultsBySizeAndAge) {
  Sandbox box;
  ASSERT_EQ(box.run(kPipeline).exit_code, 0);
  const auto young = box.mtc({"cache", "gc", "--older-than", "1d", "--json"});
  EXPECT_EQ(young.exit_code, 0) << young.err;
  EXPECT_EQ(young.json()["removed"]["results"]["count"], 0);
  const auto dry = box.mtc({"cache", "gc", "--max-size", "0", "--dry-run", "--json"}).json();
  EXPECT_EQ(dry["removed"]["results"]["count"], 3);
  EXPECT_FALSE(box.stored().empty());
  const auto all = box.mtc({"cache", "gc", "--max-size", "0"});
  EXPECT_EQ(all.exit_code, 0) << all.err;
  EXPECT_THAT(all.err, HasSubstr("removed 3 results"));
  EXPECT_TRUE(box.stored().empty());
  EXPECT_EQ(statuses_of(box.run(kPipeline).json())["pruned"], "ran");
}

TEST(Cache, GcRefusesWhatIsNoSizeOrAge) {
  Sandbox box;
  EXPECT_EQ(box.mtc({"cache", "gc", "--max-size", "big"}).exit_code, 2);
  const auto age = box.mtc({"cache", "gc", "--older-than", "yesterday"});
  EXPECT_EQ(age.exit_code, 2);
  EXPECT_THAT(age.err, HasSubstr("30d"));
}

TEST(Cache, PinnedResultsOutlastGcUntilTheyAreUnpinned) {
  Sandbox box;
  const auto run = box.run(kPipeline).json();
  const std::string key = key_of(run, "init");
  const auto pinned = box.mtc({"cache", "pin", key.substr(0, 8), "--json"});
  ASSERT_EQ(pinned.exit_code, 0) << pinned.err;
  EXPECT_EQ(pinned.json()["pinned"], Json::array({key}));
  ASSERT_EQ(box.mtc({"cache", "gc", "--max-size", "0"}).exit_code, 0);
  const auto statuses = statuses_of(box.run(kPipeline).json());
  EXPECT_EQ(statuses.at("init"), "hit");
  EXPECT_EQ(statuses.at("pruned"), "ran");
  ASSERT_EQ(box.mtc({"cache", "unpin", key}).exit_code, 0);
  ASSERT_EQ(box.mtc({"cache", "gc", "--max-size", "0"}).exit_code, 0);
  EXPECT_TRUE(box.stored().empty());
}

TEST(Cache, ARunIsPinnedByItsId) {
  Sandbox box;
  const std::string id = box.run(kPipeline).json()["run_id"];
  const auto pinned = box.mtc({"cache", "pin", id, "--json"}).json();
  EXPECT_EQ(pinned["pinned"].size(), 3U);
  ASSERT_EQ(box.mtc({"cache", "gc", "--max-size", "0"}).exit_code, 0);
  EXPECT_EQ(statuses_of(box.run(kPipeline).json())["build"], "hit");
  EXPECT_EQ(box.mtc({"cache", "pin", "yesterday"}).exit_code, 2);
}

TEST(Cache, GcBesideTwoRunsTakesNothingThatTheyUse) {
  Sandbox box;
  box.write("a.toml", many_stages(12));
  box.write("b.toml", many_stages(12));
  auto first = box.start({"run", "a.toml", "--json", "--out", "out-a"});
  auto second = box.start({"run", "b.toml", "--json", "--out", "out-b"});
  int collected = 0;
  while (first.wait_for_event("stage.finished")) {
    const auto gc = box.mtc({"cache", "gc", "--max-size", "0", "--json"});
    EXPECT_EQ(gc.exit_code, 0) << gc.err;
    ++collected;
  }
  EXPECT_EQ(collected, 13);
  for (auto* running : {&first, &second}) {
    const auto outcome = running->finish();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.err, Not(HasSubstr("damaged")));
  }
  EXPECT_EQ(box.mtc({"cache", "verify"}).exit_code, 0);
  EXPECT_EQ(box.mtc({"run", "a.toml"}).exit_code, 0);
}

}  // namespace
}  // namespace mtc::test
