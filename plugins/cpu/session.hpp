// SPDX-License-Identifier: Apache-2.0
//
// A compiled model in this process.
#pragma once

#include <memory>
#include <string>

#include "mtc/plugin.hpp"
#include "mtc/result.hpp"

namespace mtc::cpu {

/// Loads `folder`/model.so, which stays loaded as long as the session. One thread, batch 1.
/// Errors: not_found; data_loss when it is not a model that compile_model wrote.
Result<std::unique_ptr<sdk::Session>> open_artifact(const std::string& folder);

}  // namespace mtc::cpu
