// SPDX-License-Identifier: Apache-2.0
//
// The C structure that the binary kernels share.
#pragma once

#include <string>
#include <string_view>

#include "plugins/cpu/lower/ir.hpp"

namespace mtc::cpu {

extern const std::string_view kBinaryStructText;

/// The loops as a C expression `&(const struct binary){…}`.
std::string binary_struct(const Binary& binary);

}  // namespace mtc::cpu
