// SPDX-License-Identifier: Apache-2.0
//
// The driver: builds the command line, and hands over to the command that was named.
#include <exception>
#include <string>

#include "cli/mtc/application.hpp"
#include "cli/mtc/output.hpp"
#include "core/run/runner.hpp"

int main(int argc, char** argv) {
  try {
    return mtc::cli::run_application({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    mtc::cli::say_error(
        {mtc::Code::internal, std::string("a bug in mtc: ") + error.what(), {}, "please report it"});
    return mtc::run::kBug;
  }
}
