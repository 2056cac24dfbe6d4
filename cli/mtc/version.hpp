// SPDX-License-Identifier: Apache-2.0
//
// mtc --version.
#pragma once

#include <string>

namespace mtc::cli {

/// Version, range of the plugin ABI, and the build id of this executable.
std::string version_text();

/// The same to stdout; `json`: as mtc.version/1.
void print_version(bool json);

}  // namespace mtc::cli
