// SPDX-License-Identifier: Apache-2.0
#include "bench/machine.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace mtc::bench {
namespace {

/// The value of the first line "KEY<tabs>: value" of /proc/cpuinfo.
std::string cpu_field(const std::string& key) {
  std::ifstream stream("/proc/cpuinfo");
  for (std::string line; std::getline(stream, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with(key) && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string vector_extensions() {
  std::istringstream flags(cpu_field("flags"));
  std::string text;
  for (std::string flag; flags >> flag;) {
    const bool vector =
        flag.starts_with("avx") || flag.starts_with("amx") || flag == "fma" || flag == "sse4_2";
    if (vector) text += (text.empty() ? "" : " ") + flag;
  }
  return text.empty() ? "none of interest" : text;
}

}  // namespace

std::string describe_machine() {
  utsname system{};
  uname(&system);
  std::array<double, 1> load{};
  getloadavg(load.data(), 1);
  const auto memory =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return fmt::format(
      "cpu: {}\nextensions: {}\ncores: {}\nmemory: {:.1f} GiB\nkernel: {} {} {}\nload average (1 min): "
      "{:.2f}\n",
      cpu_field("model name"), vector_extensions(), sysconf(_SC_NPROCESSORS_ONLN), memory / 1073741824.0,
      system.sysname, system.release, system.machine, load[0]);
}

}  // namespace mtc::bench
