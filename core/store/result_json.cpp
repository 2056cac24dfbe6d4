// SPDX-License-Identifier: Apache-2.0
#include "core/store/result_json.hpp"

#include <cmath>
#include <limits>

#include "core/base/text.hpp"
#include "core/store/tree_listing.hpp"

namespace mtc::store {

namespace {

constexpr const char* kChecksum = "checksum";

/// JSON has no NaN and no infinity: these are written as text.
Json number_to_json(double value) {
  if (std::isfinite(value)) return value;
  return number_text(value);
}

double number_from_json(const Json& value) {
  if (!value.is_string()) return value.get<double>();
  const auto& text = value.get_ref<const std::string&>();
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  return std::numeric_limits<double>::quiet_NaN();
}

/// Throws nlohmann's exceptions for whatever is not as written.
ActionResult decode(const Json& json) {
  ActionResult result;
  for (const Json& item : json.at("outputs")) {
    StoredOutput output;
    output.name = item.at("name").get<std::string>();
    output.digest = item.at("digest").get<std::string>();
    output.bytes = item.at("bytes").get<std::uint64_t>();
    output.folder = item.at("folder").get<bool>();
    result.outputs.push_back(std::move(output));
  }
  for (const auto& [name, value] : json.at("metrics").items()) result.metrics[name] = number_from_json(value);
  result.seconds = number_from_json(json.at("seconds"));
  return result;
}

Error damaged(const std::string& reason) { return {Code::data_loss, "damaged result: " + reason, "", ""}; }

}  // namespace

std::string result_to_json(const Digest& key, const ActionResult& result) {
  Json json{{"key", key}, {"seconds", number_to_json(result.seconds)}};
  json["outputs"] = Json::array();
  for (const StoredOutput& output : result.outputs)
    json["outputs"].push_back({{"name", output.name},
                               {"digest", output.digest},
                               {"bytes", output.bytes},
                               {"folder", output.folder}});
  json["metrics"] = Json::object();
  for (const auto& [name, value] : result.metrics) json["metrics"][name] = number_to_json(value);
  json[kChecksum] = digest_of(json.dump(-1, ' ', false, Json::error_handler_t::replace));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<ActionResult> result_from_json(const Digest& key, std::string_view text) {
  try {
    Json json = Json::parse(text);
    const auto checksum = json.at(kChecksum).get<std::string>();
    json.erase(kChecksum);
    if (digest_of(json.dump()) != checksum) return damaged("the checksum differs");
    if (json.at("key").get<std::string>() != key) return damaged("it belongs to another action");
    ActionResult result = decode(json);
    for (const StoredOutput& output : result.outputs) {
      if (!is_digest(output.digest)) return damaged("output " + output.name + " has no digest");
      if (!stays_inside(output.name)) return damaged("an output is named \"" + output.name + "\"");
    }
    return result;
  } catch (const Json::exception& error) {
    return damaged(error.what());
  }
}

}  // namespace mtc::store
