// SPDX-License-Identifier: Apache-2.0
#include "tests/repository/include_rules.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace mtc::test {

namespace {

using Parts = std::set<std::string, std::less<>>;

/// What each part may include besides itself and the standard library.
const std::map<std::string, Parts, std::less<>>& arrows() {
  static const std::map<std::string, Parts, std::less<>> table{
      {"sdk", {}},
      {"core/base", {"sdk"}},
      {"core/config", {"sdk", "core/base"}},
      {"core/store", {"sdk", "core/base"}},
      {"core/plugin", {"sdk", "core/base", "core/config"}},
      {"core/pipeline", {"sdk", "core/base", "core/config", "core/plugin"}},
      {"core/remote", {"sdk", "core/base", "core/store"}},
      {"core/run",
       {"sdk", "core/base", "core/config", "core/store", "core/remote", "core/plugin", "core/pipeline"}},
      {"core/data", {"sdk", "core/base"}},
      {"core/host", {"sdk", "core/base", "core/data"}},
      {"cli/mtc",
       {"sdk", "core/base", "core/config", "core/store", "core/remote", "core/plugin", "core/pipeline",
        "core/run"}},
      {"cli/cache_http", {"sdk", "core/base"}},
      {"cli/worker", {"sdk", "core/base", "core/data", "core/host"}},
      {"plugins/support/onnx", {"sdk"}},
      {"plugins/support/autograd", {"sdk", "plugins/support/onnx"}},
  };
  return table;
}

/// A library of others, and the parts whose files may include its headers.
struct Library {
  std::string_view prefix;  ///< Of the header.
  std::vector<std::string_view> parts;
  bool in_headers = true;  ///< false: only in .cpp files.
};

/// Each enters in as few places as possible. A part "x/" stands for everything below x.
const std::vector<Library>& libraries() {
  static const std::vector<Library> table{
      {"CLI/", {"cli/mtc"}},
      {"toml++/", {"core/config"}, false},
      {"nlohmann/", {"core/base", "plugins/"}},
      {"fmt/", {"core/", "cli/", "plugins/"}},
      {"openssl/", {"core/base"}, false},
      {"sqlite3.h", {"core/store"}, false},
      {"zlib.h", {"core/base"}, false},
      {"curl/", {"cli/cache_http"}, false},
      {"zstd.h", {"cli/cache_http"}, false},
      {"google/protobuf/", {"plugins/support/onnx"}, false},
      {"onnx/",
       {"plugins/support/", "plugins/cpu", "plugins/init", "plugins/quantize", "plugins/reference",
        "plugins/sparsify", "plugins/train"}},
      {"torch/", {"plugins/support/autograd", "plugins/train"}, false},
      {"ATen/", {"plugins/support/autograd", "plugins/train"}, false},
      {"c10/", {"plugins/support/autograd", "plugins/train"}, false},
      {"opencv2/", {"plugins/data"}, false},
      {"png.h", {"plugins/data"}, false},
      {"turbojpeg.h", {"plugins/data"}, false},
  };
  return table;
}

/// Headers of C, POSIX, Linux and the compiler.
bool is_system(std::string_view header) {
  if (header.find_first_of("./") == std::string_view::npos) return true;  // <vector>
  if (header.starts_with("sys/") || header.starts_with("linux/") || header.starts_with("sanitizer/"))
    return true;
  static const Parts names{"assert.h",  "cpuid.h",    "ctype.h",     "dirent.h",    "dlfcn.h",  "elf.h",
                           "errno.h",   "execinfo.h", "immintrin.h", "xmmintrin.h", "fcntl.h",  "fenv.h",
                           "float.h",   "inttypes.h", "limits.h",    "link.h",      "math.h",   "poll.h",
                           "pthread.h", "pwd.h",      "sched.h",     "signal.h",    "spawn.h",  "stdalign.h",
                           "stdbool.h", "stddef.h",   "stdint.h",    "stdio.h",     "stdlib.h", "string.h",
                           "termios.h", "time.h",     "unistd.h"};
  return names.contains(header);
}

/// `source` with the content of raw string literals (which may hold generated code) emptied, lines kept.
std::string without_raw_strings(std::string_view source) {
  std::string text(source);
  for (auto start = text.find("R\""); start != std::string::npos; start = text.find("R\"", start)) {
    const auto open = text.find('(', start);
    if (open == std::string::npos) break;
    const std::string close = ')' + text.substr(start + 2, open - start - 2) + '"';
    const auto end = std::min(text.find(close, open), text.size());
    for (auto i = open; i < end; ++i) {
      if (text[i] != '\n') text[i] = ' ';
    }
    start = end;
  }
  return text;
}

bool is_within(std::string_view part, std::string_view allowed) {
  return allowed.back() == '/' ? part.starts_with(allowed) : part == allowed;
}

std::string library_violation(std::string_view path, std::string_view part, std::string_view header) {
  if (is_system(header)) return {};
  for (const auto& library : libraries()) {
    if (!header.starts_with(library.prefix)) continue;
    const auto allowed = [&](std::string_view place) { return is_within(part, place); };
    if (std::none_of(library.parts.begin(), library.parts.end(), allowed)) {
      return std::string(part) + " may not use this library";
    }
    if (!library.in_headers && !path.ends_with(".cpp")) return "this library stays out of headers";
    return {};
  }
  return "an unknown library: add it to tests/repository/include_rules.cpp with the parts that may use it";
}

std::string project_violation(std::string_view part, std::string_view header) {
  const std::string target = header.starts_with("mtc/") ? "sdk" : part_of(header);
  if (target.empty()) return "write the path from the root of the project";
  if (target == part || target == "sdk") return {};
  const auto arrow = arrows().find(part);
  if (arrow != arrows().end()) {
    return arrow->second.contains(target) ? std::string() : std::string(part) + " may not know " + target;
  }
  // Any other plugin: the SDK, the support libraries and itself.
  if (target.starts_with("plugins/support/")) return {};
  return "a plugin may not know " + target;
}

}  // namespace

