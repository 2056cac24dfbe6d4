// SPDX-License-Identifier: Apache-2.0
//
// Many mtc at once on one store and one action: it is executed once, and all have its result.
#include <poll.h>

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"
#include "tests/faults/work.hpp"

namespace mtc::test {
namespace {

constexpr int kProcesses = 32;
constexpr int kPatienceMs = 30'000;
constexpr int kLookMs = 10;

std::size_t lines_of(const std::filesystem::path& file) {
  const auto text = read_file(file);
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

/// How many of the processes have said that they wait for another.
int waiting(const Sandbox& box) {
  int count = 0;
  for (int i = 0; i < kProcesses; ++i) {
    const auto said = read_file(box / ("stderr." + std::to_string(i)));
    count += said.find("waits for the same work of process") != std::string::npos ? 1 : 0;
  }
  return count;
}

TEST(Race, ManyProcessesExecuteAnActionOnce) {
  Sandbox box;
  box.use_conformance_plugins();
  const auto ledger = box / "ledger";
  const auto gate = box / "gate";
  box.write("p.toml", fmt::format("mtc = 1\n[stage.only]\nuses = \"convert.pieces\"\n"
                                  "with = {{ ledger = \"{}\", wait_for = \"{}\" }}\n",
                                  ledger.string(), gate.string()));
  std::vector<Running> runs;
  for (int i = 0; i < kProcesses; ++i)
    runs.push_back(box.launch({"run", "p.toml", "--json", "--out", "out" + std::to_string(i)}));
  // The one that works is done when all others wait for it.
  for (int i = 0; i < kPatienceMs && waiting(box) < kProcesses - 1; i += kLookMs) ::poll(nullptr, 0, kLookMs);
  EXPECT_EQ(waiting(box), kProcesses - 1);
  box.write("gate", "");
  std::set<std::string> digests;
  int ran = 0;
  for (auto& run : runs) {
    const auto outcome = run.finish();
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const auto stage = stage_of(outcome.json(), "only");
    digests.insert(stage["outputs"]["large"]["digest"].get<std::string>() +
                   stage["outputs"]["parts"]["digest"].get<std::string>());
    ran += stage["status"] == "ran" ? 1 : 0;
  }
  EXPECT_EQ(lines_of(ledger), 1U) << "the plugin says how often it ran";
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(digests.size(), 1U);
  const auto first = digests_below(box / "out0");
  EXPECT_EQ(first.size(), 9U);
  for (int i = 1; i < kProcesses; ++i) EXPECT_EQ(digests_below(box / ("out" + std::to_string(i))), first);
  EXPECT_EQ(box.mtc({"cache", "verify"}).exit_code, 0);
}

}  // namespace
}  // namespace mtc::test
