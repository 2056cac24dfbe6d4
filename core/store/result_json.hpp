// SPDX-License-Identifier: Apache-2.0
//
// ActionResult as the JSON text of ac/ and records/. It carries its own key and a checksum of the rest, so
// that a changed byte or a file under a wrong name is noticed.
#pragma once

#include <string>
#include <string_view>

#include "core/store/store.hpp"

namespace mtc::store {

std::string result_to_json(const Digest& key, const ActionResult& result);

/// The inverse, bit for bit, infinities and NaN included. Errors: data_loss for anything else.
Result<ActionResult> result_from_json(const Digest& key, std::string_view text);

}  // namespace mtc::store
