// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/conclude.hpp"

#include <algorithm>
#include <exception>

#include "cli/mtc/annotations.hpp"
#include "cli/mtc/output.hpp"
#include "core/base/error_json.hpp"
#include "core/run/runner.hpp"

namespace mtc::cli {

int fail(const Globals& globals, const Error& error, int exit_code) {
  say_error(error);
  annotate_error(annotations_from(globals.annotations), error);
  if (globals.json) {
    print_json({{"schema", "mtc.error/1"}, {"exit_code", exit_code}, {"error", error_to_json(error)}});
  }
  return exit_code;
}

int conclude(const Globals& globals, const Result<int>& result) {
  return result ? *result : fail(globals, result.error(), exit_code_for(result.error()));
}

int guarded(const Globals& globals, const std::function<int()>& body) {
  try {
    return body();
  } catch (const std::exception& error) {
    return fail(globals,
                {Code::internal, std::string("a bug in mtc: ") + error.what(), {}, "please report it"},
                run::kBug);
  }
}

bool wants_json(const std::vector<std::string>& arguments) {
  const auto end = std::ranges::find(arguments, "--");
  return std::find(arguments.begin(), end, "--json") != end;
}

}  // namespace mtc::cli
