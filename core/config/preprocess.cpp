// SPDX-License-Identifier: Apache-2.0
#include "core/config/preprocess.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

#include "core/config/fields.hpp"
#include "core/config/pipeline_file.hpp"

namespace mtc::config {
namespace {

/// Pixels, or [H, W], each at least 1.
Result<Json> read_size(const Fields& fields, const std::string& key) {
  MTC_ASSIGN(const Node* node, fields.required(key));
  const std::string wanted = "a number of pixels or [height, width]";
  if (node->kind != Node::Kind::list) {
    if (!node->scalar.is_number_integer()) return fields.wrong_type(key, *node, wanted);
    MTC_ASSIGN(const std::int64_t pixels, fields.integer(key, 0, 1));
    return Json(pixels);
  }
  if (node->children.size() != 2) {
    return invalid(node->place, fields.path(key) + " has " + std::to_string(node->children.size()) + " items",
                   "write [height, width]");
  }
  for (const Node& item : node->children) {
    if (!item.scalar.is_number_integer()) return fields.wrong_type(key, item, "an integer");
    if (item.scalar.get<std::int64_t>() < 1) {
      return invalid(item.place, fields.path(key) + " holds " + item.scalar.dump(), "use 1 or more");
    }
  }
  return node->json();
}

Error not_a_number(const Fields& fields, const std::string& key, const Node& node) {
  return fields.wrong_type(key, node, "a number or a list of numbers");
}

/// A number, or a non-empty list of numbers, as a list of doubles.
Result<Json> read_channels(const Fields& fields, const std::string& key, bool zero_allowed) {
  MTC_ASSIGN(const Node* node, fields.required(key));
  if (node->kind == Node::Kind::table) return not_a_number(fields, key, *node);
  std::vector<const Node*> items;
  for (const Node& child : node->children) items.push_back(&child);
  if (node->kind == Node::Kind::scalar) items.push_back(node);
  if (items.empty())
    return invalid(node->place, fields.path(key) + " is an empty list", "give one number a channel");
  Json result = Json::array();
  for (const Node* item : items) {
    if (!item->scalar.is_number()) return not_a_number(fields, key, *item);
    const auto value = item->scalar.get<double>();
    if (!std::isfinite(value))
      return invalid(item->place, fields.path(key) + " is not finite", "use a finite number");
    if (value == 0.0 && !zero_allowed) {
      return invalid(item->place, fields.path(key) + " is 0, and the samples are divided by it",
                     "use another number");
    }
    result.push_back(value);
  }
  return result;
}

Result<void> read_numbers(const Fields& fields, Json& table) {
  if (fields.has("scale")) {
    MTC_ASSIGN(const double scale, fields.number("scale"));
    if (scale == 0.0)
      return invalid(fields.place("scale"), fields.path("scale") + " is 0", "use another number");
    table["scale"] = scale;
  }
  if (fields.has("mean")) {
    MTC_ASSIGN(table["mean"], read_channels(fields, "mean", true));
  }
  if (fields.has("std")) {
    MTC_ASSIGN(table["std"], read_channels(fields, "std", false));
  }
  const std::size_t means = table["mean"].size();
  const std::size_t deviations = table["std"].size();
  if (means != deviations && means != 1 && deviations != 1) {
    return invalid(fields.place(fields.has("std") ? "std" : "mean"),
                   fields.path("mean") + " has " + std::to_string(means) + " numbers and std has " +
                       std::to_string(deviations),
                   "give both one number, or one a channel");
  }
  return {};
}

Result<void> read_geometry(const Fields& fields, Json& table) {
  for (const std::string key : {"resize", "crop"}) {
    if (!fields.has(key)) continue;
    MTC_ASSIGN(table[key], read_size(fields, key));
  }
  if (fields.has("filter")) {
    MTC_ASSIGN(table["filter"], fields.choice("filter", "", {"bilinear", "area", "bicubic"}));
    if (!fields.has("resize")) {
      return invalid(fields.place("filter"), fields.path("filter") + " is given without resize",
                     "add resize, or remove filter");
    }
  }
  return {};
}

}  // namespace

const std::vector<std::string>& preset_names() {
  static const std::vector<std::string> names{"imagenet", "tf", "unit", "raw"};
  return names;
}

Result<Json> preset(std::string_view name) {
  const auto table = [](double scale, std::vector<double> mean, std::vector<double> deviation) {
    return Json{{"color", "rgb"}, {"scale", scale}, {"mean", std::move(mean)}, {"std", std::move(deviation)}};
  };
  if (name == "imagenet") return table(1.0 / 255.0, {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225});
  if (name == "tf") return table(1.0 / 127.5, {1.0}, {1.0});
  if (name == "unit") return table(1.0 / 255.0, {0.0}, {1.0});
  if (name == "raw") return table(1.0, {0.0}, {1.0});
  return Error{Code::not_found, "there is no preprocessing preset \"" + std::string(name) + "\"", "",
               suggest(name, preset_names())};
}

Result<Json> read_preprocess(const Node& node, const std::string& title) {
  const auto named = [&](const std::string& name, const Place& place) {
    auto table = preset(name);
    if (!table) table.error().code = Code::invalid_argument;
    if (!table) table.error().where = place;
    return table;
  };
  if (node.scalar.is_string()) return named(node.scalar.get<std::string>(), node.place);
  if (node.kind != Node::Kind::table) {
    return invalid(node.place, title + " must be a preset or a table, but is " + node.type_name(),
                   "write the name of a preset (imagenet, tf, unit, raw) or a table");
  }
  const Fields fields(node, title);
  MTC_TRY(fields.only({"preset", "resize", "crop", "color", "scale", "mean", "std", "layout", "filter"}));
  MTC_ASSIGN(const std::string base, fields.text("preset", "raw"));
  MTC_ASSIGN(Json table, named(base, fields.place("preset")));
  MTC_ASSIGN(table["color"], fields.choice("color", "rgb", {"rgb", "bgr", "gray"}));
  if (fields.has("layout")) {
    MTC_ASSIGN(table["layout"], fields.choice("layout", "", {"nchw"}));
  }
  MTC_TRY(read_geometry(fields, table));
  MTC_TRY(read_numbers(fields, table));
  return table;
}

}  // namespace mtc::config
