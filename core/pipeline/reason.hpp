// SPDX-License-Identifier: Apache-2.0
//
// Why an action ran, would run, or did not have to: a typed reason, its JSON form and its sentence for
// people. The types are listed in docs/cache.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.hpp"

namespace mtc::pipeline {

struct Reason {
  enum class Type {
    hit,
    first_run,            ///< No earlier run of the pipeline had such an action.
    input_changed,        ///< subject: the input; values: digests.
    parameter,            ///< subject: the parameter; values: JSON.
    seed,                 ///< The parameter `seed`; values: JSON.
    plugin_file,          ///< subject: the plugin, of the same version; values: digests.
    plugin_version,       ///< subject: the plugin; values: versions, or "ID VERSION" of two plugins.
    dependency,           ///< subject: the library or tool.
    target_capability,    ///< subject: the section of the target's document; `id`: another target.
    numeric_environment,  ///< subject: its part.
    uses,                 ///< Another stage of a plugin; values: their names.
    schema,               ///< mtc itself makes other keys; subject: the line of the document.
    evicted,              ///< The same action as before, whose result is not in the store any more.
    corrupt,              ///< The same, and the result is in the quarantine.
    failed,               ///< The same, and it failed before: failures are never kept.
    document_gone,        ///< There was an earlier action, but its document is not in the store any more.
    forced,               ///< --rerun
    measurement,          ///< Never reused unless asked.
    upstream,             ///< Not known before another stage has run; subject: that stage.
  };
  Type type = Type::hit;
  std::string subject;
  std::optional<std::string> old_value;  ///< As in the document; none: it was not there.
  std::optional<std::string> new_value;
  bool operator==(const Reason&) const = default;
};

using Reasons = std::vector<Reason>;

/// "input-changed", …
std::string_view type_name(Reason::Type type);

/// {"type", and as the type has them: "name" (of target-capability: "section"), "old", "new"}.
Json to_json(const Reason& reason);
Json to_json(const Reasons& reasons);

/// The inverse; what is no reason is left out.
Reasons reasons_from_json(const Json& json);

/// "parameter sparsity: 0.5 -> 0.25"
std::string sentence(const Reason& reason);
/// Several, separated by "; ".
std::string sentence(const Reasons& reasons);

}  // namespace mtc::pipeline
