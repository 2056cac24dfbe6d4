// SPDX-License-Identifier: Apache-2.0
//
// Which variants of a plan wait for which.
#pragma once

#include <cstddef>
#include <set>

#include "core/pipeline/plan.hpp"

namespace mtc::run {

/// The variants whose results `variant` reads, or whose metric its gates compare with.
std::set<std::size_t> needs(const pipeline::Plan& plan, const pipeline::Variant& variant);

}  // namespace mtc::run
