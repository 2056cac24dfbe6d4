// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/progress/run_view.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "cli/mtc/progress/text_width.hpp"
#include "core/base/text.hpp"
#include "core/pipeline/reason.hpp"

namespace mtc::cli {
namespace {

/// "5 s", "2 min 05 s": whole seconds, since they change on the screen.
std::string whole_seconds(double seconds) {
  const double whole = std::floor(std::max(seconds, 0.0));
  return whole < 60 ? fmt::format("{:.0f} s", whole) : human_duration(whole);
}

std::string metrics_text(const Json& event) {
  std::string text;
  const auto metrics = event.value("metrics", Json::object());
  for (const auto& [name, value] : metrics.items())
    text += fmt::format("  {}={:.5g}", name, value.get<double>());
  return text;
}

std::string gate_text(const Json& event) {
  return fmt::format("  gate {}: {} (value {}, limit {})", event.value("ok", false) ? "passed" : "FAILED",
                     event.value("expr", ""), event.value("value", Json()).dump(),
                     event.value("limit", Json()).dump());
}

std::string checkpoint_text(const Json& event) {
  return fmt::format("  {} {} continues from a checkpoint: {} ({})", event.value("stage", ""),
                     event.value("kind", ""), event.value("label", ""),
                     human_bytes(event.value("bytes", std::uint64_t{0})));
}

/// Why an action runs or does not have to; nothing for events that say nothing of it.
std::optional<std::string> explanation(const Json& event) {
  const bool starts = event.value("type", "") == "worker.started";
  if (!starts && event.value("type", "") != "action.finished") return std::nullopt;
  const auto status = event.value("status", "");
  // What a worker ran was said when it started; a package has none.
  if (!starts && (status == "ran" || status == "failed") && event.value("kind", "") != "package")
    return std::nullopt;
  const auto reasons = pipeline::reasons_from_json(event["reasons"]);
  const auto against = event["against"].is_string() ? event["against"].get<std::string>() : "";
  return fmt::format("  explain {} {}: {}: {}{}", event.value("stage", ""), event.value("kind", ""),
                     starts ? "runs" : status, pipeline::sentence(reasons),
                     against.empty() ? "" : " (since run " + against + ")");
}

std::string remote_warning_text(const Json& event) {
  const std::string hint = event.value("hint", "");
  return fmt::format("warning: {} ({}){}", event.value("message", ""), event.value("where", ""),
                     hint.empty() ? "" : "\n  hint: " + hint);
}

/// Seconds until the phase ends at the rate of its beginning; nullopt where that says nothing yet.
std::optional<double> seconds_left(std::uint64_t done, std::uint64_t total, double took_s, double since_s) {
  if (done == 0 || total <= done || took_s < 1) return std::nullopt;
  const double rate_s = took_s / static_cast<double>(done);
  return std::max(0.0, rate_s * static_cast<double>(total - done) - since_s);
}

}  // namespace

RunView::Row& RunView::row(const std::string& stage, double now_s) {
  const auto found = std::ranges::find(rows_, stage, &Row::stage);
  if (found != rows_.end()) return *found;
  Row fresh;
  fresh.stage = stage;
  fresh.started_s = now_s;
  fresh.phase_started_s = now_s;
  fresh.heard_s = now_s;
  rows_.push_back(std::move(fresh));
  return rows_.back();
}

void RunView::progress(const Json& event, double now_s) {
  auto& at = row(event.value("stage", ""), now_s);
  const std::string phase = event.value("phase", "");
  const auto done = event.value("done", std::uint64_t{0});
  if (phase != at.phase || done < at.done) at.phase_started_s = at.heard_s;
  at.phase = phase;
  at.done = done;
  at.total = event.value("total", std::uint64_t{0});
  at.unit = event.value("unit", "");
  at.heard_s = now_s;
}

std::vector<Line> RunView::worker_started(const Json& event, double now_s) {
  auto& at = row(event.value("stage", ""), now_s);
  at.what = event.value("kind", "");
  at.phase.clear();
  at.done = at.total = 0;
  at.heard_s = now_s;
  if (at.told) return {};
  at.told = true;
  return {{fmt::format("{:<11} {}", "started", at.stage)}};
}

std::vector<Line> RunView::finished(const Json& event) {
  const std::string stage = event.value("variant", "");
  std::erase_if(rows_, [&](const Row& each) { return each.stage == stage; });
  ++finished_;
  return {{fmt::format("{:<11} {} ({}){}", event.value("status", ""), stage,
                       human_duration(event.value("seconds", 0.0)), metrics_text(event))}};
}

std::vector<Line> RunView::take(const Json& event, double now_s) {
  auto lines = lines_of(event, now_s);
  if (auto reason = explain_ ? explanation(event) : std::nullopt) lines.push_back({std::move(*reason)});
  return lines;
}

std::vector<Line> RunView::lines_of(const Json& event, double now_s) {
  const std::string type = event.value("type", "");
  if (type == "run.started") {
    stages_ = event.value("stages", std::size_t{0});
    started_s_ = now_s;
  } else if (type == "stage.started") {
    row(event.value("variant", ""), now_s);
  } else if (type == "worker.started") {
    return worker_started(event, now_s);
  } else if (type == "action.progress") {
    progress(event, now_s);
  } else if (type == "action.log") {
    const std::string level = event.value("level", "");
    if (level == "warning" || level == "error")
      return {{fmt::format("  {}: {}: {}", level, event.value("stage", ""), event.value("text", "")), true}};
  } else if (type == "action.waiting") {
    row(event.value("stage", ""), now_s).what = "waits for another run";
    return {{fmt::format("  {} {} waits for the same work of {}", event.value("stage", ""),
                         event.value("kind", ""), event.value("holder", ""))}};
  } else if (type == "action.checkpoint") {
    if (event.value("what", "") == "found") return {{checkpoint_text(event)}};
  } else if (type == "remote.warning") {
    return {{remote_warning_text(event), true}};
  } else if (type == "remote.uploading") {
    row("remote cache", now_s).what = fmt::format("{} results to upload", event.value("pending", 0));
  } else if (type == "remote.finished") {
    std::erase_if(rows_, [](const Row& each) { return each.stage == "remote cache"; });
  } else if (type == "gate") {
    return {{gate_text(event)}};
  } else if (type == "stage.finished") {
    return finished(event);
  }
  return {};
}

/// "epoch 3/10 (30%)", "fill 128 MiB".
std::string RunView::amount(const Row& row) {
  if (row.phase.empty()) return row.what;
  if (row.total == 0) return fmt::format("{} {} {}", row.phase, row.done, row.unit);
  return fmt::format("{} {}/{} {} ({}%)", row.phase, row.done, row.total, row.unit,
                     row.done * 100 / row.total);
}

std::string RunView::times(const Row& row, double now_s) {
  const auto left = seconds_left(row.done, row.total, row.heard_s - row.phase_started_s,
                                 std::max(0.0, now_s - row.heard_s));
  return whole_seconds(now_s - row.started_s) + (left ? ", " + whole_seconds(*left) + " left" : "");
}

std::string RunView::line_of(const Row& row, double now_s, std::size_t columns) {
  const std::string right = times(row, now_s);
  const std::size_t taken = text_width(right) + 2;
  if (taken + 4 > columns) return fit_text("  " + row.stage, columns);
  // The name gives way before what is done, down to a third of the line.
  const std::size_t room = columns - taken;
  const std::string what = amount(row);
  const std::size_t name_room =
      std::max(room / 3, room > text_width(what) + 4 ? room - text_width(what) - 4 : 0);
  const std::string left = "  " + fit_text(row.stage, name_room) + (what.empty() ? "" : "  " + what);
  return fit_text(left, room) + "  " + right;
}

std::vector<std::string> RunView::block(double now_s, std::size_t columns, std::size_t rows) const {
  std::vector<std::string> lines;
  if (rows_.empty() || rows == 0) return lines;
  const bool counted = stages_ > 0;
  const std::size_t room = counted ? rows - 1 : rows;
  const std::size_t shown = std::min(rows_.size(), room);
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(line_of(rows_[i], now_s, columns));
  if (!counted) return lines;
  std::string total = fmt::format("[{} of {} stages done, {} running]  {}", finished_, stages_, rows_.size(),
                                  whole_seconds(now_s - started_s_));
  lines.push_back(fit_text(total, columns));
  return lines;
}

std::string RunView::heartbeat(double now_s) const {
  std::vector<std::string> parts;
  for (const auto& each : rows_) {
    const std::string what = amount(each);
    parts.push_back(each.stage + ", " + times(each, now_s) + (what.empty() ? "" : ", " + what));
  }
  return parts.empty() ? "" : "still running: " + join(parts, "; ");
}

}  // namespace mtc::cli
