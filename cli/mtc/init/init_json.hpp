// SPDX-License-Identifier: Apache-2.0
//
// The result of init for scripts: schema mtc.init/1 (docs/cli.md).
#pragma once

#include <filesystem>

#include "cli/mtc/init/findings.hpp"
#include "core/base/json.hpp"

namespace mtc::cli {

Json init_json(const Findings& findings, const std::filesystem::path& file);

}  // namespace mtc::cli
