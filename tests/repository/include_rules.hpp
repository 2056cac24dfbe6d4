// SPDX-License-Identifier: Apache-2.0
//
// The arrows of docs/architecture.md as data: which part of the project may include what.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mtc::test {

/// The part of the project that a path from the root belongs to: "sdk", "core/base", "cli/worker",
/// "plugins/support/onnx", "plugins/quantize", "tests"; empty for what is none.
std::string part_of(std::string_view path);

/// One #include of a file.
struct Include {
  std::string header;   ///< What stands between the quotes or brackets.
  bool quoted = false;  ///< "…", else <…>.
  int line = 0;
};

/// All includes of a source text.
std::vector<Include> includes_of(std::string_view source);

/// Why the file `path` (from the root) may not have `include`; empty when it may.
std::string violation(std::string_view path, const Include& include);

}  // namespace mtc::test
