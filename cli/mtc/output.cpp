// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/output.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "core/run/runner.hpp"

namespace mtc::cli {

void print(std::string_view text) { fmt::print("{}\n", text); }

void print_json(const Json& json) { print(json.dump(2, ' ', false, Json::error_handler_t::replace)); }

void say(std::string_view text) { fmt::print(stderr, "{}\n", text); }

void say_error(const Error& error) {
  const bool colour = stderr_has_colour();
  std::string text =
      fmt::format("{}error:{} {}", colour ? "\x1b[1;31m" : "", colour ? "\x1b[0m" : "", error.message);
  if (!error.where.empty()) text += "\n  at " + error.where;
  if (!error.hint.empty()) text += "\n  hint: " + error.hint;
  say(text);
}

int exit_code_for(const Error& error) {
  switch (error.code) {
    case Code::invalid_argument:
    case Code::not_found:
    case Code::already_exists:
    case Code::out_of_range:
      return run::kUsage;
    case Code::failed_precondition:
      return run::kPluginMissing;
    case Code::unavailable:
    case Code::permission_denied:
    case Code::resource_exhausted:
      return run::kUnavailable;
    case Code::internal:
      return run::kBug;
    default:
      return run::kStageFailed;
  }
}

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

bool stderr_has_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  return stderr_is_terminal() && !dumb && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace mtc::cli
