// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/summary.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "cli/mtc/pareto.hpp"
#include "cli/mtc/progress/text_width.hpp"
#include "cli/mtc/slowdown.hpp"
#include "core/base/text.hpp"

namespace mtc::cli {
namespace {

/// Medians that differ by less than this factor are called the same.
constexpr double kSameSpeed = 1.05;

struct Row {
  std::string name;
  std::string target;
  std::map<std::string, double> metrics;
  std::string path;
  std::optional<double> bytes;  ///< Of all that lies there; bench knows what of it runs.
  bool quantized = false;
  bool record = false;
  const run::StageReport* bench = nullptr;  ///< Of the latency.
  bool front = false;                       ///< On the Pareto front.
};

/// What a session action of the variant runs: its artifact input; nullptr when it has none.
const pipeline::Source* subject(const pipeline::Plan& plan, const pipeline::Variant& variant,
                                std::string* target) {
  for (const auto index : variant.actions) {
    const auto& action = plan.actions[index];
    if (action.kind != "predict" && action.kind != "measure") continue;
    *target = action.target->id;
    return &action.inputs.front().source;
  }
  return nullptr;
}

std::string subject_name(const pipeline::Plan& plan, const pipeline::Source& source) {
  if (source.kind == pipeline::Source::Kind::path) return source.path.filename().string();
  return plan.variants[plan.actions[source.action].variant].name();
}

/// Where it lies and how large it is; for a file of the user the place alone.
run::OutputReport subject_output(const run::RunReport& report, const pipeline::Plan& plan,
                                 const pipeline::Source& source) {
  run::OutputReport output;
  output.path = source.path.string();
  if (source.kind == pipeline::Source::Kind::path) return output;
  const auto& outputs = report.stages[plan.actions[source.action].variant].outputs;
  const auto found = outputs.find(source.output);
  return found == outputs.end() ? output : found->second;
}

std::vector<Row> rows_of(const run::RunReport& report, const pipeline::Plan& plan) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < report.stages.size(); ++i) {
    std::string target;
    const auto* source = subject(plan, plan.variants[i], &target);
    if (source == nullptr || report.stages[i].metrics.empty()) continue;
    const std::string name = subject_name(plan, *source);
    auto row = std::ranges::find_if(rows, [&](const Row& r) { return r.name == name && r.target == target; });
    if (row == rows.end()) {
      const auto output = subject_output(report, plan, *source);
      rows.push_back({name, target, {}, output.path, {}, comes_from_quantize(plan, *source)});
      row = rows.end() - 1;
      if (output.bytes > 0) row->bytes = static_cast<double>(output.bytes);
    }
    row->metrics.insert(report.stages[i].metrics.begin(), report.stages[i].metrics.end());
    row->record = row->record || report.stages[i].status == "record";
    if (row->bench == nullptr && report.stages[i].metrics.contains("latency_p50_ms"))
      row->bench = &report.stages[i];
  }
  std::vector<std::optional<Merits>> merits;
  for (const auto& row : rows) merits.push_back(merits_of(row.metrics));
  const auto front = pareto_front(merits);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].front = front[i];
  return rows;
}

bool has_front(const std::vector<Row>& rows) { return std::ranges::any_of(rows, &Row::front); }

std::optional<double> metric(const Row& row, const std::string& name) {
  const auto found = row.metrics.find(name);
  return found == row.metrics.end() ? std::nullopt : std::optional(found->second);
}

/// p50 of the float artifact of the same target.
std::optional<double> float_latency(const std::vector<Row>& rows, const Row& row) {
  for (const auto& other : rows) {
    if (other.target == row.target && !other.quantized) return metric(other, "latency_p50_ms");
  }
  return std::nullopt;
}

