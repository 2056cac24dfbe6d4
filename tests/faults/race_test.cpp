// SPDX-License-Identifier: Apache-2.0
//
// Many mtc at once on one store and one action: it is executed once, and all have its result.
#include <algorithm>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"
#include "tests/faults/work.hpp"

namespace mtc::test {
namespace {

constexpr int kProcesses = 32;

std::size_t lines_of(const std::filesystem::path& file) {
  const auto text = read_file(file);
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

TEST(Race, ManyProcessesExecuteAnActionOnce) {
  Sandbox box;
  box.use_conformance_plugins();
  const auto ledger = box / "ledger";
  // Long enough for all of them to come while the first works.
  box.write("p.toml",
            "mtc = 1\n[stage.only]\nuses = \"convert.pieces\"\nwith = { linger_ms = 1500, ledger = \"" +
                ledger.string() + "\" }\n");
  std::vector<Running> runs;
  for (int i = 0; i < kProcesses; ++i)
    runs.push_back(box.launch({"run", "p.toml", "--json", "--out", "out" + std::to_string(i)}));
  std::set<std::string> digests;
  int ran = 0;
  int waited = 0;
  for (auto& run : runs) {
    const auto outcome = run.finish();
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const auto stage = stage_of(outcome.json(), "only");
    digests.insert(stage["outputs"]["large"]["digest"].get<std::string>() +
                   stage["outputs"]["parts"]["digest"].get<std::string>());
    ran += stage["status"] == "ran" ? 1 : 0;
    waited += outcome.err.find("waits for the same work of process") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(lines_of(ledger), 1U) << "the plugin says how often it ran";
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(digests.size(), 1U);
  EXPECT_GE(waited, kProcesses / 2) << "too few of them met";
  const auto first = digests_below(box / "out0");
  EXPECT_EQ(first.size(), 9U);
  for (int i = 1; i < kProcesses; ++i) EXPECT_EQ(digests_below(box / ("out" + std::to_string(i))), first);
  EXPECT_EQ(box.mtc({"cache", "verify"}).exit_code, 0);
}

}  // namespace
}  // namespace mtc::test
