// SPDX-License-Identifier: Apache-2.0
//
// The driver: builds the command line, hands over to the command that was named, and sees that its result
// arrived.
#include "cli/mtc/application.hpp"
#include "cli/mtc/output.hpp"

int main(int argc, char** argv) {
  const int exit_code = mtc::cli::run_application({argv + 1, argv + argc});
  return mtc::cli::finish_output(exit_code);
}
