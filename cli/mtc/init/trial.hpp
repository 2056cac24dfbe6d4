// SPDX-License-Identifier: Apache-2.0
//
// Pipelines in memory that init runs to find out about model, data and targets: the way of every run, so that
// the store keeps what they make and a second init finds it there.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "cli/mtc/execute.hpp"
#include "core/config/pipeline_file.hpp"
#include "core/pipeline/plan.hpp"
#include "core/plugin/registry.hpp"
#include "core/run/report.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::cli {

/// The name of a stage that is there for the data it reads; people do not see how it ends.
inline constexpr const char* kLookStage = "look";

/// A pipeline that ran. Its stages may have failed.
struct Tried {
  pipeline::Plan plan;
  run::RunReport report;

  /// The only variant of the stage `name`, or the one whose axis target is `target`; nullptr when there is
  /// none.
  [[nodiscard]] const run::StageReport* stage(std::string_view name, std::string_view target = {}) const;
};

class Trial {
 public:
  /// All of them must outlive this and what it returns.
  Trial(const plugin::Registry& registry, store::Store& store, const ExecuteOptions& options,
        const Globals& globals)
      : registry_(registry), store_(store), options_(options), globals_(globals) {}

  /// Plans and runs `text`, whose paths count from `folder`, as far as its stages succeed. Errors: of
  /// planning and of starting; cancelled when a signal ended it.
  Result<Tried> run(std::string_view text, const std::filesystem::path& folder,
                    const config::LoadOptions& load = {});

  /// The folder that the decode stage of `tried` made; nullopt when there was none, or it failed.
  Result<std::optional<std::filesystem::path>> decoded(const Tried& tried);

  [[nodiscard]] store::Store& store() { return store_; }

 private:
  const plugin::Registry& registry_;
  store::Store& store_;
  const ExecuteOptions& options_;
  const Globals& globals_;
};

}  // namespace mtc::cli
