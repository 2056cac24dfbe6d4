// SPDX-License-Identifier: Apache-2.0
//
// What the environment says to tests that take their chances: MTC_SEED repeats one, other numbers make it
// longer.
#pragma once

#include <cstdint>

namespace mtc::test {

/// The value of an environment variable, or `otherwise`.
std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise);

/// MTC_SEED, else a new seed; printed, so that a failure can be repeated.
std::uint64_t seed_of_test();

}  // namespace mtc::test
