// SPDX-License-Identifier: Apache-2.0
//
// How a file that includes others, a profile and -D change a document before it is checked: tables merge key
// by key, anything else replaces what was there. Three places know more than that:
//   data.NAME              `inputs`, `from` or `stage` replaces the other two: it says anew where the samples
//                          come from
//   data.NAME (from)       drops the keys that only a source has (format, labels, classes, label_offset,
//                          preprocess)
//   data.NAME.preprocess   the short form "imagenet" counts as {preset = "imagenet"} where a table is laid
//                          over it
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/config/pipeline_file.hpp"
#include "core/config/toml.hpp"
#include "mtc/result.hpp"

namespace mtc::config {

/// Lays `overlay` (the root of a pipeline, or of a profile) over `root`; profiles of both merge likewise.
/// What is replaced keeps its rank among its siblings and takes the newcomer's place; what is new comes last.
void lay_over(Node& root, Node overlay);

/// Lays [profile.NAME] over `root`. Checks the sections of all profiles. Errors: no such profile, unknown
/// section.
Result<void> apply_profile(Node& root, const std::string& name);

/// Lays the overrides over `root`, in their order. Errors (`where` = "-D KEY"): a key that is not a dotted
/// TOML key, a value that begins like a TOML string, list or table and is none, a section other than model,
/// data, stage.
Result<void> apply_overrides(Node& root, const std::vector<Override>& overrides);

}  // namespace mtc::config
