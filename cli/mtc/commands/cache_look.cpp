// SPDX-License-Identifier: Apache-2.0
//
// mtc cache stats|ls|show: what the store holds.
#include <algorithm>
#include <limits>
#include <memory>

#include <fmt/format.h>

#include "cli/mtc/commands/cache.hpp"
#include "cli/mtc/output.hpp"
#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/run/runner.hpp"
#include "core/store/upkeep.hpp"

namespace mtc::cli {
namespace {

constexpr std::size_t kShortKey = 12;

Json amount_json(const store::Amount& amount) { return {{"count", amount.count}, {"bytes", amount.bytes}}; }

/// "12 s", "3 min", "5 h", "40 d".
std::string age_text(std::int64_t unix_s) {
  const std::int64_t age_s = std::max<std::int64_t>(0, Clock::real().now_unix_s() - unix_s);
  if (age_s < 60) return fmt::format("{} s", age_s);
  if (age_s < 3600) return fmt::format("{} min", age_s / 60);
  if (age_s < 48 * 3600) return fmt::format("{} h", age_s / 3600);
  return fmt::format("{} d", age_s / (24 * 3600));
}

Result<int> stats(const Globals& globals, store::Store& store) {
  MTC_ASSIGN(const auto found, store::Upkeep(store).stats());
  if (globals.json) {
    print_json({{"schema", "mtc.cache.stats/1"},
                {"store", store.root().string()},
                {"total_bytes", found.total_bytes},
                {"blobs", amount_json(found.blobs)},
                {"unreferenced_blobs", amount_json(found.unreferenced)},
                {"results", amount_json(found.results)},
                {"records", amount_json(found.records)},
                {"documents", amount_json(found.documents)},
                {"folders", amount_json(found.trees)},
                {"runs", amount_json(found.runs)},
                {"checkpoints", amount_json(found.checkpoints)},
                {"staging_bytes", found.staging_bytes},
                {"quarantine_bytes", found.quarantine_bytes},
                {"other_bytes", found.other_bytes},
                {"damaged", found.damaged},
                {"pinned", found.pinned},
                {"sessions", found.sessions}});
    return run::kOk;
  }
  print(fmt::format("{} in {}", human_bytes(found.total_bytes), store.root().string()));
  const auto line = [](const char* what, const store::Amount& amount) {
    print(fmt::format("  {:<22} {:>9}  {:>10}", what, amount.count, human_bytes(amount.bytes)));
  };
  const auto bytes = [](const char* what, std::uint64_t size) {
    print(fmt::format("  {:<22} {:>9}  {:>10}", what, "", human_bytes(size)));
  };
  line("blobs", found.blobs);
  line("  that nothing names", found.unreferenced);
  line("results", found.results);
  line("measurements", found.records);
  line("action documents", found.documents);
  line("folders laid out", found.trees);
  line("runs (events, logs)", found.runs);
  line("checkpoints", found.checkpoints);
  bytes("staging", found.staging_bytes);
  bytes("quarantine", found.quarantine_bytes);
  bytes("other", found.other_bytes);
  print(fmt::format("{} pinned, {} in use by others now", found.pinned, found.sessions));
  if (found.damaged > 0)
    say(fmt::format("{} entries cannot be read: mtc cache verify --repair moves them away", found.damaged));
  return run::kOk;
}

Json entry_json(const store::ListedEntry& entry) {
  Json outputs = Json::array();
  for (const auto& output : entry.result.outputs)
    outputs.push_back({{"name", output.name},
                       {"digest", output.digest},
                       {"bytes", output.bytes},
                       {"folder", output.folder}});
  return {{"key", entry.key},
          {"kind", entry.kind},
          {"name", entry.name},
          {"measurement", entry.record},
          {"bytes", entry.bytes},
          {"made", utc_text(entry.made_unix_s)},
          {"used", utc_text(entry.used_unix_s)},
          {"pinned", entry.pinned},
          {"whole", entry.whole},
          {"seconds", entry.result.seconds},
          {"outputs", outputs},
          {"metrics", entry.result.metrics}};
}

std::string marks_of(const store::ListedEntry& entry) {
  std::string marks;
  if (entry.record) marks += "  measurement";
  if (entry.pinned) marks += "  pinned";
  if (!entry.whole) marks += "  incomplete";
  return marks;
}

Result<int> list(const Globals& globals, store::Store& store, std::size_t limit) {
  MTC_ASSIGN(const auto entries, store::Upkeep(store).list());
  const std::size_t count = std::min(limit, entries.size());
  if (globals.json) {
    Json items = Json::array();
    for (std::size_t i = 0; i < count; ++i) items.push_back(entry_json(entries[i]));
    print_json({{"schema", "mtc.cache.list/1"}, {"store", store.root().string()}, {"results", items}});
    return run::kOk;
  }
  if (entries.empty()) say("the store holds no results yet");
  if (count > 0)
    print(fmt::format("{:<{}}  {:<8} {:<28} {:>8} {:>10}", "key", kShortKey, "kind", "name", "used", "size"));
  for (std::size_t i = 0; i < count; ++i) {
    const auto& entry = entries[i];
    print(fmt::format("{:<{}}  {:<8} {:<28} {:>8} {:>10}{}", entry.key.substr(0, kShortKey), kShortKey,
                      entry.kind, entry.name, age_text(entry.used_unix_s), human_bytes(entry.bytes),
                      marks_of(entry)));
  }
  if (count < entries.size()) say(fmt::format("… and {} more (--limit 0 shows all)", entries.size() - count));
  return run::kOk;
}

void show_entry(const store::ListedEntry& entry) {
  print(fmt::format("\n{} made {}, used {}, took {}{}", entry.record ? "measurement" : "result",
                    utc_text(entry.made_unix_s), utc_text(entry.used_unix_s),
                    human_duration(entry.result.seconds), entry.record ? "" : marks_of(entry)));
  for (const auto& output : entry.result.outputs)
    print(fmt::format("  {:<14} {}  {}{}", output.name, output.digest, human_bytes(output.bytes),
                      output.folder ? "  folder" : ""));
  for (const auto& [name, value] : entry.result.metrics) print(fmt::format("  {:<14} {}", name, value));
}

Json checkpoint_json(const std::optional<Checkpoint>& checkpoint) {
  if (!checkpoint) return {};
  return {{"label", checkpoint->label}, {"bytes", checkpoint->bytes}};
}

Result<int> show(const Globals& globals, store::Store& store, const std::string& key) {
  MTC_ASSIGN(const auto shown, store::Upkeep(store).show(key));
  if (globals.json) {
    Json entries = Json::array();
    for (const auto& entry : shown.entries) entries.push_back(entry_json(entry));
    print_json({{"schema", "mtc.cache.show/1"},
                {"key", shown.key},
                {"document", shown.document ? Json(*shown.document) : Json()},
                {"checkpoint", checkpoint_json(shown.checkpoint)},
                {"results", entries}});
    return run::kOk;
  }
  print(fmt::format("key {}\n\n{}", shown.key,
                    shown.document ? trim(*shown.document) : "its document was not kept"));
  for (const auto& entry : shown.entries) show_entry(entry);
  if (shown.checkpoint)
    print(fmt::format("\ncheckpoint {} ({}): the next run continues from it", shown.checkpoint->label,
                      human_bytes(shown.checkpoint->bytes)));
  if (shown.entries.empty())
    say("it has no result: it failed, was not run to its end, or gc took its result");
  return run::kOk;
}

}  // namespace

void add_cache_look(CLI::App& cache, Globals& globals, int& exit_code) {
  add_cache_command(cache, globals, exit_code, "stats", "Sizes by kind", "Example: mtc cache stats --json",
                    stats);
  const auto limit = std::make_shared<std::size_t>(50);
  auto* ls = add_cache_command(
      cache, globals, exit_code, "ls", "Results and measurements, the last used first",
      "Examples: mtc cache ls --limit 0\n          mtc cache ls --json | jq '.results[].key'",
      [limit](const Globals& options, store::Store& store) {
        const bool all = *limit == 0 || options.json;
        return list(options, store, all ? std::numeric_limits<std::size_t>::max() : *limit);
      });
  ls->add_option("--limit", *limit, "Show at most so many; 0 shows all, as --json does (default 50)")
      ->type_name("N");
  const auto key = std::make_shared<std::string>();
  auto* one = add_cache_command(
      cache, globals, exit_code, "show", "One action: its document, its result and its measurements",
      "Example: mtc cache show 3fa9c2",
      [key](const Globals& options, store::Store& store) { return show(options, store, *key); });
  one->add_option("key", *key, "Its key, or the first 4 digits or more")->required()->type_name("KEY");
}

}  // namespace mtc::cli
