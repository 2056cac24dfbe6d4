// SPDX-License-Identifier: Apache-2.0
//
// mtc completion SHELL: the script that a shell loads.
#include <memory>

#include "cli/mtc/commands/commands.hpp"
#include "cli/mtc/completion/scripts.hpp"
#include "cli/mtc/conclude.hpp"
#include "cli/mtc/output.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {
namespace {

Result<int> print_script(const Globals& globals, const std::string& shell) {
  const auto script = completion_script(shell);
  if (globals.json) {
    print_json({{"schema", "mtc.completion/1"}, {"shell", shell}, {"script", script}});
  } else {
    print(script.substr(0, script.find_last_not_of('\n') + 1));
  }
  return run::kOk;
}

}  // namespace

void add_completion(CLI::App& app, Globals& globals, int& exit_code) {
  auto* command = app.add_subcommand("completion", "Print the script by which a shell completes mtc");
  const auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "The shell")
      ->required()
      ->type_name("bash|zsh|fish")
      ->check([](const std::string& text) {
        return completion_script(text).empty() ? "'" + text + "' is not one of bash, zsh, fish"
                                               : std::string();
      });
  add_global_options(*command, globals);
  command->footer(
      "Example: mtc completion bash > ~/.local/share/bash-completion/completions/mtc\n"
      "         mtc completion zsh > ~/.zfunc/_mtc\n"
      "         mtc completion fish > ~/.config/fish/completions/mtc.fish");
  command->callback(
      [shell, &globals, &exit_code] { exit_code = conclude(globals, print_script(globals, *shell)); });
}

}  // namespace mtc::cli
