// SPDX-License-Identifier: Apache-2.0
#include "core/store/use.hpp"

#include <array>

#include "core/base/digest.hpp"
#include "core/base/text.hpp"

namespace mtc::store {

namespace {

constexpr std::array<std::string_view, 3> kKindNames = {"key", "blob", "run"};

}  // namespace

std::string use_line(const DatedUse& dated) {
  return std::to_string(dated.unix_s) + " " +
         std::string(kKindNames.at(static_cast<std::size_t>(dated.use.kind))) + " " + dated.use.name + "\n";
}

std::optional<DatedUse> parse_use(std::string_view line) {
  const auto words = split(line, ' ');
  if (words.size() != 3 || words[2].empty()) return std::nullopt;
  const auto seconds = parse_integer(words[0]);
  if (!seconds) return std::nullopt;
  for (std::size_t kind = 0; kind < kKindNames.size(); ++kind) {
    if (words[1] != kKindNames.at(kind)) continue;
    if (static_cast<Use::Kind>(kind) != Use::Kind::run && !is_digest(words[2])) return std::nullopt;
    return DatedUse{*seconds, {static_cast<Use::Kind>(kind), words[2]}};
  }
  return std::nullopt;
}

}  // namespace mtc::store
