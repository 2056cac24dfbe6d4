// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/trial.hpp"

#include <algorithm>

#include "cli/mtc/interrupt.hpp"

namespace mtc::cli {
namespace {

/// Of a trial people see what takes time and what comes out; warnings are about data that only the trial has.
std::optional<Json> of_interest(const Json& event) {
  const std::string type = event.value("type", "");
  if (type == "action.log" || type == "action.waiting") return std::nullopt;
  if (type != "stage.finished") return event;
  const std::string stage = event.value("stage", "");
  const std::string status = event.value("status", "");
  if (stage == kLookStage || status == "hit" || status == "skipped") return std::nullopt;
  Json shown = event;
  std::erase_if(shown["metrics"].get_ref<Json::object_t&>(),
                [](const auto& metric) { return metric.first != "top1"; });
  return shown;
}

}  // namespace

const run::StageReport* Tried::stage(std::string_view name, std::string_view target) const {
  for (const auto& found : report.stages) {
    const bool same = target.empty() || std::ranges::any_of(found.axes, [&](const auto& axis) {
                        return axis.first == "target" && axis.second == target;
                      });
    if (found.name == name && same) return &found;
  }
  return nullptr;
}

Result<Tried> Trial::run(std::string_view text, const std::filesystem::path& folder,
                         const config::LoadOptions& load) {
  MTC_ASSIGN(const auto file, config::parse_pipeline(text, "the pipeline of mtc init", folder, load));
  Tried tried;
  MTC_ASSIGN(tried.plan, pipeline::make_plan(file, registry_));
  ExecuteOptions options = options_;
  options.out.clear();
  options.keep_going = true;
  options.shown = of_interest;
  MTC_ASSIGN(tried.report, execute(tried.plan, store_, options, globals_));
  if (stop_signal_number() != 0) return Error{Code::cancelled, "interrupted", {}, "run it again"};
  return tried;
}

Result<std::optional<std::filesystem::path>> Trial::decoded(const Tried& tried) {
  for (std::size_t v = 0; v < tried.plan.variants.size(); ++v) {
    const auto& ran = tried.report.stages[v].actions;  // Those that were reached, in the plan's order.
    for (std::size_t i = 0; i < ran.size(); ++i) {
      const auto& action = tried.plan.actions[tried.plan.variants[v].actions[i]];
      if (action.name != "data.decode" || ran[i].status == "failed") continue;
      MTC_ASSIGN(const auto result, store_.find(ran[i].key));
      if (!result || result->outputs.empty()) continue;
      MTC_ASSIGN(auto folder, store_.path(result->outputs.front()));
      return std::optional(std::move(folder));
    }
  }
  return std::optional<std::filesystem::path>();
}

}  // namespace mtc::cli
