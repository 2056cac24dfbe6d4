// SPDX-License-Identifier: Apache-2.0
#include "core/run/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "core/base/fd.hpp"
#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/config/fields.hpp"
#include "core/config/toml.hpp"

namespace mtc::run {
namespace {

constexpr std::int64_t kLockFormat = 1;
constexpr std::size_t kShownDigits = 12;

constexpr const char* kLockHeader =
    "# What the pipelines of this folder are made of, as it was last accepted. Written by `mtc lock FILE`: "
    "keep it\n"
    "# under version control. `mtc run FILE --locked` refuses whatever differs.\n";

/// The tables of `contents`, in their order in the file.
const std::vector<std::string>& lock_sections() {
  static const std::vector<std::string> names{"model", "data", "target"};
  return names;
}

using Digests = std::map<std::string, Digest>;

Result<Digests> read_digests(const config::Node& table, const std::string& title) {
  const config::Fields fields(table, title);
  if (table.kind != config::Node::Kind::table)
    return config::invalid(table.place, title + " must be a table", "write the file anew with mtc lock");
  Digests digests;
  for (const auto& child : table.children) {
    if (!child.scalar.is_string() || !is_digest(child.scalar.get<std::string>())) {
      return config::invalid(child.place, fields.path(child.key) + " is not a SHA-256 digest",
                             "write the file anew with mtc lock");
    }
    digests[child.key] = child.scalar.get<std::string>();
  }
  return digests;
}

Result<LockedPlugin> read_plugin(const config::Node& node) {
  const config::Fields fields(node, "plugin." + node.key);
  MTC_TRY(fields.only({"version", "sha256"}));
  LockedPlugin plugin;
  MTC_ASSIGN(plugin.version, fields.text("version"));
  MTC_ASSIGN(const auto* digests, fields.required("sha256"));
  MTC_ASSIGN(plugin.sha256, read_digests(*digests, fields.path("sha256")));
  return plugin;
}

Result<void> check_lock_format(const config::Fields& fields) {
  MTC_TRY(fields.required("lock"));
  MTC_ASSIGN(const auto format, fields.integer("lock", kLockFormat));
  if (format == kLockFormat) return {};
  return config::invalid(fields.place("lock"),
                         fmt::format("mtc.lock has format {}; this mtc reads {}", format, kLockFormat),
                         "use the mtc that wrote it, or remove it and write it anew with mtc lock");
}

std::string shown(const Drift::Pin& pin) {
  if (pin.digest.empty()) return pin.version;
  return (pin.version.empty() ? "" : pin.version + " ") + pin.digest.substr(0, kShownDigits);
}

void add_plugin_drift(const LockFile& locked, const std::string& id, const LockedPlugin& now,
                      std::vector<Drift>& drifts) {
  const auto known = locked.plugins.find(id);
  for (const auto& [platform, digest] : now.sha256) {
    Drift drift{"plugin", id, platform, true, {}, {now.version, digest}};
    if (known != locked.plugins.end()) {
      const auto before = known->second.sha256.find(platform);
      drift.is_new = before == known->second.sha256.end() && known->second.version == now.version;
      drift.before.version = known->second.version;
      if (before != known->second.sha256.end()) drift.before.digest = before->second;
      if (drift.before.version == now.version && drift.before.digest == digest) continue;
    }
    drifts.push_back(std::move(drift));
  }
}

}  // namespace

Result<LockFile> read_lock(const std::filesystem::path& file) {
  MTC_ASSIGN(const auto root, config::read_toml(file));
  const config::Fields fields(root, "");
  MTC_TRY(check_lock_format(fields));
  MTC_TRY(fields.only({"lock", "schema", "plugin", "model", "data", "target"}));
  LockFile lock;
  MTC_TRY(fields.required("schema"));
  MTC_ASSIGN(lock.schema, fields.integer("schema", 0));
  if (const auto* plugins = root.find("plugin")) {
    if (plugins->kind != config::Node::Kind::table)
      return config::invalid(plugins->place, "plugin must be a table", "write the file anew with mtc lock");
    for (const auto& child : plugins->children) {
      MTC_ASSIGN(lock.plugins[child.key], read_plugin(child));
    }
  }
  for (const auto& name : lock_sections()) {
    const auto* table = root.find(name);
    if (table == nullptr) continue;
    MTC_ASSIGN(lock.contents[name], read_digests(*table, name));
  }
  return lock;
}

std::string lock_text(const LockFile& lock) {
  std::string text = fmt::format("{}lock = {}\nschema = {}\n", kLockHeader, kLockFormat, lock.schema);
  for (const auto& [id, plugin] : lock.plugins) {
    text += fmt::format("\n[plugin.{}]\nversion = {}\n", config::toml_key(id), toml_string(plugin.version));
    for (const auto& [platform, digest] : plugin.sha256)
      text += fmt::format("sha256.{} = \"{}\"\n", config::toml_key(platform), digest);
  }
  for (const auto& name : lock_sections()) {
    const auto digests = lock.contents.find(name);
    if (digests == lock.contents.end() || digests->second.empty()) continue;
    text += fmt::format("\n[{}]\n", name);
    for (const auto& [key, digest] : digests->second)
      text += fmt::format("{} = \"{}\"\n", config::toml_key(key), digest);
  }
  return text;
}

std::vector<Drift> drift_of(const LockFile& locked, const LockFile& now) {
  std::vector<Drift> drifts;
  if (locked.schema != now.schema) {
    drifts.push_back({"schema",
                      "epoch",
                      {},
                      false,
                      {std::to_string(locked.schema), {}},
                      {std::to_string(now.schema), {}}});
  }
  for (const auto& [id, plugin] : now.plugins) add_plugin_drift(locked, id, plugin, drifts);
  for (const auto& section : lock_sections()) {
    const auto digests = now.contents.find(section);
    if (digests == now.contents.end()) continue;
    const auto known = locked.contents.find(section);
    for (const auto& [name, digest] : digests->second) {
      Drift drift{section, name, {}, true, {}, {{}, digest}};
      if (known != locked.contents.end()) {
        if (const auto before = known->second.find(name); before != known->second.end()) {
          if (before->second == digest) continue;
          drift.is_new = false;
          drift.before.digest = before->second;
        }
      }
      drifts.push_back(std::move(drift));
    }
  }
  return drifts;
}

std::string describe(const Drift& drift) {
  std::string text = drift.kind + " " + drift.name;
  if (!drift.platform.empty()) text += " (" + drift.platform + ")";
  if (drift.is_new) return text + ": not in the lock file -> " + shown(drift.now);
  return text + ": " + shown(drift.before) + " -> " + shown(drift.now);
}

void accept(LockFile& locked, const LockFile& now) {
  locked.schema = now.schema;
  for (const auto& [id, plugin] : now.plugins) {
    auto& known = locked.plugins[id];
    if (known.version != plugin.version) known = {plugin.version, {}};
    for (const auto& [platform, digest] : plugin.sha256) known.sha256[platform] = digest;
  }
  for (const auto& [section, digests] : now.contents) {
    for (const auto& [name, digest] : digests) locked.contents[section][name] = digest;
  }
}

Result<std::vector<Drift>> update_lock(const std::filesystem::path& folder, const LockFile& now) {
  const Fd turn(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!turn) return errno_error(errno, "cannot open", folder);
  while (::flock(turn.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return errno_error(errno, "cannot lock", folder);
  }
  const auto file = folder / kLockName;
  auto locked = read_lock(file);
  const bool absent = !locked && locked.error().code == Code::not_found;
  if (!locked && !absent) return locked.error();
  LockFile merged = absent ? LockFile{now.schema, {}, {}} : *std::move(locked);
  auto drifts = drift_of(merged, now);
  if (drifts.empty() && !absent) return drifts;
  accept(merged, now);
  MTC_TRY(write_file_atomic(file, lock_text(merged)));
  return drifts;
}

}  // namespace mtc::run
