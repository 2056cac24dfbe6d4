// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/slowdown.hpp"

#include <fmt/format.h>

#include "core/base/file.hpp"
#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace mtc::cli {
namespace {

/// The part `compare` of the report that the bench stage wrote; null where there is none.
Json comparison_of(const run::StageReport& bench) {
  const auto output = bench.outputs.find("report");
  if (output == bench.outputs.end()) return nullptr;
  const auto text = read_file(output->second.path);
  const Json report = text ? Json::parse(*text, nullptr, false) : Json();
  return report.is_object() ? report.value("compare", Json()) : Json();
}

std::string flags(const Json& comparison, const char* key) {
  std::vector<std::string> names;
  for (const auto& flag : comparison.value(key, Json::array())) {
    if (flag.is_string()) names.push_back(flag.get<std::string>());
  }
  return names.empty() ? "none" : join(names, ", ");
}

}  // namespace

std::string slowdown(const run::StageReport& bench, double float_ms) {
  const double ms = bench.metrics.at("latency_p50_ms");
  std::string text = fmt::format("{:.3f} ms against {:.3f} ms", ms, float_ms);
  const auto cost = bench.metrics.find("compare_cost");
  const auto without = bench.metrics.find("compare_p50_ms");
  const Json comparison = comparison_of(bench);
  if (cost == bench.metrics.end() || without == bench.metrics.end() || !comparison.is_object()) {
    return text + "; no setting of this artifact's target was measured that would explain it";
  }
  text += fmt::format(
      "; measured beside it: {} cost {:.2f}x on this CPU (of the flags that matter it has: {}; "
      "lacks: {})",
      comparison.value("summary", "a setting"), cost->second, flags(comparison, "cpu_has"),
      flags(comparison, "cpu_lacks"));
  const double left = without->second / float_ms;
  text += left > 1 ? fmt::format(", and without them it would still be {:.2f}x slower", left)
                   : fmt::format(", and without them it would be {:.2f}x faster", 1 / left);
  return text;
}

}  // namespace mtc::cli
