// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/document_diff.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/base/text.hpp"

namespace mtc::pipeline {
namespace {

using Type = Reason::Type;

/// A line, or several that tell of one thing: "input NAME" given twice, a section of the target.
struct Fact {
  std::string word;
  std::string subject;
  std::vector<std::string> values{};
};

/// `text` up to `separator`, which is cut off with it; all of it where there is none.
std::string_view take(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto piece = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return piece;
}

Fact parse_line(std::string_view line) {
  constexpr std::string_view kTarget = "target.";
  if (line.starts_with(kTarget)) {
    const auto name = line.substr(kTarget.size(), line.find(' ') - kTarget.size());
    return {"target", std::string(name.substr(0, name.find('.'))), {std::string(line)}};
  }
  const std::string word(take(line, ' '));
  const bool named = word == "plugin" || word == "dependency" || word == "numeric" || word == "param" ||
                     word == "input" || word == "output";
  const std::string subject(named ? take(line, ' ') : std::string_view());
  return {word, subject, {std::string(line)}};
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) lines.push_back(take(text, '\n'));
  return lines;
}

std::vector<Fact> facts_of(std::string_view document) {
  std::vector<Fact> facts;
  for (const auto line : lines_of(document)) {
    Fact fact = parse_line(line);
    const auto known = std::ranges::find_if(
        facts, [&](const Fact& other) { return other.word == fact.word && other.subject == fact.subject; });
    if (known == facts.end() || fact.word == "plugin") {
      facts.push_back(std::move(fact));
    } else {
      known->values.push_back(std::move(fact.values.front()));
    }
  }
  return facts;
}

using Value = std::optional<std::string>;

/// What follows the type in an input's "TYPE DIGEST"; an unknown one may hold spaces.
std::string digest_in(const std::string& value) { return value.substr(value.find(' ') + 1); }

bool is_unknown(const std::string& value) { return digest_in(value).starts_with(kUnknownDigest); }

/// Inputs are compared one by one, since of several only one may be unknown. What is known in one document
/// alone says nothing; two that are unknown differ when they come from different stages.
void compare_input(const std::string& name, const std::vector<std::string>& then,
                   const std::vector<std::string>& now, Reasons& reasons) {
  for (std::size_t i = 0; i < std::max(then.size(), now.size()); ++i) {
    const Value before = i < then.size() ? Value(then[i]) : std::nullopt;
    const Value after = i < now.size() ? Value(now[i]) : std::nullopt;
    if (before == after || (before && after && is_unknown(*before) != is_unknown(*after))) continue;
    reasons.push_back({Type::input_changed, name, before ? Value(digest_in(*before)) : before,
                       after ? Value(digest_in(*after)) : after});
  }
}

/// "ID VERSION DIGEST": the version where it differs, else the file.
void compare_plugin(const Fact& then, const Fact& now, Reasons& reasons) {
  const auto cut = [](const std::string& text) {
    const auto space = text.rfind(' ');
    return std::pair(text.substr(0, space), text.substr(space + 1));
  };
  const auto [old_version, old_digest] = cut(then.values.front());
  const auto [new_version, new_digest] = cut(now.values.front());
  if (then.subject != now.subject) {
    reasons.push_back({Type::plugin_version, now.subject, then.subject + " " + old_version,
                       now.subject + " " + new_version});
  } else if (old_version != new_version) {
    reasons.push_back({Type::plugin_version, now.subject, old_version, new_version});
  } else if (old_digest != new_digest) {
    reasons.push_back({Type::plugin_file, now.subject, old_digest, new_digest});
  }
}

class Comparison {
 public:
  Comparison(std::string_view then, std::string_view now) : then_(facts_of(then)), now_(facts_of(now)) {}

  Reasons run() {
    for (const auto& fact : now_) compare(find(then_, fact), &fact);
    for (const auto& fact : then_) {
      if (find(now_, fact) == nullptr) compare(&fact, nullptr);
    }
    if (reasons_.empty()) reasons_ = std::move(outputs_);
    return std::move(reasons_);
  }

 private:
  /// The fact of the same thing; a document has one plugin.
  static const Fact* find(const std::vector<Fact>& facts, const Fact& wanted) {
    const auto found = std::ranges::find_if(facts, [&](const Fact& fact) {
      return fact.word == wanted.word && (fact.subject == wanted.subject || fact.word == "plugin");
    });
    return found == facts.end() ? nullptr : &*found;
  }