std::vector<std::string> cells(const Row& row, const std::vector<Row>& rows,
                               std::vector<std::string>& notes) {
  const auto percent = [](double fraction) { return fmt::format("{:.2f}", fraction * 100); };
  std::string top1 = "-";
  if (const auto value = metric(row, "top1")) {
    top1 = percent(*value);
    if (const auto low = metric(row, "top1_low"), high = metric(row, "top1_high"); low && high) {
      top1 += fmt::format(" [{}, {}]", percent(*low), percent(*high));
    }
  }
  const auto drop = metric(row, "top1_drop");
  const auto agreement = metric(row, "agreement");
  const auto measured = metric(row, "bytes");
  const auto bytes = measured ? measured : row.bytes;
  const auto p50 = metric(row, "latency_p50_ms");
  std::string speed = "-";
  if (const auto base = float_latency(rows, row); p50 && base && row.quantized && *p50 > 0) {
    const double ratio = *p50 / *base;
    const bool same = ratio < kSameSpeed && ratio > 1 / kSameSpeed;
    speed = same         ? "the same"
            : ratio <= 1 ? fmt::format("{:.2f}x faster", 1 / ratio)
                         : fmt::format("{:.2f}x slower", ratio);
    if (ratio > 1 && !same) {
      notes.push_back(fmt::format("{} on {} is slower than float: {}", row.name, row.target,
                                  slowdown(*row.bench, *base)));
    }
  }
  return {row.name,
          row.target,
          top1,
          drop ? fmt::format("{:+.2f}", 0.0 - *drop * 100) : "-",
          agreement ? percent(*agreement) : "-",
          bytes ? human_bytes(static_cast<std::uint64_t>(*bytes)) : "-",
          p50 ? fmt::format("{:.3f}{}", *p50, row.record ? "*" : "") : "-",
          speed,
          row.front ? "yes" : "-",
          row.path};
}

}  // namespace

bool comes_from_quantize(const pipeline::Plan& plan, const pipeline::Source& source) {
  if (source.kind != pipeline::Source::Kind::output) return false;
  const auto& action = plan.actions[source.action];
  if (action.name.starts_with("quantize.")) return true;
  return std::ranges::any_of(action.inputs, [&](const auto& input) {
    return (input.source.type == "model" || input.source.type == "artifact") &&
           comes_from_quantize(plan, input.source);
  });
}

std::string summary_table(const run::RunReport& report, const pipeline::Plan& plan) {
  const auto rows = rows_of(report, plan);
  if (rows.empty()) return {};
  std::vector<std::vector<std::string>> table = {{"what", "target", "top-1 % [95 %]", "change", "agree %",
                                                  "size", "p50 ms", "vs float", "pareto", "where"}};
  std::vector<std::string> notes;
  for (const auto& row : rows) table.push_back(cells(row, rows, notes));
  if (!has_front(rows)) {
    for (auto& line : table) line.erase(line.end() - 2);
  }
  std::vector<std::size_t> widths(table.front().size(), 0);
  for (const auto& line : table) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], text_width(line[i]));
  }
  std::string text;
  for (const auto& line : table) {
    std::string row_text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      row_text += line[i];
      if (i + 1 < line.size()) row_text += std::string(widths[i] - text_width(line[i]) + 2, ' ');
    }
    text += row_text + "\n";
  }
  if (std::ranges::any_of(rows, &Row::record)) text += "* a replayed measurement\n";
  if (has_front(rows))
    text += "pareto: no other row is as good in top-1, p50 and size, and better in one of them\n";
  for (const auto& note : notes) text += note + "\n";
  text.pop_back();
  return text;
}

Json pareto_json(const run::RunReport& report, const pipeline::Plan& plan) {
  const auto rows = rows_of(report, plan);
  if (!has_front(rows)) return nullptr;
  Json json = {{"better", {{"top1", "higher"}, {"latency_p50_ms", "lower"}, {"bytes", "lower"}}},
               {"rows", Json::array()}};
  for (const auto& row : rows) {
    const auto merits = merits_of(row.metrics);
    if (!merits) continue;
    json["rows"].push_back({{"what", row.name},
                            {"target", row.target},
                            {"top1", merits->top1},
                            {"latency_p50_ms", merits->latency_p50_ms},
                            {"bytes", merits->bytes},
                            {"front", row.front}});
  }
  return json;
}

}  // namespace mtc::cli
