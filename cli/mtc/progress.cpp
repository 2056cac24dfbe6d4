// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/progress.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "cli/mtc/output.hpp"
#include "core/base/text.hpp"
#include "core/pipeline/reason.hpp"

namespace mtc::cli {
namespace {

using std::chrono::steady_clock;
constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr auto kHeartbeat = std::chrono::seconds(30);

std::string metrics_text(const Json& metrics) {
  std::string text;
  for (const auto& [name, value] : metrics.items())
    text += fmt::format("  {}={:.5g}", name, value.get<double>());
  return text;
}

}  // namespace

Progress::Progress(bool explain)
    : explain_(explain),
      terminal_(stderr_is_terminal()),
      last_line_(steady_clock::now()),
      last_live_(last_line_) {}

Progress::~Progress() {
  if (live_shown_) fmt::print(stderr, "\r\x1b[K");
}

void Progress::line(const std::string& text) {
  if (live_shown_) fmt::print(stderr, "\r\x1b[K");
  live_shown_ = false;
  last_line_ = steady_clock::now();
  say(text);
}

void Progress::live(const std::string& text) {
  const auto now = steady_clock::now();
  if (!terminal_) {
    if (now - last_line_ >= kHeartbeat) line(text);
    return;
  }
  if (now - last_live_ < kRedraw) return;
  last_live_ = now;
  live_shown_ = true;
  fmt::print(stderr, "\r\x1b[K{}", text.substr(0, 110));
  std::fflush(stderr);
}

void Progress::event(const Json& event) {
  const std::string type = event.value("type", "");
  if (explain_) explain(event);
  if (type == "action.progress") {
    show(event);
  } else if (type == "action.log") {
    const std::string level = event.value("level", "");
    if (level == "warning" || level == "error") {
      line(fmt::format("  {}: {}: {}", level, event.value("stage", ""), event.value("text", "")));
    }
  } else if (type == "action.waiting") {
    line(fmt::format("  {} {} waits for the same work of {}", event.value("stage", ""),
                     event.value("kind", ""), event.value("holder", "")));
  } else if (type == "action.checkpoint") {
    if (event.value("what", "") == "found")
      line(fmt::format("  {} {} continues from a checkpoint: {} ({})", event.value("stage", ""),
                       event.value("kind", ""), event.value("label", ""),
                       human_bytes(event.value("bytes", std::uint64_t{0}))));
  } else if (type == "worker.started") {
    live(fmt::format("  {} {} …", event.value("stage", ""), event.value("kind", "")));
  } else if (type == "remote.warning") {
    const std::string hint = event.value("hint", "");
    line(fmt::format("warning: {} ({}){}", event.value("message", ""), event.value("where", ""),
                     hint.empty() ? "" : "\n  hint: " + hint));
  } else if (type == "remote.uploading") {
    live(fmt::format("  remote cache: {} results to upload", event.value("pending", 0)));
  } else if (type == "gate") {
    line(fmt::format("  gate {}: {} (value {}, limit {})", event.value("ok", false) ? "passed" : "FAILED",
                     event.value("expr", ""), event["value"].dump(), event["limit"].dump()));
  } else if (type == "stage.finished") {
    line(fmt::format("{:<11} {} ({}){}", event.value("status", ""), event.value("variant", ""),
                     human_duration(event.value("seconds", 0.0)), metrics_text(event["metrics"])));
  }
}

void Progress::explain(const Json& event) {
  const bool starts = event["type"] == "worker.started";
  if (!starts && event["type"] != "action.finished") return;
  const auto status = event.value("status", "");
  // What a worker ran was said when it started; a package has none.
  if (!starts && (status == "ran" || status == "failed") && event.value("kind", "") != "package") return;
  const auto reasons = pipeline::reasons_from_json(event["reasons"]);
  const auto against = event["against"].is_string() ? event["against"].get<std::string>() : "";
  line(fmt::format("  explain {} {}: {}: {}{}", event.value("stage", ""), event.value("kind", ""),
                   starts ? "runs" : status, pipeline::sentence(reasons),
                   against.empty() ? "" : " (since run " + against + ")"));
}

void Progress::show(const Json& event) {
  const auto done = event.value("done", std::uint64_t{0});
  const auto total = event.value("total", std::uint64_t{0});
  const std::string amount =
      total > 0 ? fmt::format("{}/{} {} ({}%)", done, total, event.value("unit", ""), done * 100 / total)
                : fmt::format("{} {}", done, event.value("unit", ""));
  live(fmt::format("  {} {}: {}", event.value("stage", ""), event.value("phase", ""), amount));
}

}  // namespace mtc::cli
