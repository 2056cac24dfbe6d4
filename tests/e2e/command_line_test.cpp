// SPDX-License-Identifier: Apache-2.0
//
// What people read: help, lists, versions, hints, logs and the cache.
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.hpp"
#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

TEST(Help, OfQuantizeShowsParametersWithRangesAndDefaults) {
  if (!has_plugin("quantize.so")) GTEST_SKIP() << "built without libtorch";
  Sandbox box;
  const auto help = box.mtc({"quantize", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, ContainsRegex("--calibration .*minmax.percentile.mse, default mse"));
  EXPECT_THAT(help.out, ContainsRegex("--percentile .*0.5..1, default 0.9999"));
  EXPECT_THAT(help.out, HasSubstr("--target"));
  EXPECT_THAT(help.out, HasSubstr("--data"));
  EXPECT_THAT(help.out, HasSubstr("Example: mtc quantize"));
}

TEST(Help, OfBenchShowsParametersWithRangesAndDefaults) {
  Sandbox box;
  const auto help = box.mtc({"bench", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, ContainsRegex("--min-seconds .*0..86400, default 3"));
  EXPECT_THAT(help.out, ContainsRegex("--min-runs .*default 100"));
  EXPECT_THAT(help.out, ContainsRegex("--threads .*1..1024, default 1"));
}

TEST(Help, OfEveryCommandHasAnExample) {
  Sandbox box;
  std::vector<std::string> names{"plugin",  "target",   "cache", "sparsify",
                                 "compile", "evaluate", "bench", "train.init"};
  const auto list = box.mtc({"--json"}).json();
  for (const auto& command : list["commands"]) names.push_back(command["name"]);
  for (const auto& name : names) {
    auto words = split(name, ' ');
    words.emplace_back("--help");
    const auto help = box.mtc(words);
    EXPECT_EQ(help.exit_code, 0) << name;
    EXPECT_THAT(help.out, ContainsRegex("Examples?: mtc ")) << name;
    EXPECT_EQ(help.err, "") << name;
  }
}

TEST(Verb, OfAStageThatNoCommandCanFeedIsRefused) {
  Sandbox box;
  for (const char* verb : {"data", "data.decode"}) {
    for (const char* more : {"--help", "images"}) {
      const auto outcome = box.mtc({verb, more});
      EXPECT_EQ(outcome.exit_code, 2) << verb;
      EXPECT_THAT(outcome.err, HasSubstr("data.decode has no verb"));
      EXPECT_THAT(outcome.err, HasSubstr("used in pipelines"));
    }
  }
  EXPECT_EQ(box.mtc({"data.generate", "--samples", "3", "-o", "drawn"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(box / "drawn/images.npy"));
}

TEST(Verb, SaysHowAListIsWritten) {
  Sandbox box;
  const auto help = box.mtc({"sparsify", "--help"});
  EXPECT_THAT(help.out, HasSubstr("write --skip A B"));
  EXPECT_THAT(help.out, HasSubstr("sparsity >= 0.9"));
}

TEST(Version, ShowsTheAbiRangeAndTheBuildId) {
  Sandbox box;
  const auto version = box.mtc({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, ContainsRegex("mtc [0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(version.out, ContainsRegex("plugin ABI [0-9]+\\.\\.[0-9]+"));
  EXPECT_THAT(version.out, ContainsRegex("build id [0-9a-f]{40}"));
}

TEST(UnknownCommand, SuggestsTheNearestOneAndIsExitCodeTwo) {
  Sandbox box;
  for (const auto& [typed, meant] : std::map<std::string, std::string>{
           {"quantise", "quantize"}, {"rnu", "run"}, {"train.int", "train.init"}}) {
    const auto outcome = box.mtc({typed, "model.onnx"});
    EXPECT_EQ(outcome.exit_code, 2) << typed;
    EXPECT_THAT(outcome.err, HasSubstr("did you mean \"" + meant + "\"?")) << typed;
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(UnknownFlag, IsExitCodeTwo) {
  Sandbox box;
  const auto outcome = box.mtc({"sparsify", "model.onnx", "--patern", "2:4"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--patern"));
}

TEST(Flags, SayWhatIsWrongWithATimeLimit) {
  Sandbox box;
  box.write("p.toml", "mtc = 1\n[stage.init]\nuses = \"train.init\"\n");
  for (const char* text : {"-1", "soon", "nan"}) {
    const auto outcome = box.mtc({"run", "p.toml", std::string("--timeout=") + text});
    EXPECT_EQ(outcome.exit_code, 2) << text;
    EXPECT_THAT(outcome.err, HasSubstr(std::string("'") + text + "' is not a number of seconds, 0 or more"));
  }
}

TEST(Flags, RefuseADescriptorForEventsThatIsNotOpen) {
  Sandbox box;
  box.write("p.toml", "mtc = 1\n[stage.init]\nuses = \"train.init\"\n");
  const auto outcome = box.mtc({"run", "p.toml", "--events", "fd:99"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("'fd:99' is not an open descriptor"));
  EXPECT_TRUE(box.stored().empty());
}

TEST(Info, OfAnUnknownNameSuggestsTheNearestOne) {
  Sandbox box;
  const auto plugin = box.mtc({"plugin", "info", "sparsfy"});
  EXPECT_EQ(plugin.exit_code, 2);
  EXPECT_THAT(plugin.err, HasSubstr("did you mean \"sparsify\"? There are: "));
  const auto far = box.mtc({"plugin", "info", "zzzzzzzzz"});
  EXPECT_THAT(far.err, HasSubstr("hint: There are: "));
  const auto target = box.mtc({"target", "info", "cpu.portabel"});
  EXPECT_EQ(target.exit_code, 2);
  EXPECT_THAT(target.err, HasSubstr("did you mean \"cpu.portable\"? There are: "));
}

TEST(Info, OfATargetListsItsOperators) {
  Sandbox box;
  EXPECT_THAT(box.mtc({"target", "info", "cpu.portable"}).out,
              ContainsRegex("Operators\n  Add, AveragePool, "));
}

TEST(Lists, EndWithOneLineFeed) {
  Sandbox box;
  for (const auto& command : {std::vector<std::string>{"target", "list"},
                              {"plugin", "list"},
                              {"target", "info", "cpu.portable"},
                              {"plugin", "info", "sparsify"}}) {
    const auto out = box.mtc(command).out;
    ASSERT_GT(out.size(), 1U);
    EXPECT_EQ(out.back(), '\n') << command[0] << " " << command[1];
    EXPECT_NE(out[out.size() - 2], '\n') << command[0] << " " << command[1];
  }
}

/// A folder with a file that is no library, a copy of a plugin and a target document that is no TOML.
std::string folder_of_rejects(const Sandbox& box) {
  box.write("more/garbage.so", "this is no ELF file");
  std::filesystem::copy_file(MTC_BUILD_DIR "/lib/mtc/plugins/init.so", box / "more/twin.so");
  box.write("more/broken.target.toml", "mtc = 1\nid = \n");
  return (box / "more").string();
}

TEST(PluginList, NamesEveryRejectedFileWithItsReason) {
  Sandbox box;
  const auto list = box.mtc({"plugin", "list", "--json", "--plugin", folder_of_rejects(box)});
  EXPECT_EQ(list.exit_code, 0);
  const auto json = list.json();
  EXPECT_EQ(json["schema"], "mtc.plugins/1");
  std::map<std::string, std::string> reasons;
  for (const auto& rejected : json["rejected"])
    reasons[std::filesystem::path(rejected["file"].get<std::string>()).filename()] = rejected["reason"];
  EXPECT_THAT(reasons["garbage.so"], HasSubstr("not an ELF file"));
  EXPECT_THAT(reasons["init.so"], HasSubstr("twin.so"));  // The folder that was named comes first.
  EXPECT_THAT(reasons["broken.target.toml"], HasSubstr("broken.target.toml:2:"));
  std::map<std::string, std::string> files;
  for (const auto& plugin : json["plugins"]) files[plugin["id"]] = plugin["file"];
  EXPECT_EQ(files["init"], (box / "more/twin.so").string());
  EXPECT_TRUE(files.contains("sparsify"));
}

TEST(PluginList, TellsPeopleTheSameOnStderr) {
  Sandbox box;
  const auto list = box.mtc({"plugin", "list", "--plugin", folder_of_rejects(box)});
  EXPECT_THAT(list.out, ContainsRegex("sparsify +[0-9.]+ +sparsify.magnitude"));
  EXPECT_THAT(list.err, ContainsRegex("rejected .*garbage.so: .*not an ELF file"));
}

TEST(TargetList, NamesTargetsAndRejectedDocuments) {
  Sandbox box;
  const auto list = box.mtc({"target", "list", "--json", "--plugin", folder_of_rejects(box)});
  const auto json = list.json();
  EXPECT_EQ(json["schema"], "mtc.targets/1");
  std::set<std::string> ids;
  for (const auto& target : json["targets"]) ids.insert(target["id"]);
  EXPECT_TRUE(ids.contains("cpu.portable"));
  EXPECT_TRUE(ids.contains("onnxruntime"));
  EXPECT_THAT(json["rejected"].dump(), HasSubstr("broken.target.toml"));
}

TEST(Driver, LinksNoMachineLearningLibrary) {
  std::string libraries;
  const std::string command = "ldd " MTC_BUILD_DIR "/bin/mtc 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::array<char, 4096> bytes{};
  while (std::fgets(bytes.data(), static_cast<int>(bytes.size()), pipe) != nullptr) libraries += bytes.data();
  ASSERT_EQ(::pclose(pipe), 0) << libraries;
  EXPECT_THAT(libraries, HasSubstr("libc.so"));
  for (const char* unwanted : {"torch", "onnx", "opencv", "protobuf", "blas"})
    EXPECT_EQ(libraries.find(unwanted), std::string::npos) << unwanted << "\n" << libraries;
}

TEST(Cache, ClearEmptiesTheStoreAndTheNextRunComputes) {
  Sandbox box;
  const std::string text = "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n";
  ASSERT_EQ(box.run(text).exit_code, 0);
  ASSERT_FALSE(box.stored().empty());
  const auto cleared = box.mtc({"cache", "clear", "--json"});
  EXPECT_EQ(cleared.exit_code, 0) << cleared.err;
  EXPECT_EQ(cleared.json()["schema"], "mtc.cache/1");
  EXPECT_GT(cleared.json()["removed_bytes"].get<std::int64_t>(), 0);
  EXPECT_TRUE(box.stored().empty());
  EXPECT_EQ(stage_of(box.run(text).json(), "init")["status"], "ran");
}

TEST(Logs, ShowTheStageThatWasAskedFor) {
  Sandbox box;
  EXPECT_EQ(box.mtc({"logs"}).exit_code, 2);  // There was no run yet.
  ASSERT_EQ(
      box.run("mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n[stage.pruned]\nuses = "
              "\"sparsify\"\nmodel = \"init.model\"\n")
          .exit_code,
      0);
  const auto all = box.mtc({"logs", "--json"}).json();
  EXPECT_EQ(all["schema"], "mtc.logs/1");
  EXPECT_EQ(all["logs"].size(), 2U);
  const auto one = box.mtc({"logs", "pruned", "--json"}).json();
  ASSERT_EQ(one["logs"].size(), 1U);
  EXPECT_EQ(one["logs"][0]["stage"], "pruned");
}

TEST(Store, StandsWhereTheVariableOrTheFlagSays) {
  Sandbox box;
  box.write("p.toml", "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n");
  ASSERT_EQ(box.mtc({"run", "p.toml", "--store", (box / "other").string()}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(box / "other/cas"));
  EXPECT_FALSE(std::filesystem::exists(box / "store/cas"));
}

}  // namespace
}  // namespace mtc::test
