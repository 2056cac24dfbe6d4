// SPDX-License-Identifier: Apache-2.0
//
// mtc cache clear
#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/output.hpp"
#include "core/base/text.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

Result<int> clear(const Globals& globals) {
  MTC_ASSIGN(auto store, open_store(globals));
  MTC_ASSIGN(const auto bytes, store.bytes());
  MTC_TRY(store.clear());
  if (globals.json) {
    print_json({{"schema", "mtc.cache/1"}, {"removed_bytes", bytes}, {"store", store.root().string()}});
  } else {
    say(fmt::format("removed {} from {}", human_bytes(bytes), store.root().string()));
  }
  return run::kOk;
}

}  // namespace

void add_cache(CLI::App& app, Globals& globals, int& exit_code) {
  auto* cache = app.add_subcommand("cache", "Look after the store of results");
  cache->require_subcommand(1);
  auto* command = cache->add_subcommand("clear", "Remove everything from the store");
  add_global_options(*command, globals);
  command->footer("Example: mtc cache clear --store /tmp/mtc-store");
  command->callback([&globals, &exit_code] {
    const auto result = clear(globals);
    if (!result) say_error(result.error());
    exit_code = result ? *result : exit_code_for(result.error());
  });
}

}  // namespace mtc::cli
