// SPDX-License-Identifier: Apache-2.0
//
// mtc doctor: what this machine has, what is missing, and how to get it.
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/doctor/checks.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/remote_options.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

struct DoctorArguments {
  std::string target;
  remote::Options remote;
};

const char* status_name(Check::Status status) {
  if (status == Check::Status::ok) return "ok";
  return status == Check::Status::warn ? "warn" : "missing";
}

void print_check(const Check& check) {
  print(fmt::format("{:<8} {:<8} {:<20} {}", status_name(check.status), check.group, check.name, check.text));
  if (check.status != Check::Status::ok && !check.hint.empty())
    print(fmt::format("         hint: {}", check.hint));
}

Json checks_json(const Checks& checks, bool usable) {
  Json list = Json::array();
  for (const auto& check : checks)
    list.push_back({{"group", check.group},
                    {"name", check.name},
                    {"status", status_name(check.status)},
                    {"text", check.text},
                    {"hint", check.hint}});
  return {{"schema", "mtc.doctor/1"}, {"usable", usable}, {"checks", list}};
}

Result<int> examine(const DoctorArguments& arguments, const Globals& globals) {
  const auto registry = scan_registry(globals);
  Checks checks;
  const auto add = [&](const Checks& more) { checks.insert(checks.end(), more.begin(), more.end()); };
  add(check_plugins(registry, arguments.target));
  add(check_targets(registry, arguments.target));
  add(check_store(globals));
  add(check_machine());
  add(check_blas(registry));
  add(check_remote(arguments.remote));
  const auto missing = std::ranges::count(checks, Check::Status::missing, &Check::status);
  const auto warnings = std::ranges::count(checks, Check::Status::warn, &Check::status);
  if (globals.json) {
    print_json(checks_json(checks, missing == 0));
  } else {
    for (const auto& check : checks) print_check(check);
    say(missing > 0    ? fmt::format("{} missing, {} warnings: mtc cannot work like this", missing, warnings)
        : warnings > 0 ? fmt::format("mtc can work here; {} warnings", warnings)
                       : std::string("mtc can work here"));
  }
  return missing == 0 ? run::kOk : run::kUnavailable;
}

}  // namespace

void add_doctor(CLI::App& app, Globals& globals, int& exit_code) {
  auto* command =
      app.add_subcommand("doctor", "Show what this machine has, what is missing and how to get it");
  const auto arguments = std::make_shared<DoctorArguments>();
  command->add_option("--target", arguments->target, "What this target needs must be there")->type_name("ID");
  command->add_option("--remote", arguments->remote.url, "Ask this remote cache (default: $MTC_REMOTE)")
      ->envname("MTC_REMOTE")
      ->type_name("URL");
  add_global_options(*command, globals);
  command->footer("Example: mtc doctor --target cpu.x86-64-v3");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = conclude(globals, examine(*arguments, globals)); });
}

}  // namespace mtc::cli
