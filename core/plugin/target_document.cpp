// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/target_document.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "core/config/fields.hpp"
#include "core/config/toml.hpp"
#include "core/plugin/names.hpp"

namespace mtc::plugin {
namespace {

using config::Fields;
using config::invalid;
using config::Node;

constexpr std::int64_t kFormat = 1;
constexpr const char* kSuffix = ".target.toml";

/// CPU flags of this machine as the kernel names them: "flags" on x86, "Features" on ARM.
std::set<std::string> read_cpu_flags() {
  std::set<std::string> flags;
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("flags") && !line.starts_with("Features")) continue;
    std::istringstream words(line.substr(std::min(line.size(), line.find(':') + 1)));
    for (std::string word; words >> word;) flags.insert(word);
    break;  // All cores that a process may be moved to have the same.
  }
  return flags;
}

void flatten_into(Json& result, const std::string& prefix, const Json& table) {
  for (const auto& [key, value] : table.items()) {
    const std::string name = prefix + "." + key;
    if (value.is_object()) {
      flatten_into(result, name, value);
    } else {
      result[name] = value;
    }
  }
}

Result<void> read_head(const Node& root, const Fields& fields, Target& target) {
  if (root.children.empty())
    return invalid(root.place, "the document is empty", "begin with mtc = 1 and id = \"…\"");
  MTC_TRY(fields.required("mtc"));
  MTC_ASSIGN(const std::int64_t format, fields.integer("mtc", kFormat));
  if (format != kFormat) {
    return invalid(fields.place("mtc"),
                   "the document has format " + std::to_string(format) + "; this mtc reads format 1",
                   "use mtc = 1");
  }
  MTC_ASSIGN(target.id, fields.text("id"));
  MTC_TRY(check_target_id(target.id, "id", fields.place("id")));
  MTC_ASSIGN(target.plugin, fields.text("plugin"));
  MTC_TRY(check_word(target.plugin, "plugin", fields.place("plugin")));
  MTC_ASSIGN(target.summary, fields.text("summary"));
  MTC_ASSIGN(target.requires_isa, fields.texts("requires_isa"));
  return {};
}

}  // namespace

Json Target::flatten(const std::vector<std::string>& names) const {
  Json result = {{"target.id", id}};
  for (const auto& [section, table] : sections.items()) {
    if (!names.empty() && std::ranges::find(names, section) == names.end()) continue;
    flatten_into(result, "target." + section, table);
  }
  return result;
}

std::vector<std::string> Target::missing_isa() const {
  static const std::set<std::string> flags = read_cpu_flags();  // They do not change while a process lives.
  std::vector<std::string> missing;
  std::ranges::copy_if(requires_isa, std::back_inserter(missing),
                       [](const std::string& flag) { return !flags.contains(flag); });
  return missing;
}

Result<Target> parse_target(std::string_view text, const std::filesystem::path& file) {
  static const std::vector<std::string> own{"mtc", "id", "plugin", "summary", "requires_isa"};
  const std::string name = file.filename().string();
  MTC_ASSIGN(const Node root, config::parse_toml(text, name));
  const Fields fields(root, "");
  Target target;
  target.file = file;
  target.sections = Json::object();
  MTC_TRY(read_head(root, fields, target));
  for (const Node& child : root.children) {
    if (std::ranges::find(own, child.key) != own.end()) continue;
    if (child.kind != Node::Kind::table) {
      return invalid(child.place, "unknown key " + child.key, config::suggest(child.key, own));
    }
    MTC_TRY(check_snake_case(child.key, "the section", child.place));
    target.sections[child.key] = child.json();
  }
  if (name == target.id + kSuffix) return target;
  return invalid(fields.place("id"), "id is \"" + target.id + "\", but the file is called " + name,
                 "rename the file to " + target.id + kSuffix);
}

}  // namespace mtc::plugin
