// SPDX-License-Identifier: Apache-2.0
//
// mtc cache: the group, and its short commands pin, unpin and clear.
#include "cli/mtc/commands/cache.hpp"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/output.hpp"
#include "core/base/text.hpp"
#include "core/run/runner.hpp"
#include "core/store/upkeep.hpp"

namespace mtc::cli {
namespace {

Result<int> clear(const Globals& globals, store::Store& store) {
  MTC_ASSIGN(const auto bytes, store.bytes());
  MTC_TRY(store.clear());
  if (globals.json) {
    print_json({{"schema", "mtc.cache/1"}, {"removed_bytes", bytes}, {"store", store.root().string()}});
  } else {
    say(fmt::format("removed {} from {}", human_bytes(bytes), store.root().string()));
  }
  return run::kOk;
}

Result<int> say_pins(const Globals& globals, store::Store& store, const char* did,
                     const std::vector<Digest>& keys) {
  MTC_ASSIGN(const auto pins, store::Upkeep(store).pins());
  if (globals.json) {
    print_json({{"schema", "mtc.cache.pins/1"}, {did, keys}, {"pins", pins}});
    return run::kOk;
  }
  for (const auto& key : keys) print(key);
  say(fmt::format("{} {} action{}; {} pinned in all", did, keys.size(), keys.size() == 1 ? "" : "s",
                  pins.size()));
  return run::kOk;
}

using Pins = Result<std::vector<Digest>> (store::Upkeep::*)(std::string_view);

/// pin and unpin: they differ in what they do to the keys.
void add_pins(CLI::App& cache, Globals& globals, int& exit_code, const std::string& name,
              const std::string& summary, const char* did, Pins change) {
  const auto what = std::make_shared<std::string>();
  auto* command = add_cache_command(
      cache, globals, exit_code, name, summary,
      fmt::format("Examples: mtc cache {0} 3fa9c2\n          mtc cache {0} 20250131T120000-000000001", name),
      [what, did, change](const Globals& options, store::Store& store) -> Result<int> {
        store::Upkeep upkeep(store);
        MTC_ASSIGN(const auto keys, (upkeep.*change)(*what));
        return say_pins(options, store, did, keys);
      });
  command->add_option("what", *what, "A key (4 digits or more of it), or the id of a run")
      ->required()
      ->type_name("KEY|RUN");
}

}  // namespace

CLI::App* add_cache_command(CLI::App& cache, Globals& globals, int& exit_code, const std::string& name,
                            const std::string& summary, const std::string& examples,
                            std::function<Result<int>(const Globals&, store::Store&)> body) {
  auto* command = cache.add_subcommand(name, summary);
  add_global_options(*command, globals);
  command->footer(examples);
  command->callback([&globals, &exit_code, body = std::move(body)] {
    const auto done = [&]() -> Result<int> {
      MTC_ASSIGN(auto store, open_store(globals));
      return body(globals, store);
    }();
    exit_code = conclude(globals, done);
  });
  return command;
}

void add_cache(CLI::App& app, Globals& globals, int& exit_code) {
  auto* cache = app.add_subcommand("cache", "Look after the store of results");
  cache->require_subcommand(1);
  cache->footer("Example: mtc cache gc --max-size 20G");
  add_cache_look(*cache, globals, exit_code);
  add_cache_tend(*cache, globals, exit_code);
  add_pins(*cache, globals, exit_code, "pin",
           "Keep the result of an action, or of all actions of a run, from gc", "pinned",
           &store::Upkeep::pin);
  add_pins(*cache, globals, exit_code, "unpin", "Take pins away", "unpinned", &store::Upkeep::unpin);
  add_cache_command(*cache, globals, exit_code, "clear", "Remove everything from the store, pinned or not",
                    "Example: mtc cache clear --store /tmp/mtc-store", clear);
}

}  // namespace mtc::cli
