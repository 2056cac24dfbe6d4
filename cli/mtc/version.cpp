// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/version.hpp"

#include <fmt/format.h>

#include "cli/mtc/output.hpp"
#include "core/base/elf.hpp"
#include "mtc/plugin.h"

namespace mtc::cli {
namespace {

std::string build_id() {
  // The note's header is 12 bytes and the name "GNU" with its end 4; the id follows.
  const auto note = read_elf_section("/proc/self/exe", ".note.gnu.build-id");
  if (!note || note->content.size() <= 16) return "unknown";
  std::string text;
  for (const char byte : note->content.substr(16))
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

}  // namespace

std::string version_text() {
  return fmt::format("mtc {}\nplugin ABI {}..{} (development: may change until 1.0.0)\nbuild id {}",
                     MTC_VERSION, MTC_ABI_VERSION, MTC_ABI_VERSION, build_id());
}

void print_version(bool json) {
  if (!json) return print(version_text());
  print_json({{"schema", "mtc.version/1"},
              {"version", MTC_VERSION},
              {"abi", {{"min", MTC_ABI_VERSION}, {"max", MTC_ABI_VERSION}}},
              {"build_id", build_id()}});
}

}  // namespace mtc::cli
