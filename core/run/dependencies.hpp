// SPDX-License-Identifier: Apache-2.0
//
// Libraries and tools that a plugin declares: where they are, and what identifies their content.
#pragma once

#include <filesystem>
#include <string>

#include "core/plugin/registry.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

struct FoundDependency {
  std::filesystem::path path;
  std::string
      identity;  ///< Goes into the action document: digest, for a tool also the digest of its --version.
};

/// Where `dependency` of `plugin` is.
///
/// A library: the file that MTC_<STEM> names (libonnxruntime.so.1 → MTC_ONNXRUNTIME), LD_LIBRARY_PATH, beside
/// the plugin, `../libraries` of the plugin's folder, then the folders of /etc/ld.so.conf and the system's
/// own. A tool: PATH. Errors: failed_precondition, with what was searched and how to get it.
Result<std::filesystem::path> locate_dependency(const plugin::Dependency& dependency,
                                                const plugin::Plugin& plugin);

/// The same with what identifies its content, which the store remembers.
Result<FoundDependency> find_dependency(const plugin::Dependency& dependency, const plugin::Plugin& plugin,
                                        store::Store& store);

}  // namespace mtc::run
