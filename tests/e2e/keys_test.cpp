// SPDX-License-Identifier: Apache-2.0
//
// Keys through the real mtc: what a project looks like and where it lies changes none; every byte that a
// result depends on changes those of the stages that read it, and of no others.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"
#include "tests/e2e/toml_variation.hpp"
#include "tests/support/seed.hpp"

namespace mtc::test {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const Form kForm = {
    {"model", {{"path", R"("model.onnx")"}}},
    {"data.test",
     {{"format", R"("npy")"},
      {"inputs", R"("images.npy")"},
      {"labels", R"("labels.npy")"},
      {"classes", "10"},
      {"preprocess", "{ scale = 0.25, mean = [0.5, 0.25, 0.125], std = [1.0, 2.0, 0.5] }"}}},
    {"data.some", {{"from", R"("test")"}, {"take", "6"}, {"seed", "7"}}},
    {"stage.pruned", {{"uses", R"("sparsify.magnitude")"}, {"model", R"("model")"}}},
    {"stage.pruned.with", {{"sparsity", "0.25"}}},
    {"stage.build",
     {{"uses", R"("compile")"}, {"model", R"("pruned.model")"}, {"target", R"("cpu.portable")"}}},
    {"stage.score",
     {{"uses", R"("evaluate.classification")"}, {"artifact", R"("build.artifact")"}, {"data", R"("some")"}}},
    {"stage.large", {{"uses", R"("convert.pieces")"}}},
    {"stage.large.with", {{"seed", "3"}, {"pieces", "2"}, {"remark", R"("A")"}, {"linger_ms", "0"}}},
    {"stage.after", {{"uses", R"("convert.pieces")"}, {"from", R"("large.large")"}}},
    {"stage.after.with", {{"pieces", "1"}}},
    {"stage.scheme", {{"uses", R"("convert.scheme")"}, {"target", R"("cpu.portable")"}}},
};

/// A project whose pipeline is kForm, with a copy of all plugins.
class KeysTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::copy(MTC_BUILD_DIR "/tests/plugins/pieces.so", box_.copy_plugins() / "pieces.so");
    fill(box_);
    ASSERT_EQ(box_.mtc({"train.init", "--width", "2", "--stages", "2", "-o", "model.onnx"}).exit_code, 0);
    const auto first = box_.mtc({"run", "p.toml", "--json", "--plugin", "plugins"});
    ASSERT_EQ(first.exit_code, 0) << first.err;
    keys_ = keys(first);
    ASSERT_EQ(keys_.size(), 6U);
    for (const auto& key : keys_.at("score")) EXPECT_EQ(key.size(), 64U);
  }
  static void fill(Sandbox& box) {
    box.write_npy("images.npy", {10, 3, 32, 32});
    box.write_npy("labels.npy", {10});  // Replaced by whole numbers below.
    std::string labels = read_file(box / "labels.npy");
    labels.replace(labels.find("<f4"), 3, "|u1");
    labels.resize(labels.size() - 40);
    for (char label = 0; label < 10; ++label) labels += label;
    box.write("labels.npy", labels);
    box.write("p.toml", plain(kForm));
  }
  /// Stage → keys of all its actions.
  static std::map<std::string, std::vector<std::string>> keys(const Outcome& outcome) {
    std::map<std::string, std::vector<std::string>> result;
    const Json report = outcome.json();
    for (const auto& stage : report["stages"]) {
      for (const auto& action : stage["actions"]) result[stage["name"]].push_back(action["key"]);
    }
    return result;
  }
  /// The stages whose result is no longer known, of pipeline `file`.
  Names misses(const std::string& file = "p.toml") {
    const auto plan = box_.mtc({"plan", file, "--json", "--plugin", "plugins"});
    EXPECT_EQ(plan.exit_code, 0) << plan.err;
    Names names;
    for (const auto& [stage, status] : statuses_of(plan.json())) {
      if (status != "hit") names.insert(stage);
    }
    return names;
  }
  /// The same with one value of the pipeline file changed.
  Names misses_with(const std::string& table, const std::string& key, const std::string& value) {
    Form form = kForm;
    const auto found = std::ranges::find(form, table, &Table::name);
    EXPECT_NE(found, form.end()) << table;
    const auto entry = std::ranges::find(found->entries, key, &std::pair<std::string, std::string>::first);
    if (entry != found->entries.end())
      entry->second = value;
    else
      found->entries.emplace_back(key, value);
    box_.write("changed.toml", plain(form));
    return misses("changed.toml");
  }
  /// Flips one bit of a file and leaves its size and times as they were; misses() of that; then puts it back.
  Names misses_with_a_bit(const fs::path& file, std::size_t byte, unsigned bit) {
    const std::string before = read_file(file);
    const auto time = fs::last_write_time(file);
    std::string after = before;
    after.at(byte) = static_cast<char>(after.at(byte) ^ (1 << bit));
    overwrite(file, after, time);
    auto names = misses();
    overwrite(file, before, time);
    return names;
  }
  static void overwrite(const fs::path& file, const std::string& content, fs::file_time_type time) {
    std::ofstream(file, std::ios::binary) << content;
    fs::last_write_time(file, time);
  }

  Sandbox box_;
  std::map<std::string, std::vector<std::string>> keys_;
};

