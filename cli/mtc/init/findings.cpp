// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/findings.hpp"

#include <algorithm>

namespace mtc::cli {
namespace {

constexpr std::uint64_t kMostCalibration = 256;

}  // namespace

std::vector<std::string> Findings::usable() const {
  std::vector<std::string> ids;
  for (const auto& target : targets) {
    if (target.usable()) ids.push_back(target.id);
  }
  return ids;
}

std::uint64_t Findings::calibration() const {
  return std::clamp<std::uint64_t>(data_facts.samples / 4, 1, kMostCalibration);
}

const char* name_of(Origin origin) {
  switch (origin) {
    case Origin::scored:
      return "scored";
    case Origin::given:
      return "given";
    case Origin::described:
      return "described";
    case Origin::only:
      break;
  }
  return "only";
}

}  // namespace mtc::cli
