// SPDX-License-Identifier: Apache-2.0
#include "core/config/overlay.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/config/fields.hpp"

namespace mtc::config {
namespace {

const std::vector<std::string>& sections() {
  static const std::vector<std::string> names{"model", "data", "stage"};
  return names;
}

std::uint64_t greatest_order(const Node& node) {
  std::uint64_t greatest = node.order;
  for (const Node& child : node.children) greatest = std::max(greatest, greatest_order(child));
  return greatest;
}

/// Ranks a new subtree behind what has ranks up to `behind`, and keeps its order among what else is new.
void rank_last(Node& node, std::uint64_t behind) {
  node.order += behind + 1;
  for (Node& child : node.children) rank_last(child, behind);
}

void merge(Node& base, Node overlay, std::uint64_t behind) {
  if (base.kind != Node::Kind::table || overlay.kind != Node::Kind::table) {
    overlay.key = base.key;
    overlay.order = base.order;
    base = std::move(overlay);
    return;
  }
  for (Node& child : overlay.children) {
    if (Node* old = base.find(child.key)) {
      merge(*old, std::move(child), behind);
    } else {
      rank_last(child, behind);
      base.children.push_back(std::move(child));
    }
  }
}

void drop(Node& table, std::initializer_list<std::string_view> keys) {
  std::erase_if(table.children,
                [&](const Node& child) { return std::ranges::find(keys, child.key) != keys.end(); });
}

/// Removes from the dataset `base` what contradicts the origin of samples that `overlay` states.
void replace_origin(Node& base, const Node& overlay) {
  if (overlay.find("inputs") != nullptr) drop(base, {"from", "stage"});
  if (overlay.find("stage") != nullptr) drop(base, {"from", "inputs", "labels", "format"});
  if (overlay.find("from") != nullptr) {
    drop(base, {"inputs", "stage", "format", "labels", "classes", "label_offset", "preprocess"});
  }
}

/// "imagenet" → {preset = "imagenet"}, where a table is laid over it.
void widen_preprocess(Node& base, const Node& overlay) {
  Node* old = base.find("preprocess");
  const Node* add = overlay.find("preprocess");
  if (old == nullptr || add == nullptr || add->kind != Node::Kind::table || !old->scalar.is_string()) return;
  Node preset = *old;
  preset.key = "preset";
  old->kind = Node::Kind::table;
  old->scalar = nullptr;
  old->children.push_back(std::move(preset));
}

/// What merging key by key does not know about datasets.
void prepare_data(Node& root, const Node& overlay) {
  Node* base_data = root.find("data");
  const Node* data = overlay.find("data");
  if (data == nullptr || base_data == nullptr) return;
  for (const Node& entry : data->children) {
    Node* old = base_data->find(entry.key);
    if (old == nullptr || old->kind != Node::Kind::table) continue;
    replace_origin(*old, entry);
    widen_preprocess(*old, entry);
  }
}

/// Gives a subtree that came from the command line its place, and the rank of the `index`-th override.
void mark(Node& node, const Place& place, std::size_t index) {
  node.place = place;
  node.order = (std::uint64_t{index} << 32U) | (node.order & 0xFFFFFFFFU);
  for (Node& child : node.children) mark(child, place, index);
}

/// The value of an override: TOML, or the text itself where it is a bare word.
Result<Node> parse_value(const Override& change, const Place& place) {
  auto parsed = parse_toml("v = " + change.value, place);
  if (parsed && parsed->children.size() == 1) return std::move(parsed->children.front());
  if (parsed ||
      (!change.value.empty() && std::string_view("\"'[{").find(change.value[0]) != std::string_view::npos)) {
    const std::string why = parsed ? "more than one value" : parsed.error().message;
    return invalid(place, "the value " + change.value + " is no TOML value (" + why + ")",
                   "close its quotes and brackets, and quote it for the shell");
  }
  Node text;
  text.kind = Node::Kind::scalar;
  text.scalar = change.value;
  return text;
}

/// {a = {b = VALUE}} for the override a.b=VALUE.
Result<Node> parse_override(const Override& change, std::size_t index) {
  const Place place = "-D " + change.key;
  auto root = parse_toml(change.key + " = 0", place);
  Node* leaf = root ? &*root : nullptr;
  while (leaf != nullptr && leaf->kind == Node::Kind::table) {
    leaf = leaf->children.size() == 1 ? leaf->children.data() : nullptr;
  }
  if (leaf == nullptr || leaf->kind != Node::Kind::scalar || leaf->scalar != 0) {
    return invalid(place, "\"" + change.key + "\" is not a dotted key",
                   "write -D stage.NAME.with.PARAMETER=VALUE");
  }
  MTC_ASSIGN(Node value, parse_value(change, place));
  value.key = leaf->key;
  *leaf = std::move(value);
  mark(*root, place, index);
  return std::move(*root);
}

}  // namespace

void lay_over(Node& root, Node overlay) {
  prepare_data(root, overlay);
  Node* base_profiles = root.find("profile");
  if (const Node* profiles = overlay.find("profile"); profiles != nullptr && base_profiles != nullptr) {
    for (const Node& profile : profiles->children) {
      if (Node* old = base_profiles->find(profile.key)) prepare_data(*old, profile);
    }
  }
  merge(root, std::move(overlay), greatest_order(root));
}

Result<void> apply_profile(Node& root, const std::string& name) {
  std::vector<std::string> names;
  if (const Node* profiles = root.find("profile")) {
    if (profiles->kind != Node::Kind::table) {
      return invalid(profiles->place, "profile must be a table, but is " + profiles->type_name(),
                     "write [profile.NAME]");
    }
    for (const Node& profile : profiles->children) {
      MTC_TRY(Fields(profile, "profile." + profile.key).only(sections()));
      names.push_back(profile.key);
    }
  }
  if (name.empty()) return {};
  if (std::ranges::find(names, name) == names.end()) {
    return invalid(root.place, "there is no profile \"" + name + "\"", suggest(name, names));
  }
  Node overlay = *root.find("profile")->find(name);
  lay_over(root, std::move(overlay));
  return {};
}

Result<void> apply_overrides(Node& root, const std::vector<Override>& overrides) {
  for (std::size_t i = 0; i < overrides.size(); ++i) {
    MTC_ASSIGN(Node overlay, parse_override(overrides[i], i));
    MTC_TRY(Fields(overlay, "").only(sections()));
    lay_over(root, std::move(overlay));
  }
  return {};
}

}  // namespace mtc::config
