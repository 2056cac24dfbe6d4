// SPDX-License-Identifier: Apache-2.0
//
// What `mtc doctor` looks at. Each function looks at one thing, changes nothing beyond temporary files, and
// always has something to say.
#pragma once

#include <string>
#include <vector>

#include "cli/mtc/globals.hpp"
#include "core/plugin/registry.hpp"
#include "core/remote/options.hpp"

namespace mtc::cli {

struct Check {
  enum class Status {
    ok,
    warn,     ///< Works, but worse or not all of it.
    missing,  ///< Needed, and not there.
  };
  std::string group;  ///< plugins targets store machine remote
  std::string name;
  Status status = Status::ok;
  std::string text;  ///< What was found.
  std::string hint;  ///< What to do; empty when nothing.
};

using Checks = std::vector<Check>;

/// The worker, each plugin with what it depends on, and rejected files. `target`: its plugin is needed; else
/// one usable plugin is.
Checks check_plugins(const plugin::Registry& registry, const std::string& target);

/// Each target: whether this machine can run for it. The one called `target` is needed.
Checks check_targets(const plugin::Registry& registry, const std::string& target);

/// Whether libblas.so.3, where a plugin needs it, is a fast one.
Checks check_blas(const plugin::Registry& registry);

/// Opens for writing, locks, reflinks, kind of file system, space.
Checks check_store(const Globals& globals);

/// Vector extensions, memory, clock governor, core dumps, ccache.
Checks check_machine();

/// Whether the cache answers; nothing where none is set.
Checks check_remote(const remote::Options& asked);

}  // namespace mtc::cli
