// SPDX-License-Identifier: Apache-2.0
#include "core/run/plan_file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/config/pipeline_file.hpp"
#include "core/pipeline/document_diff.hpp"

namespace mtc::run {
namespace {

constexpr const char* kSchema = "mtc.planfile/1";
constexpr unsigned char kFirstPrintable = 0x20;
constexpr unsigned char kDelete = 0x7f;

/// A TOML string: 'as it is' where that can be, else with escapes.
std::string quoted(const std::string& text) {
  const bool plain = std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c != '\'' && byte >= kFirstPrintable && byte != kDelete;
  });
  return plain ? "'" + text + "'" : toml_string(text);
}

std::string quoted_list(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + quoted(item);
  return "[" + text + "]";
}

std::string action_text(const FiledAction& action) {
  std::string text = fmt::format(
      "\n[[stage.action]]\nkind = {}\nplan = {}\nreason = {}\nkey = {}\ndocument = [\n", quoted(action.kind),
      quoted(action.status), quoted(action.reason), quoted(action.key.empty() ? "unknown" : action.key));
  for (const auto& line : split(trim(action.document), '\n')) text += "  " + quoted(line) + ",\n";
  return text + "]\n";
}

std::string plan_text(const PlanFile& plan, const std::filesystem::path& folder) {
  std::string text = fmt::format(
      "# Made by mtc plan -o. `mtc run --plan` with this file runs exactly this, or says what has moved.\n"
      "# An input \"?STAGE\" is not known before that stage has run.\n"
      "schema = {}\npipeline = {}\nprofile = {}\noverrides = {}\n",
      quoted(kSchema), quoted(plan.pipeline.lexically_proximate(folder).string()), quoted(plan.profile),
      quoted_list(plan.overrides));
  for (const auto& stage : plan.stages) {
    text += fmt::format("\n[[stage]]\nname = {}\nuses = {}\ngates = {}\n", quoted(stage.name),
                        quoted(stage.uses), quoted_list(stage.gates));
    for (const auto& action : stage.actions) text += action_text(action);
  }
  return text;
}

Error no_plan(const std::filesystem::path& file, const std::string& why) {
  return {Code::invalid_argument, "this is no plan file: " + why, file.string(),
          "make it with mtc plan PIPELINE -o FILE"};
}

/// Throws nlohmann's exceptions for whatever is not as written.
FiledAction action_from(const Json& json) {
  FiledAction action{json.at("kind"), json.at("plan"), json.at("reason"), json.at("key"), {}};
  if (action.key == "unknown") action.key.clear();
  for (const auto& line : json.at("document")) action.document += line.get<std::string>() + "\n";
  return action;
}

FiledStage stage_from(const Json& json) {
  FiledStage stage{json.at("name"), json.at("uses"), json.at("gates"), {}};
  for (const auto& action : json.at("action")) stage.actions.push_back(action_from(action));
  return stage;
}

/// What of one stage is not as it was.
std::vector<std::string> moved_in(const FiledStage& filed, const FiledStage& now) {
  std::vector<std::string> changes;
  if (filed.gates != now.gates)
    changes.push_back(fmt::format("gates: {} -> {}", quoted_list(filed.gates), quoted_list(now.gates)));
  const auto kinds = [](const FiledStage& stage) {
    std::vector<std::string> names;
    for (const auto& action : stage.actions) names.push_back(action.kind);
    return join(names, ", ");
  };
  if (kinds(filed) != kinds(now)) {
    changes.push_back(fmt::format("its actions: {} -> {}", kinds(filed), kinds(now)));
    return changes;
  }
  for (std::size_t i = 0; i < filed.actions.size(); ++i) {
    const auto reasons = pipeline::diff_documents(filed.actions[i].document, now.actions[i].document);
    for (const auto& reason : reasons) {
      auto text = pipeline::sentence(reason);
      if (std::ranges::find(changes, text) == changes.end()) changes.push_back(std::move(text));
    }
  }
  return changes;
}

}  // namespace

std::vector<FiledStage> filed_stages(const pipeline::Plan& plan, const std::vector<PlannedStage>& planned) {
  std::vector<FiledStage> stages;
  for (std::size_t i = 0; i < planned.size(); ++i) {
    FiledStage stage{planned[i].name, planned[i].uses, {}, {}};
    for (const auto& bound : plan.variants[i].gates) stage.gates.push_back(bound.gate.text);
    for (const auto& action : planned[i].actions) {
      stage.actions.push_back({plan.actions[action.action].kind, action.status,
                               pipeline::sentence(action.why.reasons), action.key, action.document});
    }
    stages.push_back(std::move(stage));
  }
  return stages;
}

Result<void> write_plan_file(const std::filesystem::path& file, const PlanFile& plan) {
  const auto absolute = std::filesystem::absolute(file).lexically_normal();
  return write_file_atomic(absolute, plan_text(plan, absolute.parent_path()));
}

Result<PlanFile> read_plan_file(const std::filesystem::path& file) {
  MTC_ASSIGN(const Json json, config::load_toml(file));
  if (json.value("schema", Json()) != kSchema)
    return no_plan(file, fmt::format("it has no schema = \"{}\"", kSchema));
  PlanFile plan;
  try {
    plan.profile = json.at("profile");
    plan.overrides = json.at("overrides").get<std::vector<std::string>>();
    const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
    plan.pipeline = (folder / json.at("pipeline").get<std::string>()).lexically_normal();
    for (const auto& stage : json.value("stage", Json::array())) plan.stages.push_back(stage_from(stage));
  } catch (const Json::exception& error) {
    return no_plan(file, error.what());
  }
  for (const auto& stage : plan.stages) {
    for (const auto& action : stage.actions) {
      if (action.key.empty() || digest_of(action.document) == action.key) continue;
      return no_plan(file, fmt::format("the key of stage '{}' is not that of its document", stage.name));
    }
  }
  return plan;
}

std::vector<std::string> moved(const std::vector<FiledStage>& filed, const std::vector<FiledStage>& now) {
  std::vector<std::string> changes;
  for (const auto& stage : now) {
    const auto before = std::ranges::find(filed, stage.name, &FiledStage::name);
    if (before == filed.end()) {
      changes.push_back(fmt::format("stage '{}' is new", stage.name));
      continue;
    }
    for (const auto& change : moved_in(*before, stage))
      changes.push_back(fmt::format("stage '{}': {}", stage.name, change));
  }
  for (const auto& stage : filed) {
    if (std::ranges::find(now, stage.name, &FiledStage::name) == now.end())
      changes.push_back(fmt::format("stage '{}' is gone", stage.name));
  }
  return changes;
}

std::map<std::size_t, Digest> expected_keys(const pipeline::Plan& plan,
                                            const std::vector<FiledStage>& filed) {
  std::map<std::size_t, Digest> keys;
  for (const auto& variant : plan.variants) {
    const auto stage = std::ranges::find(filed, variant.name(), &FiledStage::name);
    if (stage == filed.end()) continue;
    for (std::size_t i = 0; i < variant.actions.size() && i < stage->actions.size(); ++i) {
      if (!stage->actions[i].key.empty()) keys[variant.actions[i]] = stage->actions[i].key;
    }
  }
  return keys;
}

}  // namespace mtc::run