TEST_F(KeysTest, FormOfTheFilePlaceUserLocaleTimesAndJobsDoNotMatter) {
  std::mt19937_64 random(seed_of_test());
  const auto one_of = [&](const std::vector<std::string>& choices) {
    return choices[random() % choices.size()];
  };
  for (int i = 0; i < 12; ++i) {
    Sandbox other;  // Another place, and another home.
    fill(other);
    fs::copy(box_ / "model.onnx", other / "model.onnx");
    for (const char* file : {"images.npy", "labels.npy", "model.onnx"})
      fs::last_write_time(other / file,
                          fs::file_time_type::clock::now() - std::chrono::hours(random() % 99999));
    other.set("MTC_STORE", (box_ / "store").string());
    other.set("LC_ALL", one_of({"C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "xx"}));
    other.set("TZ", one_of({"UTC", "Asia/Kolkata", "America/St_Johns", "nowhere"}));
    other.set("USER", one_of({"root", "somebody"}));
    other.set("TMPDIR", other.path().string());
    const std::string text = varied(kForm, random);
    other.write("p.toml", text);
    const auto outcome =
        other.mtc({"run", "p.toml", "--json", "--plugin", (box_ / "plugins").string(), "-j",
                   one_of({"1", "2", "7"}), "--timeout", one_of({"0", "50", "1e3"}), "--memory-limit",
                   one_of({"1G", "4G"}), "--out", one_of({"out", "a b/c"})});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err << text;
    EXPECT_EQ(keys(outcome), keys_) << text;
    for (const auto& [stage, status] : statuses_of(outcome.json())) EXPECT_EQ(status, "hit") << stage << text;
  }
}

TEST_F(KeysTest, EveryBitOfDataAndPluginsMattersToThoseThatReadIt) {
  std::mt19937_64 random(seed_of_test());
  const auto expect = [&](const std::string& file, const Names& stages) {
    const auto size = fs::file_size(box_ / file);
    for (const std::size_t byte : {std::size_t{size - 1}, std::size_t{random() % size}}) {
      // A plugin's manifest is read too: only the end of the file is surely none of it.
      if (file.ends_with(".so") && byte != size - 1) continue;
      const auto bit = static_cast<unsigned>(random() % 8);
      EXPECT_EQ(misses_with_a_bit(box_ / file, byte, bit), stages)
          << file << " byte " << byte << " bit " << bit;
    }
  };
  expect("images.npy", {"score"});
  expect("labels.npy", {"score"});
  expect("plugins/sparsify.so", {"pruned", "build", "score"});
  expect("plugins/cpu.so", {"build", "score"});
  expect("plugins/evaluate.so", {"score"});
  expect("plugins/pieces.so", {"large", "after", "scheme"});
  expect("plugins/bench.so", {});
  EXPECT_EQ(misses(), Names{}) << "all is as it was";
}

TEST_F(KeysTest, TheModelMatters) {
  ASSERT_EQ(
      box_.mtc({"train.init", "--width", "2", "--stages", "2", "--seed", "1", "--force", "-o", "model.onnx"})
          .exit_code,
      0);
  EXPECT_EQ(misses(), (Names{"pruned", "build", "score"}));
}

TEST_F(KeysTest, OfACapabilityDocumentTheSectionsThatAreReadMatter) {
  const auto document = box_ / "plugins/cpu.portable.target.toml";
  const std::string before = read_file(document);
  const auto change = [&](const std::string& from, const std::string& to) {
    std::string text = before;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    box_.write("plugins/cpu.portable.target.toml", text.replace(at, from.size(), to));
    return misses();
  };
  EXPECT_EQ(change("half-even", "half-up"), (Names{"scheme", "build", "score"})) << "in [quant]";
  EXPECT_EQ(change("[quant]", "[extra]\nfact = 1\n[quant]"), (Names{"build", "score"}))
      << "compile reads all";
  EXPECT_EQ(change("summary = \"", "summary = \"Not read: "), Names{});
  EXPECT_EQ(change("mtc = 1", "# why\nmtc = 0x1"), Names{});
}

TEST_F(KeysTest, ParametersAndPreprocessingMatterWhereTheyAffectTheOutput) {
  EXPECT_EQ(misses_with("stage.large.with", "seed", "4"), (Names{"large", "after"}));
  EXPECT_EQ(misses_with("stage.after.with", "seed", "1"), Names{"after"});
  EXPECT_EQ(misses_with("stage.large.with", "linger_ms", "1"), Names{});
  EXPECT_EQ(misses_with("stage.large.with", "ledger", R"("/tmp/x")"), Names{});
  EXPECT_EQ(misses_with("stage.pruned.with", "sparsity", "0.250001"), (Names{"pruned", "build", "score"}));
  EXPECT_EQ(misses_with("data.some", "take", "5"), Names{"score"});
  EXPECT_EQ(misses_with("data.some", "seed", "8"), Names{"score"});
  EXPECT_EQ(misses_with("data.some", "skip", "1"), Names{"score"});
  EXPECT_EQ(misses_with("data.test", "preprocess",
                        "{ scale = 0.25, mean = [0.5, 0.25, 0.125], std = [1.0, 2.0, 0.25] }"),
            Names{"score"});
  EXPECT_EQ(misses_with("data.test", "preprocess", R"("unit")"), Names{"score"});
  EXPECT_EQ(misses_with("stage.score", "gate", R"(["top1 >= 0.0"])"), Names{});
}

TEST_F(KeysTest, AnotherCompilerMattersToWhatItCompiles) {
  box_.write("bin/cc", "#!/bin/sh\n# Another file that says the same of itself.\nexec /usr/bin/cc \"$@\"\n");
  fs::permissions(box_ / "bin/cc", fs::perms::owner_all);
  box_.set("PATH", (box_ / "bin").string() + ":/usr/bin:/bin");
  EXPECT_EQ(misses(), (Names{"build", "score"}));
}

TEST_F(KeysTest, AnOutputThatComesOutTheSameStopsTheRunThere) {
  Form form = kForm;
  std::ranges::find(form, "stage.large.with", &Table::name)->entries.at(2).second = R"("B")";
  box_.write("changed.toml", plain(form));
  const auto outcome = box_.mtc({"run", "changed.toml", "--json", "--plugin", "plugins"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  auto after = keys(outcome);
  EXPECT_NE(after["large"], keys_["large"]);
  EXPECT_EQ(after["after"], keys_["after"]);
  const auto statuses = statuses_of(outcome.json());
  EXPECT_EQ(statuses.at("large"), "ran");
  EXPECT_EQ(statuses.at("after"), "hit");
}

TEST_F(KeysTest, AFailedAttemptLeavesTheKeyAsItWas) {
  box_.write("slow.toml",
             "mtc = 1\n[stage.only]\nuses = \"convert.pieces\"\nwith = { seed = 99, linger_ms = 30000 }\n");
  const auto failed = box_.mtc({"run", "slow.toml", "--json", "--plugin", "plugins", "--timeout", "0.3"});
  EXPECT_EQ(failed.exit_code, 6) << failed.err;
  box_.write("quick.toml", "mtc = 1\n[stage.only]\nuses = \"convert.pieces\"\nwith = { seed = 99 }\n");
  const auto done = box_.mtc({"run", "quick.toml", "--json", "--plugin", "plugins"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(statuses_of(done.json()).at("only"), "ran") << "failures are never kept";
  EXPECT_EQ(keys(failed), keys(done));
}

}  // namespace
}  // namespace mtc::test
