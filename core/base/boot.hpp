// SPDX-License-Identifier: Apache-2.0
//
// Which start of the machine this is: what was written but not synced is sure only until the next one.
#pragma once

#include <string>

namespace mtc {

/// An id that every start of the machine has anew; where the kernel tells none, one of this process alone.
std::string boot_id();

}  // namespace mtc
