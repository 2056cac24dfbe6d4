// SPDX-License-Identifier: Apache-2.0
//
// What a session uses, as a line of its file in uses/: "<unix seconds> key|blob|run <name>".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace mtc::store {

/// A key stands for its result, measurements and document, and for every blob that these name; a blob for
/// itself alone.
struct Use {
  enum class Kind { key, blob, run };
  Kind kind = Kind::key;
  std::string name;
  bool operator==(const Use& other) const { return kind == other.kind && name == other.name; }
  bool operator<(const Use& other) const { return std::tie(kind, name) < std::tie(other.kind, other.name); }
};

/// A use and when it was.
struct DatedUse {
  std::int64_t unix_s = 0;
  Use use;
};

std::string use_line(const DatedUse& dated);

/// The inverse, without the line break; nullopt for anything else, such as a line cut short by a kill.
std::optional<DatedUse> parse_use(std::string_view line);

}  // namespace mtc::store
