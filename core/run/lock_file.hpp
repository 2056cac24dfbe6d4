// SPDX-License-Identifier: Apache-2.0
//
// mtc.lock: what the pipelines of a folder are made of, as it was last accepted. TOML, in a stable order:
//
//   lock = 1                            version of this format
//   schema = 1                          schema epoch of action documents
//   [plugin.ID]
//   version = "0.1.0"
//   sha256.linux-x86_64 = "<sha256>"    a line for each platform on which it was accepted
//   [model]                             likewise [data] and [target]
//   "models/resnet20.onnx" = "<sha256>" the path as people write it -> its content
//
// A path of [model] and [data] counts from the folder of mtc.lock, unless it was written absolute or begins
// with a variable: then it stands here as it was written. A target stands with its id.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

inline constexpr const char* kLockName = "mtc.lock";

struct LockedPlugin {
  std::string version;
  std::map<std::string, Digest> sha256;  ///< Platform → digest of the .so.
};

struct LockFile {
  std::int64_t schema = 0;
  std::map<std::string, LockedPlugin> plugins;
  std::map<std::string, std::map<std::string, Digest>> contents;  ///< model, data, target → name → digest.
};

/// Errors: not_found; invalid_argument with line and column, also for a newer format.
Result<LockFile> read_lock(const std::filesystem::path& file);

/// The text of the file.
std::string lock_text(const LockFile& lock);

/// One difference between what was accepted and what is there.
struct Drift {
  struct Pin {
    std::string version;  ///< Of a plugin; of the schema its number.
    Digest digest;        ///< Empty for the schema.
  };
  std::string kind;  ///< plugin model data target schema
  std::string name;
  std::string platform;  ///< Of a plugin.
  bool is_new = false;   ///< The lock file has nothing under this name (on this platform).
  Pin before;
  Pin now;
};

/// How `now`, the state of one pipeline on this machine, differs from `locked`. What only `locked` has
/// belongs to other pipelines and platforms.
std::vector<Drift> drift_of(const LockFile& locked, const LockFile& now);

/// "plugin cpu (linux-x86_64): 0.1.0 1a2b3c4d5e6f… -> 0.2.0 …".
std::string describe(const Drift& drift);

/// Takes `now` over into `locked`. Entries of other platforms stay while the plugin's version is the same.
void accept(LockFile& locked, const LockFile& now);

/// Accepts `now` in folder/mtc.lock, which is made or replaced in one step, and left alone where nothing
/// differs; processes that do so at once take turns. Returns what differed. Errors: as read_lock, and of
/// writing.
Result<std::vector<Drift>> update_lock(const std::filesystem::path& folder, const LockFile& now);

}  // namespace mtc::run