std::string part_of(std::string_view path) {
  const auto folders = [&](int count) -> std::string {
    std::size_t end = 0;
    for (int i = 0; i < count; ++i) {
      end = path.find('/', i == 0 ? 0 : end + 1);
      if (end == std::string_view::npos) return {};
    }
    return std::string(path.substr(0, end));
  };
  const std::string top = folders(1);
  if (top == "sdk" || top == "tests" || top == "bench") return top;
  if (top == "core" || top == "cli") return folders(2);
  if (top != "plugins") return {};
  return folders(2) == "plugins/support" ? folders(3) : folders(2);
}

std::vector<Include> includes_of(std::string_view text_of_file) {
  const std::string stripped = without_raw_strings(text_of_file);
  std::string_view source = stripped;
  std::vector<Include> includes;
  int line = 0;
  while (!source.empty()) {
    ++line;
    const auto end = source.find('\n');
    std::string_view text = source.substr(0, end);
    source = end == std::string_view::npos ? std::string_view() : source.substr(end + 1);
    const auto skip = [&] { text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size())); };
    skip();
    if (!text.starts_with('#')) continue;
    text.remove_prefix(1);
    skip();
    if (!text.starts_with("include")) continue;
    text.remove_prefix(7);
    skip();
    if (text.empty() || (text.front() != '"' && text.front() != '<')) continue;
    const bool quoted = text.front() == '"';
    text.remove_prefix(1);
    includes.push_back({std::string(text.substr(0, text.find(quoted ? '"' : '>'))), quoted, line});
  }
  return includes;
}

std::string violation(std::string_view path, const Include& include) {
  const std::string part = part_of(path);
  if (part == "tests" || part == "bench") return {};
  return include.quoted ? project_violation(part, include.header)
                        : library_violation(path, part, include.header);
}

}  // namespace mtc::test
