// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/output.hpp"

#include <cerrno>
#include <cstdio>

#include <fmt/format.h>

#include "cli/mtc/terminal.hpp"
#include "core/base/file_system.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {

void print(std::string_view text) {
  // A failure is remembered by the stream, and told by finish_output().
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
}

void print_json(const Json& json) { print(json.dump(2, ' ', false, Json::error_handler_t::replace)); }

int finish_output(int exit_code) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
  say_error(errno_error(errno == 0 ? EIO : errno, "cannot write the result", "stdout"));
  return exit_code == run::kOk ? run::kUnavailable : exit_code;
}

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

}  // namespace mtc::cli
