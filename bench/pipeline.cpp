// SPDX-License-Identifier: Apache-2.0
//
// What the driver costs: a no-op run of 100 cached stages that read 50 GB of data, a no-op run of 500
// variants, the plan of 1,000 stages, and what scheduling, worker and commit add to each stage that runs. The
// data are files with holes: they take no room on the disk, but their first digest takes the time that 50 GB
// take.
//
//   mtc_bench_pipeline [path of mtc]      (the plugin bench_copy lies in ../bench_plugins of it)
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/machine.hpp"
#include "bench/process_cost.hpp"
#include "core/config/pipeline_file.hpp"
#include "core/pipeline/plan.hpp"
#include "core/plugin/registry.hpp"

namespace mtc::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kRuns = 20;
constexpr int kDataFiles = 50;          ///< Of one GB each.
constexpr std::size_t kRows = 250'000;  ///< Of 1,000 float32.
constexpr double kNoBudget = 0;

/// `count` stages, each reading the one before and, where `with_data`, the dataset.
std::string chain(int count, bool with_data) {
  std::string text = "mtc = 1\n[model]\npath = \"model.onnx\"\n";
  if (with_data) {
    text += "[data.bulk]\nformat = \"npy\"\ninputs = [";
    for (int i = 0; i < kDataFiles; ++i) text += fmt::format("\"{}.npy\", ", i);
    text += "]\n";
  }
  for (int i = 0; i < count; ++i) {
    const std::string source = i == 0 ? "model" : fmt::format("s{}.model", i - 1);
    text += fmt::format("[stage.s{}]\nuses = \"convert.copy\"\nmodel = \"{}\"\nwith = {{ tag = {} }}\n", i,
                        source, i);
    if (with_data) text += "data = \"bulk\"\n";
  }
  return text;
}

/// Two stages, run once for each of `count` values.
std::string sweep(int count) {
  std::string values;
  for (int i = 0; i < count; ++i) values += fmt::format("{}, ", i);
  return fmt::format(
      "mtc = 1\n[model]\npath = \"model.onnx\"\n"
      "[stage.make]\nuses = \"convert.copy\"\nmodel = \"model\"\nmatrix.with.tag = [{}]\n"
      "[stage.take]\nuses = \"convert.copy\"\nmodel = \"make.model\"\n",
      values);
}

/// An array of one GB that is a hole but for its header and its number.
void write_hole(const std::filesystem::path& path, int number) {
  std::string header =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, 1000), }}", kRows);
  header.resize(117, ' ');  // Head, dictionary and line end are 128 bytes.
  header += '\n';
  std::ofstream file(path, std::ios::binary);
  file << std::string("\x93NUMPY\x01\x00\x76\x00", 10) << header << static_cast<char>(number);
  file.close();
  std::filesystem::resize_file(path, 128 + kRows * 1000 * sizeof(float));
}

