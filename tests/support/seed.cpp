// SPDX-License-Identifier: Apache-2.0
#include "tests/support/seed.hpp"

#include <cstdlib>
#include <iostream>
#include <random>

namespace mtc::test {

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::uint64_t seed_of_test() {
  const std::uint64_t seed = number_from_environment("MTC_SEED", std::random_device()());
  std::cout << "MTC_SEED=" << seed << std::endl;
  return seed;
}

}  // namespace mtc::test