  [[nodiscard]] bool runs_target() const {
    const auto kind = std::ranges::find(now_, "kind", &Fact::word);
    return kind != now_.end() && kind->values.front() != "stage" && kind->values.front() != "package";
  }

  void compare(const Fact* then, const Fact* now) {
    const Fact& any = now == nullptr ? *then : *now;
    if (any.word == "input") {
      compare_input(any.subject, then == nullptr ? std::vector<std::string>() : then->values,
                    now == nullptr ? std::vector<std::string>() : now->values, reasons_);
    } else if (then == nullptr || now == nullptr || then->values != now->values || any.word == "plugin") {
      differ(any, then, now);
    }
  }

  void differ(const Fact& any, const Fact* then, const Fact* now) {
    const auto value = [](const Fact* fact) {
      return fact == nullptr ? std::nullopt : Value(fact->values.front());
    };
    const auto add = [&](Type type) { reasons_.push_back({type, any.subject, value(then), value(now)}); };
    if (any.word == "plugin" && then != nullptr && now != nullptr) {
      compare_plugin(*then, *now, reasons_);
    } else if (any.word == "plugin") {
      add(Type::plugin_version);
    } else if (any.word == "dependency") {
      add(Type::dependency);
    } else if (any.word == "numeric") {
      add(Type::numeric_environment);
    } else if (any.word == "param") {
      add(any.subject == "seed" ? Type::seed : Type::parameter);
    } else if (any.word == "target") {
      add_section(any, then, now);
    } else if (any.word == "name") {
      // A name is a stage's, or the target's that an action compiles for or runs.
      if (!runs_target()) reasons_.push_back({Type::uses, {}, value(then), value(now)});
      if (runs_target()) target_changed(value(then), value(now));
    } else if (any.word == "output") {
      // Outputs come from the plugin's manifest: its file says more, where it differs too.
      outputs_.push_back({Type::schema, "output " + any.subject, value(then), value(now)});
    } else {
      reasons_.push_back({Type::schema, any.word, value(then), value(now)});
    }
  }

  void add_section(const Fact& any, const Fact* then, const Fact* now) {
    if (any.subject != "id") {
      reasons_.push_back({Type::target_capability, any.subject, std::nullopt, std::nullopt});
      return;
    }
    const auto id = [](const Fact* fact) -> Value {
      if (fact == nullptr) return std::nullopt;
      const auto& line = fact->values.front();
      const auto json = Json::parse(line.substr(line.find(' ') + 1), nullptr, false);
      return json.is_string() ? json.get<std::string>() : line;
    };
    target_changed(id(then), id(now));
  }

  /// Said once, though compile's document names its target twice.
  void target_changed(const Value& then, const Value& now) {
    const Reason reason{Type::target_capability, "id", then, now};
    if (std::ranges::find(reasons_, reason) == reasons_.end()) reasons_.push_back(reason);
  }

  std::vector<Fact> then_;
  std::vector<Fact> now_;
  Reasons reasons_;
  Reasons outputs_;
};

}  // namespace

std::vector<ChangedLine> diff_lines(std::string_view then, std::string_view now) {
  const auto old_lines = lines_of(then);
  const auto new_lines = lines_of(now);
  const std::size_t width = new_lines.size() + 1;
  // common[i][j]: length of the longest common subsequence of the lines from i and from j on.
  std::vector<std::size_t> common((old_lines.size() + 1) * width, 0);
  for (std::size_t i = old_lines.size(); i-- > 0;) {
    for (std::size_t j = new_lines.size(); j-- > 0;) {
      common[i * width + j] = old_lines[i] == new_lines[j]
                                  ? common[(i + 1) * width + j + 1] + 1
                                  : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  std::vector<ChangedLine> changes;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < old_lines.size() || j < new_lines.size()) {
    if (i < old_lines.size() && j < new_lines.size() && old_lines[i] == new_lines[j]) {
      ++i;
      ++j;
    } else if (j == new_lines.size() ||
               (i < old_lines.size() && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      changes.push_back({'-', std::string(old_lines[i++])});
    } else {
      changes.push_back({'+', std::string(new_lines[j++])});
    }
  }
  return changes;
}

Reasons diff_documents(std::string_view then, std::string_view now) { return Comparison(then, now).run(); }

}  // namespace mtc::pipeline
