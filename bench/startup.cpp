// SPDX-License-Identifier: Apache-2.0
//
// What it costs to start mtc: wall time and peak memory of --help and --version.
//
//   mtc_bench_startup [path of mtc]
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/machine.hpp"
#include "bench/process_cost.hpp"

namespace mtc::bench {
namespace {

constexpr int kRuns = 50;
constexpr double kBudgetMs = 10;
constexpr double kBudgetMib = 20;

/// Measures one command and prints its row. Errors: those of run_process().
Result<void> measure(const std::string& program, const std::string& flag) {
  std::vector<double> wall;
  double peak = 0;
  for (int i = 0; i < kRuns; ++i) {
    MTC_ASSIGN(const auto cost, run_process({program, flag}));
    wall.push_back(cost.wall_ms);
    peak = std::max(peak, cost.peak_mib);
  }
  fmt::print("{:<14} {:>9.2f} {:>8.2f} {:>8.2f} {:>9.0f}  {:>8.1f} {:>10.0f}  {}\n", "mtc " + flag,
             quantile(wall, 0.5), quantile(wall, 0.9), quantile(wall, 1.0), kBudgetMs, peak, kBudgetMib,
             quantile(wall, 0.5) <= kBudgetMs && peak <= kBudgetMib ? "within" : "OVER");
  return {};
}

int run(const std::string& program) {
  fmt::print("{}\n{} runs each; the median counts against the budget\n\n", describe_machine(), kRuns);
  fmt::print("{:<14} {:>9} {:>8} {:>8} {:>9}  {:>8} {:>10}\n", "command", "median ms", "p90 ms", "max ms",
             "budget ms", "peak MiB", "budget MiB");
  for (const char* flag : {"--help", "--version"}) {
    if (const auto measured = measure(program, flag); !measured) {
      fmt::print(stderr, "error: {} ({})\n", measured.error().message, measured.error().where);
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace mtc::bench

int main(int argc, char** argv) {
  const auto own = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  return mtc::bench::run(argc > 1 ? argv[1] : (own / "mtc").string());
}
