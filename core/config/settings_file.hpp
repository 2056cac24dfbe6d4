// SPDX-License-Identifier: Apache-2.0
//
// Files that hold settings: the names of the driver's long flags as keys of a TOML file, without tables.
//
//   user      $XDG_CONFIG_HOME/mtc/config.toml, else ~/.config/mtc/config.toml
//   project   .mtc.toml in the folder of the pipeline, else in the working folder or the nearest one above it
//
// Whoever merely enters a folder has not chosen to trust it. So a project file counts only if it belongs to
// this user or to root and is not writable by everybody; it may name plugins and a store only inside its own
// folder, and a remote cache only to read from. Relative paths count from the folder of the file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "core/config/place.hpp"
#include "mtc/result.hpp"

namespace mtc::config {

inline constexpr const char* kProjectSettings = ".mtc.toml";

/// A key that settings files may have.
struct KnownSetting {
  std::string name;
  enum class Kind {
    flag,   ///< true or false
    text,   ///< a string or a number
    path,   ///< a string, made absolute
    paths,  ///< a string or a list of strings, made absolute; always a list
  } kind = Kind::text;
};

struct Setting {
  std::string name;
  Json value;
  Place place;
  bool project = false;  ///< Else the user's.
};

/// What all files say together.
struct Settings {
  std::filesystem::path user_file;  ///< Empty where there is none.
  std::filesystem::path project_file;
  std::vector<Setting> values;        ///< The project's first: they count before the user's.
  std::vector<std::string> warnings;  ///< Why a file that is there was not read.

  /// The one that counts, or null.
  [[nodiscard]] const Setting* find(const std::string& name) const;
};

/// Reads one file. Errors: invalid_argument for an unknown key (did you mean), a wrong type, and in a project
/// file for what it may not say; as read_toml.
Result<std::vector<Setting>> read_settings(const std::filesystem::path& file, bool project,
                                           const std::vector<KnownSetting>& known);

/// Finds and reads the files. `pipeline_folder` is empty for a command without a pipeline.
Result<Settings> load_settings(const std::optional<std::filesystem::path>& pipeline_folder,
                               const std::vector<KnownSetting>& (*known)());

}  // namespace mtc::config
