// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/annotations.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <regex>

#include <fmt/format.h>

#include "cli/mtc/output.hpp"
#include "core/base/clock.hpp"
#include "core/base/error_json.hpp"
#include "core/base/file.hpp"
#include "core/base/text.hpp"

namespace mtc::cli {
namespace {

constexpr std::size_t kLogLines = 200;

std::string variable_text(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// GitHub's escapes: of a message, and further ones of a property.
std::string escaped(std::string_view text, bool property) {
  std::string result;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    if (special) {
      result += fmt::format("%{:02X}", static_cast<unsigned>(c));
    } else {
      result += c;
    }
  }
  return result;
}

struct FilePlace {
  std::string file;
  std::string line;
  std::string column;
};

/// FILE:LINE:COLUMN in "stage 'x', FILE:LINE:COLUMN", where there is such a file.
std::optional<FilePlace> file_place(const std::string& where) {
  static const std::regex kPlace("(?:^|, )([^,]+):([0-9]+):([0-9]+)$");
  std::smatch match;
  std::error_code error;
  if (!std::regex_search(where, match, kPlace) || !std::filesystem::is_regular_file(match[1].str(), error))
    return std::nullopt;
  std::filesystem::path file = match[1].str();
  if (const auto root = variable_text("GITHUB_WORKSPACE"); !root.empty()) {
    const auto inside = std::filesystem::weakly_canonical(file, error)
                            .lexically_relative(std::filesystem::weakly_canonical(root, error));
    if (!inside.empty() && *inside.begin() != "..") file = inside;
  }
  return FilePlace{file.string(), match[2], match[3]};
}

/// The last lines of a stage's log.
std::string end_of_log(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return "";
  auto lines = split(trim(*text), '\n');
  if (lines.size() > kLogLines) {
    const auto left_out = lines.size() - kLogLines;
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(left_out));
    lines.insert(lines.begin(), fmt::format("… {} lines before are in {}", left_out, file));
  }
  return join(lines, "\n");
}

Error warning_in(const Json& event) {
  if (event.value("type", "") == "remote.warning") return error_from_json(event);
  return {Code::unknown, event.value("text", ""), "stage '" + event.value("stage", "") + "'", {}};
}

void mark_warning(const Json& event) {
  const std::string type = event.value("type", "");
  if (type == "remote.warning" || (type == "action.log" && event.value("level", "") == "warning"))
    say(github_command("warning", warning_in(event)));
}

/// Remembers the logs of a stage's workers until it is finished.
class Sections {
 public:
  void event(const Json& event) {
    const std::string type = event.value("type", "");
    if (type == "worker.started") logs_[event.value("stage", "")].push_back(event.value("log", ""));
    if (type != "stage.finished") return;
    const std::string stage = event.value("variant", "");
    const auto found = logs_.find(stage);
    if (found == logs_.end()) return;
    std::string body;
    for (const auto& log : found->second) body += end_of_log(log) + "\n";
    const auto end_s = Clock::real().now_unix_s();
    const auto seconds = event.value("seconds", 0.0);
    say(gitlab_section(stage,
                       fmt::format("{} {} ({})", event.value("status", ""), stage, human_duration(seconds)),
                       body, end_s - static_cast<std::int64_t>(seconds), end_s));
    logs_.erase(found);
  }

 private:
  std::map<std::string, std::vector<std::string>> logs_;
};

}  // namespace

Annotations annotations_from(const std::string& asked) {
  if (asked == "github") return Annotations::github;
  if (asked == "gitlab") return Annotations::gitlab;
  if (asked == "none") return Annotations::none;
  if (variable_text("GITHUB_ACTIONS") == "true") return Annotations::github;
  return variable_text("GITLAB_CI") == "true" ? Annotations::gitlab : Annotations::none;
}

std::string github_command(std::string_view level, const Error& error, const std::string& place) {
  std::string properties;
  auto found = file_place(error.where);
  if (!found) found = file_place(place);
  if (found) {
    properties =
        fmt::format("file={},line={},col={},", escaped(found->file, true), found->line, found->column);
  }
  std::string text = error.message;
  if (!error.where.empty()) text += "\nat " + error.where;
  if (!error.hint.empty()) text += "\nhint: " + error.hint;
  return fmt::format("::{} {}title=mtc::{}", level, properties, escaped(text, false));
}

std::string gitlab_section(const std::string& name, const std::string& header, const std::string& body,
                           std::int64_t start_s, std::int64_t end_s) {
  std::string id = "mtc_" + name;
  std::ranges::replace_if(
      id, [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '.' && c != '-'; }, '_');
  return fmt::format(
      "\x1b[0Ksection_start:{}:{}[collapsed=true]\r\x1b[0K{}\n{}\n\x1b[0Ksection_end:{}:{}\r\x1b[0K", start_s,
      id, header, trim(body), end_s, id);
}

void annotate_error(Annotations style, const Error& error, const std::string& place) {
  if (style == Annotations::github) say(github_command("error", error, place));
}

run::Events::Sink annotation_sink(Annotations style) {
  if (style == Annotations::github) return mark_warning;
  if (style == Annotations::none) return [](const Json&) {};
  const auto sections = std::make_shared<Sections>();  // Shared by the copies of the sink.
  return [sections](const Json& event) { sections->event(event); };
}

}  // namespace mtc::cli
