// SPDX-License-Identifier: Apache-2.0
//
// mtc logs [STAGE]: the log of the last run's actions.
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/output.hpp"
#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/run/output_folder.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

Result<int> logs(const Globals& globals, const std::string& stage) {
  MTC_ASSIGN(auto store, open_store(globals));
  MTC_ASSIGN(const auto run, store.newest_run());
  if (!run)
    return Error{Code::not_found, "there was no run yet", store.root().string(),
                 "run a pipeline with mtc run"};
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(*run, error)) {
    if (entry.path().extension() == ".log") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  Json list = Json::array();
  for (const auto& file : files) {
    // NNN-stage[axes]-kind.log
    const std::string name = file.stem().string();
    const std::string inner = name.size() > 4 ? name.substr(4, name.rfind('-') - 4) : name;
    if (!stage.empty() && inner != run::file_name(stage) && !inner.starts_with(stage + "[")) continue;
    MTC_ASSIGN(const auto text, read_file(file));
    list.push_back({{"stage", inner}, {"log", file.string()}, {"text", text}});
    if (!globals.json) print(fmt::format("==> {}\n{}", file.string(), trim(text)));
  }
  if (globals.json) print_json({{"schema", "mtc.logs/1"}, {"run", run->filename().string()}, {"logs", list}});
  if (list.empty()) {
    say(stage.empty() ? "no worker ran in the last run: everything was in the store"
                      : fmt::format("no worker ran for stage '{}' in the last run", stage));
  }
  return run::kOk;
}

}  // namespace

void add_logs(CLI::App& app, Globals& globals, int& exit_code) {
  auto* command = app.add_subcommand("logs", "Show the logs of the last run");
  const auto stage = std::make_shared<std::string>();
  command->add_option("stage", *stage, "Only this stage");
  add_global_options(*command, globals);
  command->footer("Example: mtc logs int8");
  command->callback([stage, &globals, &exit_code] { exit_code = conclude(globals, logs(globals, *stage)); });
}

}  // namespace mtc::cli
