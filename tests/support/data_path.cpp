// SPDX-License-Identifier: Apache-2.0
#include "tests/support/data_path.hpp"

#include <cstdlib>

namespace mtc::test {

std::filesystem::path data_path(const std::string& name) {
  const char* root = std::getenv("MTC_DATA");
  const std::filesystem::path folder = root != nullptr ? root : MTC_SOURCE_DIR "/../shared/data";
  const auto path = folder / name;
  return std::filesystem::exists(path) ? std::filesystem::canonical(path) : std::filesystem::path();
}

}  // namespace mtc::test
