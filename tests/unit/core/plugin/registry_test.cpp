// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/registry.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/support/elf_image.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::plugin {
namespace {

std::string manifest(const std::string& id, const std::string& rest) {
  return "mtc = 1\nid = \"" + id + "\"\nversion = \"1\"\nsummary = \"S.\"\n" + rest;
}

std::string stage(const std::string& name, bool is_default = false) {
  return "[[stage]]\nname = \"" + name + "\"\nsummary = \"S.\"\n" + (is_default ? "default = true\n" : "");
}

std::string document(const std::string& id, const std::string& plugin, const std::string& isa = "") {
  return "mtc = 1\nid = \"" + id + "\"\nplugin = \"" + plugin + "\"\nsummary = \"S.\"\nrequires_isa = [" +
         isa + "]\n";
}

class RegistryTest : public testing::Test {
 protected:
  void add(const std::string& file, const std::string& id, const std::string& rest) const {
    static_cast<void>(dir_.write(file, test::elf_image(manifest(id, rest))));
  }
  [[nodiscard]] Registry scan(const std::vector<std::string>& folders = {"a"},
                              const std::vector<std::string>& explicit_entries = {}) const {
    SearchPath path;
    for (const auto& folder : folders) path.folders.push_back(dir_ / folder);
    for (const auto& entry : explicit_entries) path.explicit_entries.push_back(dir_ / entry);
    return Registry::scan(path, {});
  }
  static std::string reason(const Registry& registry) {
    return registry.rejected().size() == 1 ? registry.rejected()[0].reason
                                           : std::to_string(registry.rejected().size()) + " rejected";
  }

