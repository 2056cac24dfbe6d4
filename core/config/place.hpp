// SPDX-License-Identifier: Apache-2.0
//
// Where something was written.
#pragma once

#include <string>

namespace mtc::config {

/// "pipeline.toml:12:3" (line and column from 1), or "-D KEY" for what came from the command line. The place
/// of a keyed value is that of its key; an item of a list has its own.
using Place = std::string;

}  // namespace mtc::config
