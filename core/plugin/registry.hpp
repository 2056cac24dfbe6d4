// SPDX-License-Identifier: Apache-2.0
//
// The plugins and targets that can be found, read from manifests alone: no plugin code runs.
//
// Search order: explicit files and folders (--plugin), MTC_PLUGIN_PATH, those of settings files
// (core/config/settings_file.hpp), <folder of mtc>/../lib/mtc/plugins,
// $XDG_DATA_HOME/mtc/plugins (default ~/.local/share), /usr/local/lib/mtc/plugins, /usr/lib/mtc/plugins.
// Of two plugins (or targets) with one id, and of two plugins with one stage, the first found wins, and the
// other is listed as rejected with that reason. A folder that does not exist is skipped, an explicit entry is
// rejected. Beside a plugin that is named explicitly as a file, its own target documents are found too. The
// environment is ignored in a process that has more rights than its caller.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.hpp"
#include "core/plugin/manifest.hpp"
#include "mtc/result.hpp"

namespace mtc::plugin {

struct Plugin {
  std::filesystem::path file;  ///< Absolute path of the .so.
  Manifest manifest;
};

/// A capability document, ID.target.toml.
struct Target {
  std::filesystem::path file;
  std::string id;
  std::string plugin;  ///< Id of the plugin that serves it.
  std::string summary;
  std::vector<std::string> requires_isa;  ///< CPU flags as /proc/cpuinfo names them.
  Json sections;                          ///< {"quant": {...}, "ops": {...}}

  /// {"target.id": …, "target.quant.scheme": …}: `names` of sections only; all when empty. Arrays stay
  /// arrays.
  [[nodiscard]] Json flatten(const std::vector<std::string>& names) const;
  /// CPU flags of `requires_isa` that this machine lacks.
  [[nodiscard]] std::vector<std::string> missing_isa() const;
};

/// A file that looked like a plugin or target but is not used, and why.
struct Rejected {
  std::filesystem::path file;
  std::string reason;
};

struct SearchPath {
  std::vector<std::filesystem::path> explicit_entries;  ///< --plugin: files or folders.
  std::vector<std::filesystem::path> folders;           ///< The rest, in order; a file stands for itself.
};

/// The search path of this process: environment and the place of the running executable. `configured` (files
/// or folders of settings files) come after the environment.
SearchPath default_search_path(const std::vector<std::filesystem::path>& explicit_entries,
                               const std::vector<std::filesystem::path>& configured = {});

class Registry {
 public:
  /// `reserved`: flags of the driver; a plugin that declares one of them is rejected.
  static Registry scan(const SearchPath& path, const Flags& reserved);

  [[nodiscard]] const std::vector<Plugin>& plugins() const { return plugins_; }
  [[nodiscard]] const std::vector<Target>& targets() const { return targets_; }
  [[nodiscard]] const std::vector<Rejected>& rejected() const { return rejected_; }

  struct StageMatch {
    const Plugin* plugin;
    const Stage* stage;
  };
  /// The stage called `name` ("quantize.ptq"), or for a bare kind ("quantize") the default one.
  /// Errors: not_found with a "did you mean" hint and the list of what there is. The first default in search
  /// order wins.
  [[nodiscard]] Result<StageMatch> find_stage(std::string_view name) const;
  struct TargetMatch {
    const Plugin* plugin;
    const TargetService* service;
    const Target* target;
  };
  /// Errors: not_found (did you mean); failed_precondition when its plugin was not found or was rejected
  /// (why).
  [[nodiscard]] Result<TargetMatch> find_target(std::string_view id) const;
  /// Errors: not_found (did you mean, and the list of what there is).
  [[nodiscard]] Result<const Plugin*> find_plugin(std::string_view id) const;
  /// The target that this machine compiles for by default: the first whose plugin is `cpu` and whose
  /// requires_isa all hold, the one with most requirements first. Errors: not_found.
  [[nodiscard]] Result<TargetMatch> default_target() const;

 private:
  std::vector<Plugin> plugins_;
  std::vector<Target> targets_;
  std::vector<Rejected> rejected_;
};

}  // namespace mtc::plugin