  test::TempDir dir_;
};

TEST_F(RegistryTest, FindsPluginsAndTargets) {
  add("a/one.so", "one", stage("train.x"));
  add("a/cpu.so", "cpu", "[[target]]\nname = \"cpu\"\n");
  dir_.write("a/cpu.t.target.toml", document("cpu.t", "cpu"));
  dir_.write("a/notes.txt", "not a plugin");
  const Registry registry = scan({"none", "a"});
  ASSERT_EQ(registry.plugins().size(), 2U);
  EXPECT_EQ(registry.plugins()[0].manifest.id, "cpu");  // By file name.
  EXPECT_TRUE(registry.plugins()[0].file.is_absolute());
  ASSERT_EQ(registry.targets().size(), 1U);
  EXPECT_TRUE(registry.rejected().empty());
  EXPECT_TRUE(registry.find_plugin("one"));
  EXPECT_FALSE(registry.find_plugin("two"));
}

TEST_F(RegistryTest, AFileAmongTheFoldersStandsForItself) {
  add("a/one.so", "one", stage("train.x"));
  add("a/two.so", "two", stage("train.y"));
  const Registry registry = scan({"a/two.so"});
  ASSERT_EQ(registry.plugins().size(), 1U);
  EXPECT_EQ(registry.plugins()[0].manifest.id, "two");
}

TEST_F(RegistryTest, ConfiguredPlacesComeAfterTheEnvironment) {
  ::setenv("MTC_PLUGIN_PATH", "/environment", 1);
  const auto path = default_search_path({"/flag"}, {"/configured"});
  ::unsetenv("MTC_PLUGIN_PATH");
  EXPECT_EQ(path.explicit_entries, (std::vector<std::filesystem::path>{"/flag"}));
  ASSERT_GE(path.folders.size(), 3U);
  EXPECT_EQ(path.folders[0], "/environment");
  EXPECT_EQ(path.folders[1], "/configured");
}

TEST_F(RegistryTest, RejectsAnEmptyFile) {
  dir_.write("a/x.so", "");
  EXPECT_EQ(reason(scan()), "the file is empty; build or copy it again");
}

TEST_F(RegistryTest, RejectsWhatIsNoElfFile) {
  dir_.write("a/x.so", "#!/bin/sh\necho not a plugin, but long enough to hold a header of an ELF file\n");
  EXPECT_NE(reason(scan()).find("not an ELF file"), std::string::npos) << reason(scan());
}

TEST_F(RegistryTest, RejectsATruncatedFile) {
  const std::string image = test::elf_image(manifest("x", stage("train.x")));
  dir_.write("a/x.so", image.substr(0, image.size() - 70));
  EXPECT_NE(reason(scan()).find("truncated"), std::string::npos) << reason(scan());
}

TEST_F(RegistryTest, RejectsALibraryWithoutManifest) {
  dir_.write("a/x.so", test::elf_image("", host_elf_machine(), ".text"));
  EXPECT_NE(reason(scan()).find("no section .mtc.manifest"), std::string::npos) << reason(scan());
}

TEST_F(RegistryTest, RejectsAnotherMachine) {
  const std::uint16_t other = host_elf_machine() == 183 ? 62 : 183;
  dir_.write("a/x.so", test::elf_image(manifest("x", stage("train.x")), other));
  EXPECT_EQ(reason(scan()), "built for " + elf_machine_name(other) + ", this machine is " +
                                elf_machine_name(host_elf_machine()) + "; build it for this machine");
}

TEST_F(RegistryTest, RejectsABadManifestWithItsPlace) {
  add("a/x.so", "x", "nme = 1\n");
  EXPECT_EQ(reason(scan()),
            "plugin.toml:5:1: unknown key nme; use one of: mtc, id, version, summary, library, "
            "tool, stage, target");
}

TEST_F(RegistryTest, RejectsABadDocumentWithItsPlace) {
  dir_.write("a/t.target.toml", "mtc = 1\nid = \n");
  EXPECT_EQ(reason(scan()).substr(0, 38), "t.target.toml:2:6: not valid TOML: Err");
}

TEST_F(RegistryTest, TheFirstOfTwoPluginsWins) {
  add("b/x.so", "x", stage("train.b"));
  add("a/x.so", "x", stage("train.a"));
  const Registry registry = scan({"b", "a"});
  ASSERT_EQ(registry.plugins().size(), 1U);
  EXPECT_EQ(registry.plugins()[0].manifest.stages[0].name, "train.b");
  EXPECT_EQ(registry.rejected()[0].file, dir_ / "a/x.so");
  EXPECT_EQ(reason(registry), "the plugin \"x\" was found before in " + (dir_ / "b/x.so").string());
}

TEST_F(RegistryTest, TheFirstOfTwoPluginsWithOneStageWins) {
  add("a/x.so", "x", stage("train.a"));
  add("a/y.so", "y", stage("train.a"));
  EXPECT_EQ(reason(scan()), "its stage \"train.a\" was found before in the plugin \"x\" (" +
                                (dir_ / "a/x.so").string() + ")");
}

TEST_F(RegistryTest, TheFirstOfTwoTargetsWins) {
  dir_.write("a/t.target.toml", document("t", "x"));
  dir_.write("b/t.target.toml", document("t", "y"));
  const Registry registry = scan({"a", "b"});
  ASSERT_EQ(registry.targets().size(), 1U);
  EXPECT_EQ(registry.targets()[0].plugin, "x");
  EXPECT_EQ(reason(registry), "the target \"t\" was found before in " + (dir_ / "a/t.target.toml").string());
}

TEST_F(RegistryTest, AFileThatIsFoundTwiceIsNoConflict) {
  add("a/x.so", "x", stage("train.a"));
  const Registry registry = scan({"a", "a", "a/../a"}, {"a/x.so"});
  EXPECT_EQ(registry.plugins().size(), 1U);
  EXPECT_TRUE(registry.rejected().empty());
}

TEST_F(RegistryTest, ExplicitEntriesComeFirst) {
  add("a/x.so", "x", stage("train.a"));
  add("b/other-name.so", "x", stage("train.b"));
  const Registry registry = scan({"a"}, {"b/other-name.so"});
  ASSERT_EQ(registry.plugins().size(), 1U);
  EXPECT_EQ(registry.plugins()[0].manifest.stages[0].name, "train.b");
}

TEST_F(RegistryTest, AnExplicitPluginBringsItsTargetsAlone) {
  add("b/npu.so", "npu", "[[target]]\nname = \"npu\"\n");
  add("b/other.so", "other", stage("train.x"));
  dir_.write("b/npu.target.toml", document("npu", "npu"));
  dir_.write("b/gpu.target.toml", document("gpu", "gpu"));
  const Registry registry = scan({}, {"b/npu.so"});
  ASSERT_EQ(registry.plugins().size(), 1U);
  ASSERT_EQ(registry.targets().size(), 1U);
  EXPECT_EQ(registry.targets()[0].id, "npu");
}

TEST_F(RegistryTest, AnExplicitEntryThatDoesNotExistIsRejected) {
  EXPECT_EQ(reason(scan({}, {"none.so"})),
            "there is no such file or folder; check the path given by --plugin");
}

TEST_F(RegistryTest, FindsStagesByNameAndByKind) {
  add("a/x.so", "x", stage("train.a") + stage("train.b", true) + stage("bench.c"));
  const Registry registry = scan();
  EXPECT_EQ((*registry.find_stage("train.a")).stage->name, "train.a");
  EXPECT_EQ((*registry.find_stage("train")).stage->name, "train.b");
  EXPECT_EQ((*registry.find_stage("train")).plugin->manifest.id, "x");
}

TEST_F(RegistryTest, SuggestsAStage) {
  add("a/x.so", "x", stage("train.sgd") + stage("bench.latency"));
  const Registry registry = scan();
  const auto misspelt = registry.find_stage("train.sdg");
  ASSERT_FALSE(misspelt);
  EXPECT_EQ(misspelt.error().code, Code::not_found);
  EXPECT_EQ(misspelt.error().message, "there is no stage \"train.sdg\"");
  EXPECT_EQ(misspelt.error().hint, "did you mean \"train.sgd\"? There are: bench.latency, train.sgd");
  const auto bare = registry.find_stage("train");
  ASSERT_FALSE(bare);
  EXPECT_EQ(bare.error().message, "no stage of the kind \"train\" is the default one");
  EXPECT_EQ(bare.error().hint, "name one of: train.sgd");
}

TEST_F(RegistryTest, FindsATargetWithItsService) {
  add("a/cpu.so", "cpu", "[[target]]\nname = \"cpu\"\n[[target]]\nname = \"mcu\"\n");
  dir_.write("a/cpu.t.target.toml", document("cpu.t", "cpu"));
  dir_.write("a/mcu.target.toml", document("mcu", "cpu"));
  dir_.write("a/dsp.target.toml", document("dsp", "cpu"));
  const Registry registry = scan();
  EXPECT_EQ((*registry.find_target("cpu.t")).service->name, "cpu");
  EXPECT_EQ((*registry.find_target("mcu")).service->name, "mcu");
  EXPECT_EQ((*registry.find_target("mcu")).target->id, "mcu");
  const auto unserved = registry.find_target("dsp");
  ASSERT_FALSE(unserved);
  EXPECT_EQ(unserved.error().code, Code::failed_precondition);
  EXPECT_EQ(unserved.error().message, "the plugin \"cpu\" does not serve the target \"dsp\"");
}

TEST_F(RegistryTest, SuggestsATarget) {
  dir_.write("a/cpu.t.target.toml", document("cpu.t", "cpu"));
  const auto misspelt = scan().find_target("cpu_t");
  ASSERT_FALSE(misspelt);
  EXPECT_EQ(misspelt.error().code, Code::not_found);
  EXPECT_EQ(misspelt.error().hint, "did you mean \"cpu.t\"? There are: cpu.t");
}

TEST_F(RegistryTest, SaysWhyThePluginOfATargetIsMissing) {
  dir_.write("a/t.target.toml", document("t", "npu"));
  const auto absent = scan().find_target("t");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::failed_precondition);
  EXPECT_EQ(absent.error().message, "the plugin \"npu\" of the target \"t\" was not found");
  EXPECT_EQ(absent.error().hint, "add the folder of npu.so to MTC_PLUGIN_PATH, or name it with --plugin");
  dir_.write("a/npu.so", "");
  EXPECT_EQ(scan().find_target("t").error().hint,
            (dir_ / "a/npu.so").string() + " was rejected: the file is empty; build or copy it again");
}

