// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <fstream>
#include <sstream>
#include <thread>

#include <fmt/format.h>

#include "cli/mtc/doctor/checks.hpp"
#include "core/base/file.hpp"
#include "core/base/process.hpp"
#include "core/base/text.hpp"
#include "core/run/numeric_environment.hpp"

namespace mtc::cli {
namespace {

constexpr const char* kMachine = "machine";
constexpr std::uint64_t kLittleMemory = std::uint64_t{2} << 30U;

std::string first_line(const char* file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

Check check_cpu() {
  const auto isa = run::numeric_value("isa");
  const std::string flags = isa ? *isa : "unknown";
  const bool v3 = flags.find("avx2") != std::string::npos && flags.find("fma") != std::string::npos;
  const bool v4 =
      v3 && flags.find("avx512bw") != std::string::npos && flags.find("avx512vl") != std::string::npos;
  const char* level = v4 ? "x86-64-v4" : v3 ? "x86-64-v3" : "base";
  return {kMachine,
          "CPU",
          Check::Status::ok,
          fmt::format("{} CPUs, {} ({})", std::thread::hardware_concurrency(), level, flags),
          {}};
}

/// The field `name` of /proc/meminfo in bytes.
std::uint64_t memory_field(const std::string& name) {
  std::ifstream stream("/proc/meminfo");
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(name + ":")) continue;
    std::istringstream value(line.substr(name.size() + 1));
    std::uint64_t kib = 0;
    value >> kib;
    return kib << 10U;
  }
  return 0;
}

Check check_memory() {
  const auto available = memory_field("MemAvailable");
  std::string text =
      fmt::format("{} of {} available", human_bytes(available), human_bytes(memory_field("MemTotal")));
  const auto limit = parse_integer(first_line("/sys/fs/cgroup/memory.max"));
  if (limit)
    text += fmt::format(", {} allowed by the control group", human_bytes(static_cast<std::uint64_t>(*limit)));
  const bool little =
      available < kLittleMemory || (limit && static_cast<std::uint64_t>(*limit) < kLittleMemory);
  if (!little) return {kMachine, "memory", Check::Status::ok, text, {}};
  return {kMachine, "memory", Check::Status::warn, text,
          "bound what a stage takes with --memory-limit and -j"};
}

Check check_governor() {
  const auto governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (governor.empty())
    return {kMachine,
            "governor",
            Check::Status::ok,
            "the clock is not this system's to choose (a virtual machine?)",
            {}};
  if (governor == "performance") return {kMachine, "governor", Check::Status::ok, governor, {}};
  return {kMachine, "governor", Check::Status::warn, governor + ": measurements vary with the clock",
          "for measurements: cpupower frequency-set -g performance"};
}

Check check_core_dumps() {
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  const auto pattern = first_line("/proc/sys/kernel/core_pattern");
  if (limit.rlim_cur == 0 && !pattern.starts_with('|'))
    return {kMachine, "core dumps", Check::Status::ok, "none: a crash is told by its report and log", {}};
  if (pattern.starts_with('|'))
    return {
        kMachine, "core dumps", Check::Status::ok, "go to " + pattern.substr(1, pattern.find(' ') - 1), {}};
  return {kMachine, "core dumps", Check::Status::warn,
          "a crash of a plugin writes its whole memory to " + pattern, "ulimit -c 0, unless you want them"};
}

Check check_ccache() {
  const auto found = find_program("ccache");
  if (found) return {kMachine, "ccache", Check::Status::ok, found->string(), {}};
  return {kMachine, "ccache", Check::Status::warn, "not found; only building mtc and plugins is slower",
          "apt install ccache"};
}

}  // namespace

Checks check_machine() {
  return {check_cpu(), check_memory(), check_governor(), check_core_dumps(), check_ccache()};
}

}  // namespace mtc::cli
