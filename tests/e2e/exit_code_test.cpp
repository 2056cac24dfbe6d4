// SPDX-License-Identifier: Apache-2.0
//
// Every exit code of docs/cli.md, from the real mtc. (70 stands for a bug in mtc, which no test can ask for:
// its way from an exception is tested in tests/unit/cli/conclude_test.cpp.)
#include <signal.h>

#include <fstream>
#include <functional>
#include <regex>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

constexpr const char* kInit = "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n";

std::string misdeed(const std::string& stage) {
  return "mtc = 1\n[stage.bad]\nuses = \"convert." + stage + "\"\n";
}

Outcome misbehave(Sandbox& box, const std::string& stage, const std::vector<std::string>& more = {}) {
  box.use_conformance_plugins();
  return box.run(misdeed(stage), more);
}

Outcome all_is_well(Sandbox& box) { return box.run(kInit); }

Outcome stage_fails(Sandbox& box) { return misbehave(box, "throws"); }

Outcome wrong_flag(Sandbox& box) { return box.mtc({"run", "--no-such-flag", "--json"}); }

Outcome plugin_missing(Sandbox& box) {
  box.write("more/lonely.target.toml",
            "mtc = 1\nid = \"lonely\"\nplugin = \"nobody\"\nsummary = \"Alone.\"\n");
  return box.run(
      std::string(kInit) + "[stage.b]\nuses = \"compile\"\nmodel = \"init.model\"\ntarget = \"lonely\"\n",
      {"--plugin", (box / "more").string()});
}

Outcome gate_fails(Sandbox& box) {
  return box.run(std::string(kInit) +
                 "[stage.p]\nuses = \"sparsify\"\nmodel = \"init.model\"\ngate = [\"sparsity >= 0.99\"]\n");
}

Outcome plugin_crashes(Sandbox& box) { return misbehave(box, "segfault"); }

Outcome time_is_over(Sandbox& box) { return misbehave(box, "hang", {"--timeout", "0.5"}); }

Outcome no_store(Sandbox& box) {
  box.write("file", "mine");
  return box.run(kInit, {"--store", (box / "file/store").string()});
}

Outcome remote_fails(Sandbox& box) {
  return box.run(kInit, {"--remote", "http://127.0.0.1:1", "--remote-strict"});  // Nobody listens there.
}

Outcome locked(Sandbox& box) {
  box.use_conformance_plugins();
  box.write("p.toml", misdeed("wait"));
  auto holder = box.start({"run", "p.toml"});
  EXPECT_TRUE(holder.wait_for_event("action.log"));
  auto outcome = box.run(misdeed("wait"), {"--lock-timeout", "0.2"});
  holder.signal(SIGINT);
  holder.finish();
  return outcome;
}

Outcome work_to_do(Sandbox& box) {
  box.write("p.toml", kInit);
  return box.mtc({"plan", "p.toml", "--exit-code", "--json"});
}

Outcome signalled(Sandbox& box, int number) {
  box.use_conformance_plugins();
  box.write("p.toml", misdeed("wait"));
  auto running = box.start({"run", "p.toml", "--json"});
  EXPECT_TRUE(running.wait_for_event("action.log"));
  running.signal(number);
  return running.finish();
}

Outcome interrupted(Sandbox& box) { return signalled(box, SIGINT); }

Outcome terminated(Sandbox& box) { return signalled(box, SIGTERM); }

struct Case {
  int exit_code;
  const char* name;
  Outcome (*make)(Sandbox&);
};

void PrintTo(const Case& each, std::ostream* stream) { *stream << each.name; }

const Case kCases[] = {
    {0, "AllIsWell", all_is_well},    {1, "StageFails", stage_fails},
    {2, "WrongFlag", wrong_flag},     {3, "PluginMissing", plugin_missing},
    {4, "GateFails", gate_fails},     {5, "PluginCrashes", plugin_crashes},
    {6, "TimeIsOver", time_is_over},  {7, "NoStore", no_store},
    {8, "RemoteFails", remote_fails}, {9, "Locked", locked},
    {10, "WorkToDo", work_to_do},     {130, "Interrupted", interrupted},
    {143, "Terminated", terminated},
};

class ExitCode : public testing::TestWithParam<Case> {};

TEST_P(ExitCode, IsWhatTheReportSaysToo) {
  Sandbox box;
  const auto outcome = GetParam().make(box);
  EXPECT_EQ(outcome.exit_code, GetParam().exit_code) << outcome.err;
  const auto document = outcome.json();
  if (document.is_object() && document.contains("exit_code")) {
    EXPECT_EQ(document["exit_code"], GetParam().exit_code);
  }
}

INSTANTIATE_TEST_SUITE_P(All, ExitCode, testing::ValuesIn(kCases),
                         [](const auto& each) { return each.param.name; });

TEST(ExitCodes, OfTheTableInTheDocsAreAllMadeHere) {
  std::set<int> made{70};
  for (const auto& each : kCases) made.insert(each.exit_code);
  std::ifstream file(MTC_SOURCE_DIR "/docs/cli.md");
  std::set<int> documented;
  bool in_table = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) in_table = line == "## Exit codes";
    static const std::regex kRow(R"(^\| ([0-9, ]+) \|.*)");
    std::smatch row;
    if (!in_table || !std::regex_match(line, row, kRow)) continue;
    std::istringstream codes(row[1].str());
    for (std::string code; std::getline(codes, code, ',');) documented.insert(std::stoi(code));
  }
  EXPECT_EQ(documented, made);
}

}  // namespace
}  // namespace mtc::test