TEST_F(RegistryTest, TheDefaultTargetIsTheMostDemandingThatRuns) {
  add("a/cpu.so", "cpu", "[[target]]\nname = \"cpu\"\n");
  dir_.write("a/cpu.a.target.toml", document("cpu.a", "cpu"));
  dir_.write("a/cpu.z.target.toml", document("cpu.z", "cpu", "\"no_such_flag\", \"nor_this\""));
  EXPECT_EQ((*scan().default_target()).target->id, "cpu.a");
#if defined(__x86_64__)
  dir_.write("a/cpu.b.target.toml", document("cpu.b", "cpu", "\"sse2\""));
  EXPECT_EQ((*scan().default_target()).target->id, "cpu.b");
#endif
  const auto none = scan({"empty"}).default_target();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::not_found);
}

TEST_F(RegistryTest, TheSearchPathFollowsTheEnvironment) {
  ::setenv("MTC_PLUGIN_PATH", "/first::/second", 1);
  ::setenv("XDG_DATA_HOME", "/xdg", 1);
  const SearchPath path = default_search_path({"/explicit"});
  ::unsetenv("MTC_PLUGIN_PATH");
  EXPECT_EQ(path.explicit_entries, (std::vector<std::filesystem::path>{"/explicit"}));
  ASSERT_EQ(path.folders.size(), 6U);
  EXPECT_EQ(path.folders[0], "/first");
  EXPECT_EQ(path.folders[1], "/second");
  EXPECT_EQ(path.folders[2],
            std::filesystem::path(MTC_BUILD_DIR) / "lib/mtc/plugins");  // The test is in tests/.
  EXPECT_EQ(path.folders[3], "/xdg/mtc/plugins");
  EXPECT_EQ(path.folders[4], "/usr/local/lib/mtc/plugins");
  EXPECT_EQ(path.folders[5], "/usr/lib/mtc/plugins");
  ::setenv("XDG_DATA_HOME", "relative", 1);
  ::setenv("HOME", "/home/someone", 1);
  EXPECT_EQ(default_search_path({}).folders[1], "/home/someone/.local/share/mtc/plugins");
}

}  // namespace
}  // namespace mtc::plugin
