// SPDX-License-Identifier: Apache-2.0
//
// mtc cache verify|gc: finds damage, and lets go what is not needed.
#include <memory>

#include <fmt/format.h>

#include "cli/mtc/commands/cache.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/progress/progress.hpp"
#include "core/base/text.hpp"
#include "core/run/runner.hpp"
#include "core/store/upkeep.hpp"

namespace mtc::cli {
namespace {

/// What people typed for gc.
struct GcOptions {
  std::string max_size;
  std::string older_than;
  bool dry_run = false;
};

/// Shows how far a long command is, on stderr.
store::UpkeepProgress shown_by(Progress& progress) {
  return [&progress](std::string_view phase, std::uint64_t done, std::uint64_t total, std::string_view unit) {
    progress.event({{"type", "action.progress"},
                    {"stage", "cache"},
                    {"phase", phase},
                    {"done", done},
                    {"total", total},
                    {"unit", unit}});
  };
}

Json verify_json(const store::VerifyReport& report) {
  Json damage = Json::array();
  for (const auto& item : report.damage)
    damage.push_back({{"kind", item.kind},
                      {"path", item.path.string()},
                      {"what", item.what},
                      {"repaired", item.repaired}});
  return {{"schema", "mtc.cache.verify/1"},
          {"blobs", {{"count", report.blobs.count}, {"bytes", report.blobs.bytes}}},
          {"results", report.results},
          {"records", report.records},
          {"documents", report.documents},
          {"folders", report.trees},
          {"checkpoints", report.checkpoints},
          {"damage", damage},
          {"clean", report.clean()}};
}

Result<int> verify(const Globals& globals, store::Store& store, bool repair) {
  const auto report = [&] {
    Progress progress;
    return store::Upkeep(store).verify(repair, shown_by(progress));
  }();
  if (!report) return report.error();
  const int exit_code = report->clean() ? run::kOk : run::kStageFailed;
  if (globals.json) {
    print_json(verify_json(*report));
    return exit_code;
  }
  for (const auto& item : report->damage)
    print(fmt::format("{} {}: {}{}", item.kind, item.path.string(), item.what,
                      item.repaired ? " (moved to the quarantine)" : ""));
  say(fmt::format(
      "read {} blobs ({}), {} results, {} measurements, {} documents, {} folders, {} checkpoints: {}",
      report->blobs.count, human_bytes(report->blobs.bytes), report->results, report->records,
      report->documents, report->trees, report->checkpoints,
      report->damage.empty() ? "all is well" : fmt::format("{} damaged", report->damage.size())));
  if (!report->clean())
    say("  hint: mtc cache verify --repair moves them away; their actions then run again");
  return exit_code;
}

Json gc_json(const store::CollectReport& report, bool dry_run) {
  Json json = {{"schema", "mtc.cache.gc/1"},          {"dry_run", dry_run},
               {"bytes_before", report.bytes_before}, {"bytes_after", report.bytes_after},
               {"kept_in_use", report.kept_in_use},   {"kept_pinned", report.kept_pinned}};
  const auto add = [&json](const char* what, const store::Amount& amount) {
    json["removed"][what] = {{"count", amount.count}, {"bytes", amount.bytes}};
  };
  add("results", report.results);
  add("records", report.records);
  add("documents", report.documents);
  add("runs", report.runs);
  add("checkpoints", report.checkpoints);
  add("blobs", report.blobs);
  add("folders", report.trees);
  add("rest", report.rest);
  return json;
}

Result<int> collect(const Globals& globals, store::Store& store, const GcOptions& options) {
  store::CollectPolicy policy;
  policy.dry_run = options.dry_run;
  if (!options.max_size.empty()) policy.max_bytes = parse_bytes(options.max_size);
  if (!options.older_than.empty()) policy.older_than_s = parse_age(options.older_than);
  const auto report = [&] {
    Progress progress;
    return store::Upkeep(store).collect(policy, shown_by(progress));
  }();
  if (!report) return report.error();
  if (globals.json) {
    print_json(gc_json(*report, options.dry_run));
    return run::kOk;
  }
  say(fmt::format("{} {} results, {} measurements, {} runs, {} checkpoints, {} documents, {} blobs: {} of {}",
                  options.dry_run ? "would remove" : "removed", report->results.count, report->records.count,
                  report->runs.count, report->checkpoints.count, report->documents.count, report->blobs.count,
                  human_bytes(report->bytes_before - report->bytes_after),
                  human_bytes(report->bytes_before)));
  if (report->kept_in_use > 0) say(fmt::format("kept {} that a run uses", report->kept_in_use));
  if (report->kept_pinned > 0) say(fmt::format("kept {} that are pinned", report->kept_pinned));
  if (policy.max_bytes && report->bytes_after > *policy.max_bytes)
    say(fmt::format("{} remain: the rest is pinned, in use, or needed by the store itself",
                    human_bytes(report->bytes_after)));
  return run::kOk;
}

}  // namespace

void add_cache_tend(CLI::App& cache, Globals& globals, int& exit_code) {
  const auto repair = std::make_shared<bool>(false);
  auto* check = add_cache_command(
      cache, globals, exit_code, "verify",
      "Read everything and name what is damaged; exit code 1 when something is and stays",
      "Examples: mtc cache verify\n          mtc cache verify --repair --json",
      [repair](const Globals& options, store::Store& store) { return verify(options, store, *repair); });
  check->add_flag(
      "--repair", *repair,
      "Move what is damaged to the quarantine, with the results that need it: they are made again");

  const auto gc = std::make_shared<GcOptions>();
  auto* command = add_cache_command(
      cache, globals, exit_code, "gc",
      "Remove what nothing refers to, and results by size or age; never what a run uses or what is pinned",
      "Examples: mtc cache gc --max-size 20G\n          mtc cache gc --older-than 30d --dry-run",
      [gc](const Globals& options, store::Store& store) { return collect(options, store, *gc); });
  command
      ->add_option("--max-size", gc->max_size, "Remove the least recently used until the store is no larger")
      ->type_name("SIZE")
      ->check([](const std::string& text) {
        return parse_bytes(text) ? "" : "'" + text + "' is not a size such as 500M or 10G";
      });
  command->add_option("--older-than", gc->older_than, "Remove what was not used for so long")
      ->type_name("AGE")
      ->check([](const std::string& text) {
        return parse_age(text) ? "" : "'" + text + "' is not an age such as 12h, 30d or 8w";
      });
  command->add_flag("--dry-run", gc->dry_run, "Say what would go, and remove nothing");
}

}  // namespace mtc::cli
