// SPDX-License-Identifier: Apache-2.0
//
// The parts of `mtc cache`. Internal to cli/mtc/commands.
#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/mtc/globals.hpp"
#include "core/store/store.hpp"

namespace mtc::cli {

/// Adds `mtc cache NAME`, which opens the store, does `body` and stores the exit code.
CLI::App* add_cache_command(CLI::App& cache, Globals& globals, int& exit_code, const std::string& name,
                            const std::string& summary, const std::string& examples,
                            std::function<Result<int>(const Globals&, store::Store&)> body);

void add_cache_look(CLI::App& cache, Globals& globals, int& exit_code);  // cache_look.cpp: stats, ls, show
void add_cache_tend(CLI::App& cache, Globals& globals, int& exit_code);  // cache_tend.cpp: verify, gc

}  // namespace mtc::cli
