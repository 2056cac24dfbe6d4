// SPDX-License-Identifier: Apache-2.0
//
// The flags that no plugin may take are those that the command line really has.
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/mtc/commands/commands.hpp"
#include "core/plugin/manifest.hpp"

namespace mtc::cli {
namespace {

using testing::HasSubstr;

TEST(DriverFlagsTest, AreThoseOfCommandsAndVerbs) {
  const auto flags = driver_flags();
  for (const char* flag :
       {"timeout",    "stall-timeout", "events", "reuse-records", "gate",          "target", "data", "labels",
        "preprocess", "output",        "force",  "emit-toml",     "plugin",        "store",  "json", "help",
        "version",    "profile",       "out",    "calib",         "calib-samples", "float"}) {
    EXPECT_TRUE(flags.contains(flag)) << flag;
  }
  EXPECT_FALSE(flags.contains("model"));  // Positional: not a flag.
  EXPECT_FALSE(flags.contains("width"));
  EXPECT_FALSE(flags.contains("max-size"));  // Of `mtc cache gc`, where no plugin is.
  EXPECT_FALSE(flags.contains("samples"));   // Of `mtc init`, likewise: data.generate has such a parameter.
}

TEST(DriverFlagsTest, HoldEveryOptionOfEveryFixedCommand) {
  CLI::App app;
  Globals globals;
  int exit_code = 0;
  add_fixed_commands(app, globals, exit_code);
  const auto flags = driver_flags();
  for (auto* command : app.get_subcommands({})) {
    // No plugin's parameters are flags of these.
    static const std::set<std::string> free = {"explain", "init", "lock"};
    if (free.contains(command->get_name())) continue;
    for (const auto* option : command->get_options()) {
      for (const auto& name : option->get_lnames()) EXPECT_TRUE(flags.contains(name)) << name;
    }
  }
}

TEST(DriverFlagsTest, AreRefusedAsParametersOfAPlugin) {
  const auto manifest = plugin::parse_manifest(
      "mtc = 1\nid = \"p\"\nversion = \"1\"\nsummary = \"S.\"\n[[stage]]\nname = \"train.a\"\nsummary = "
      "\"S.\"\n"
      "[[stage.param]]\nname = \"stall_timeout\"\ntype = \"int\"\ndefault = 1\nhelp = \"H.\"\n",
      "plugin.toml", driver_flags());
  ASSERT_FALSE(manifest);
  EXPECT_THAT(manifest.error().message, HasSubstr("--stall-timeout"));
  EXPECT_EQ(manifest.error().where, "plugin.toml:9:1");
}

}  // namespace
}  // namespace mtc::cli
