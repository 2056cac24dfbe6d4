// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/core/run/script_worker.hpp"

namespace mtc::test {

std::filesystem::path script_worker(const TempDir& folder, const std::string& name, const std::string& body) {
  const auto file = folder.write(name, R"SH(#!/bin/sh
frame() {
  printf "\\$(printf %03o $((${#1} & 255)))\\$(printf %03o $((${#1} >> 8)))\\000\\000%s" "$1" >&3
}
outputs() {
  echo "$spec" | tr ',' '\n' | sed -n 's/.*"path":"\(.*\/out\/[^"]*\)".*/\1/p'
}
spec=$(head -c "$(head -c 4 <&3 | od -An -tu4 | tr -d ' ')" <&3)
)SH" + body);
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  return file;
}

}  // namespace mtc::test
