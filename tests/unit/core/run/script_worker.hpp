// SPDX-License-Identifier: Apache-2.0
//
// A shell script in the place of mtc-worker: the driver's side of the protocol is tested against any ending.
#pragma once

#include <filesystem>
#include <string>

#include "tests/support/temp_dir.hpp"

namespace mtc::test {

/// Writes an executable script that reads the specification into $spec (one line of JSON) and then runs
/// `body`. Within it, `frame TEXT` sends a frame, and `outputs` prints the paths of the outputs, a line each.
std::filesystem::path script_worker(const TempDir& folder, const std::string& name, const std::string& body);

}  // namespace mtc::test
