// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/lock_check.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "cli/mtc/output.hpp"
#include "core/run/lock_state.hpp"

namespace mtc::cli {
namespace {

std::string points(std::size_t count) { return fmt::format("{} point{}", count, count == 1 ? "" : "s"); }

Error drift_error(const std::vector<run::Drift>& drifts, const std::filesystem::path& lock,
                  const PipelineOptions& typed) {
  std::string text = fmt::format("the pipeline differs from its lock file in {}:", points(drifts.size()));
  for (const auto& drift : drifts) text += "\n  " + run::describe(drift);
  return {Code::invalid_argument, std::move(text), lock.string(),
          "bring back what was locked, or accept what is there now: mtc lock " + words_of(typed)};
}

/// One line for a run that goes on all the same.
void warn_of(const std::vector<run::Drift>& drifts, const std::filesystem::path& lock,
             const PipelineOptions& typed) {
  if (drifts.empty()) return;
  const std::string more = drifts.size() == 1 ? "" : fmt::format(" and {} more", drifts.size() - 1);
  say(fmt::format("warning: {} differs in {}: {}{} (mtc lock --check {} shows all, mtc lock accepts)",
                  lock.string(), points(drifts.size()), run::describe(drifts.front()), more,
                  words_of(typed)));
}

}  // namespace

void add_lock_options(CLI::App& command, LockOptions& options) {
  command.add_flag("--locked", options.locked,
                   "Refuse when plugins, models, data or targets differ from mtc.lock beside the pipeline");
  command.add_flag("--frozen", options.frozen, "--locked, and no network: the remote cache is not used");
}

Result<void> check_lock(const LockOptions& options, const PipelineOptions& typed,
                        const config::PipelineFile& file, const pipeline::Plan& plan, store::Store& store) {
  const bool strict = options.locked || options.frozen;
  const auto path = std::filesystem::path(typed.file).parent_path() / run::kLockName;
  const auto locked = run::read_lock(path);
  if (!locked && !strict) {
    if (locked.error().code != Code::not_found)
      say(fmt::format("warning: the lock file cannot be read: {} ({})", locked.error().message,
                      locked.error().where));
    return {};
  }
  if (!locked && locked.error().code == Code::not_found) {
    return Error{Code::invalid_argument, "there is no lock file", path.string(),
                 "write it with: mtc lock " + words_of(typed)};
  }
  if (!locked) return locked.error();
  MTC_ASSIGN(const auto now, run::lock_state(file, plan, store));
  const auto drifts = run::drift_of(*locked, now);
  if (strict && !drifts.empty()) return drift_error(drifts, path, typed);
  warn_of(drifts, path, typed);
  return {};
}

void take_network(const LockOptions& options, remote::Options& remote) {
  if (!options.frozen || remote.url.empty()) return;
  say("--frozen: the remote cache is not used");
  remote.url.clear();
}

}  // namespace mtc::cli