/// A private folder with a model and pipelines, removed at the end.
class Bench {
 public:
  explicit Bench(fs::path program) : program_(std::move(program)) {
    std::string pattern = (fs::temp_directory_path() / "mtc-bench-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    std::ofstream(folder_ / "model.onnx") << "\x08\x08";  // A ModelProto without a graph.
    std::ofstream(folder_ / "small.toml") << chain(100, false);
    std::ofstream(folder_ / "100.toml") << chain(100, true);
    std::ofstream(folder_ / "1000.toml") << chain(1000, false);
    std::ofstream(folder_ / "500.toml") << sweep(500);
    for (int i = 0; i < kDataFiles; ++i) write_hole(folder_ / fmt::format("{}.npy", i), i);
  }
  ~Bench() {
    std::error_code ignored;  // A folder left behind in /tmp does no harm.
    fs::remove_all(folder_, ignored);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  Result<void> run() {
    disk();
    MTC_TRY(add_stages());
    fmt::print(stderr, "digesting {} GB once: about a minute\n", kDataFiles);
    MTC_TRY(no_op_run("100.toml", fmt::format("no-op run of 100 stages, {} GB of data", kDataFiles), 50));
    fmt::print(stderr, "running 1,000 actions once\n");
    MTC_TRY(no_op_run("500.toml", "no-op run of 500 variants (1,000 actions)", kNoBudget));
    return plan_many();
  }

 private:
  [[nodiscard]] fs::path plugins() const { return program_.parent_path().parent_path() / "bench_plugins"; }

  [[nodiscard]] std::vector<std::string> command(const std::string& verb, const std::string& pipeline) const {
    return {program_.string(),  verb,      (folder_ / pipeline).string(), "--plugin",
            plugins().string(), "--store", (folder_ / "store").string()};
  }

  static void row(const std::string& what, const std::string& unit, std::vector<double> values,
                  double budget) {
    const double median = quantile(values, 0.5);
    const std::string limit = budget == kNoBudget ? "-" : fmt::format("{:.0f}", budget);
    const char* verdict = budget == kNoBudget ? "" : median <= budget ? "within" : "OVER";
    fmt::print("{:<52} {:>9.2f} {:>8.2f} {:>8.2f} {:>8}  {:<4} {}\n", what, median, quantile(values, 0.9),
               quantile(values, 1.0), limit, unit, verdict);
  }

  /// The first run of 100 stages, less what a run without work costs, by stage. Fresh stores, three times;
  /// they stay, since some file systems look long for a place when much was removed just before.
  Result<void> add_stages() {
    std::vector<double> per_stage;
    for (int i = 0; i < 3; ++i) {
      auto fresh = command("run", "small.toml");
      fresh.back() = (folder_ / fmt::format("store{}", i)).string();
      fresh.insert(fresh.end(), {"--out", (folder_ / fmt::format("out{}", i)).string()});
      MTC_ASSIGN(const auto cold, run_process(fresh));
      MTC_ASSIGN(const auto warm, run_process(fresh));
      per_stage.push_back((cold.wall_ms - warm.wall_ms) / 100);
    }
    row("added by scheduling, worker and commit, a stage", "ms", per_stage, 5);
    return {};
  }

  /// What it takes on this disk to make one small file durable: a stage of a second or longer needs a few.
  void disk() const {
    std::vector<double> took;
    for (int i = 0; i < kRuns; ++i) {
      const int file =
          open((folder_ / fmt::format("sync{}", i)).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
      const auto start = std::chrono::steady_clock::now();
      if (write(file, "x", 1) == 1) fsync(file);
      const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
      took.push_back(time.count());
      close(file);
    }
    fmt::print("{:<52} {:>9.2f} {:>8.2f} {:>8.2f} {:>8}  ms\n", "fsync of a small file here",
               quantile(took, 0.5), quantile(took, 0.9), quantile(took, 1.0), "-");
  }

  /// Runs `pipeline` once for the store, then again and again with nothing to do.
  Result<void> no_op_run(const std::string& pipeline, const std::string& what, double budget_ms) {
    std::vector<double> wall;
    std::vector<double> cpu;
    double peak = 0;
    MTC_TRY(run_process(command("run", pipeline)));
    for (int i = 0; i < kRuns; ++i) {
      MTC_ASSIGN(const auto cost, run_process(command("run", pipeline)));
      wall.push_back(cost.wall_ms);
      cpu.push_back(cost.cpu_ms);
      peak = std::max(peak, cost.peak_mib);
    }
    row(what + ", wall", "ms", wall, budget_ms);
    row(what + ", CPU", "ms", cpu, budget_ms);
    row(what + ", peak", "MiB", {peak}, 64);
    return {};
  }

  /// In this process: the file read and planned. As a command: also every key that can be known, looked up.
  Result<void> plan_many() {
    std::vector<double> inside;
    std::vector<double> wall;
    plugin::SearchPath path;
    path.folders = {plugins()};
    const auto registry = plugin::Registry::scan(path, {});
    for (int i = 0; i < kRuns; ++i) {
      const auto start = std::chrono::steady_clock::now();
      MTC_ASSIGN(const auto file, config::load_pipeline(folder_ / "1000.toml", {}));
      MTC_ASSIGN(const auto plan, pipeline::make_plan(file, registry));
      const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
      if (plan.actions.size() != 1000) return Error{Code::internal, "the plan is not whole", {}, {}};
      inside.push_back(took.count());
      MTC_ASSIGN(const auto cost, run_process(command("plan", "1000.toml")));
      wall.push_back(cost.wall_ms);
    }
    row("plan of 1,000 stages, reading and planning", "ms", inside, 200);
    row("plan of 1,000 stages, the command mtc plan", "ms", wall, 200);
    return {};
  }

  fs::path program_;
  fs::path folder_;
};

}  // namespace
}  // namespace mtc::bench

int main(int argc, char** argv) {
  const auto own = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  fmt::print("{}\nthe median counts against the budget\n\n{:<52} {:>9} {:>8} {:>8} {:>8}\n",
             mtc::bench::describe_machine(), "what", "median", "p90", "max", "budget");
  const auto done = mtc::bench::Bench(argc > 1 ? argv[1] : (own / "mtc").string()).run();
  if (done) return 0;
  fmt::print(stderr, "error: {} ({}): {}\n", done.error().message, done.error().where, done.error().hint);
  return 1;
}
