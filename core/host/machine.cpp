// SPDX-License-Identifier: Apache-2.0
#include "core/host/machine.hpp"

#include <sys/utsname.h>

#include "core/base/file.hpp"
#include "core/base/text.hpp"

namespace mtc::host {

Machine parse_cpuinfo(const std::string& text) {
  Machine machine;
  for (const auto& line : split(text, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string key(trim(std::string_view(line).substr(0, colon)));
    const std::string value(trim(std::string_view(line).substr(colon + 1)));
    if (key == "model name" && machine.cpu_model.empty()) machine.cpu_model = value;
    if ((key == "flags" || key == "Features") && machine.cpu_flags.empty())
      machine.cpu_flags = split(value, ' ');
  }
  if (machine.cpu_model.empty()) {
    utsname name{};
    if (::uname(&name) == 0) machine.cpu_model = static_cast<const char*>(name.machine);
  }
  return machine;
}

Machine this_machine() {
  const auto text = read_file("/proc/cpuinfo");
  return parse_cpuinfo(text ? *text : std::string());
}

}  // namespace mtc::host
