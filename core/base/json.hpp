// SPDX-License-Identifier: Apache-2.0
//
// The one JSON type of the project (nlohmann::json): frames, specifications, reports, parameter values.
// Objects keep their keys sorted, numbers print in the shortest form that reads back equal.
#pragma once

#include <nlohmann/json.hpp>

namespace mtc {
using Json = nlohmann::json;
}
