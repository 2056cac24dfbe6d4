// SPDX-License-Identifier: Apache-2.0
#include "core/run/numeric_environment.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>

namespace mtc::run {
namespace {

/// Fields of the first processor in /proc/cpuinfo.
std::map<std::string, std::string> first_processor() {
  std::map<std::string, std::string> fields;
  std::ifstream stream("/proc/cpuinfo");
  for (std::string line; std::getline(stream, line) && !line.empty();) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto end = line.find_last_not_of(" \t", colon - 1);
    fields[line.substr(0, end + 1)] = colon + 2 <= line.size() ? line.substr(colon + 2) : "";
  }
  return fields;
}

std::string isa() {
  static constexpr std::array kFlags = {"sse4_1",   "avx",         "avx2",     "fma",      "f16c",
                                        "avx512f",  "avx512bw",    "avx512vl", "avx512dq", "avx512_vnni",
                                        "avx_vnni", "avx512_bf16", "amx_int8", "amx_bf16", "asimd",
                                        "asimddp",  "sve"};
  auto fields = first_processor();
  std::istringstream stream(fields.contains("flags") ? fields["flags"] : fields["Features"]);
  std::set<std::string> present;
  for (std::string flag; stream >> flag;) present.insert(flag);
  std::string text;
  for (const auto* flag : kFlags) {
    if (!present.contains(flag)) continue;
    if (!text.empty()) text += '+';
    text += flag;
  }
  return text.empty() ? "base" : text;
}

std::string environment_or(const char* name, const std::string& fallback) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : fallback;
}

}  // namespace

Result<std::string> numeric_value(std::string_view part) {
  if (part == "isa") return isa();
  if (part == "torch") return environment_or("ATEN_CPU_CAPABILITY", "default");
  if (part == "threads") return std::string("parameter");
  if (part == "blas") {
    auto fields = first_processor();
    return environment_or("OPENBLAS_CORETYPE",
                          fmt::format("auto-{}-{}", fields["cpu family"], fields["model"]));
  }
  return Error{Code::invalid_argument,
               fmt::format("'{}' is not a part of the numeric environment", part),
               {},
               "plugin.toml may list isa, torch, blas, threads"};
}

}  // namespace mtc::run
