// SPDX-License-Identifier: Apache-2.0
#include "core/run/lock_state.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "core/pipeline/document.hpp"
#include "core/run/digests.hpp"

namespace mtc::run {
namespace {

/// Every file and folder of the user's that an action reads.
std::set<std::filesystem::path> paths_read(const pipeline::Plan& plan) {
  std::set<std::filesystem::path> paths;
  const auto add = [&](const pipeline::Source& source) {
    if (source.kind == pipeline::Source::Kind::path) paths.insert(source.path);
  };
  for (const auto& action : plan.actions) {
    for (const auto& input : action.inputs) add(input.source);
  }
  for (const auto& dataset : plan.datasets) {
    std::ranges::for_each(dataset.inputs, add);
    std::ranges::for_each(dataset.labels, add);
  }
  return paths;
}

/// The name of a path that is the same wherever the project lies.
std::string portable_name(const config::WrittenPath& written, const std::filesystem::path& folder) {
  if (written.text.starts_with('/') || written.text.starts_with("${")) return written.text;
  return (written.folder / written.text).lexically_normal().lexically_relative(folder).string();
}

/// Adds users' files to one table of a lock file.
class Contents {
 public:
  Contents(const config::PipelineFile& file, const pipeline::Plan& plan, store::Store& store)
      : folder_(file.folder), read_(paths_read(plan)), store_(store) {}

  Result<void> add(const config::WrittenPath& written, const std::filesystem::path& path,
                   std::map<std::string, Digest>& digests) const {
    if (!read_.contains(path)) return {};
    MTC_ASSIGN(digests[portable_name(written, folder_)], path_digest(path, store_));
    return {};
  }

 private:
  std::filesystem::path folder_;
  std::set<std::filesystem::path> read_;
  store::Store& store_;
};

Result<void> add_plugins(const pipeline::Plan& plan, store::Store& store, LockFile& lock) {
  for (const auto& action : plan.actions) {
    if (action.plugin != nullptr && !lock.plugins.contains(action.plugin->manifest.id)) {
      MTC_ASSIGN(const auto digest, store.file_digest(action.plugin->file));
      lock.plugins[action.plugin->manifest.id] = {action.plugin->manifest.version,
                                                  {{this_platform(), digest}}};
    }
    if (action.target == nullptr || lock.contents["target"].contains(action.target->id)) continue;
    MTC_ASSIGN(lock.contents["target"][action.target->id], store.file_digest(action.target->file));
  }
  return {};
}

}  // namespace

std::string this_platform() {
  utsname names{};
  if (::uname(&names) != 0) return "unknown";
  std::string system = names.sysname;
  std::ranges::transform(system, system.begin(), [](unsigned char c) { return std::tolower(c); });
  return system + "-" + names.machine;
}

Result<LockFile> lock_state(const config::PipelineFile& file, const pipeline::Plan& plan,
                            store::Store& store) {
  LockFile lock;
  lock.schema = pipeline::kSchemaEpoch;
  MTC_TRY(add_plugins(plan, store, lock));
  const Contents contents(file, plan, store);
  for (const auto& model : file.models) {
    MTC_TRY(contents.add(model.written, model.path, lock.contents["model"]));
  }
  for (const auto& data : file.data) {
    for (std::size_t i = 0; i < data.written.size(); ++i) {
      const auto& path = i < data.inputs.size() ? data.inputs[i] : data.labels[i - data.inputs.size()];
      MTC_TRY(contents.add(data.written[i], path, lock.contents["data"]));
    }
  }
  return lock;
}

}  // namespace mtc::run
