// SPDX-License-Identifier: Apache-2.0
//
// mtc.config/1: the action's parameters and the target's capability document, by name and exact type.
#include <string>
#include <vector>

#include "core/base/text.hpp"
#include "core/host/host.hpp"
#include "core/host/services.hpp"

namespace mtc::host {
namespace {

bool is_target_key(std::string_view name) { return name.starts_with("target."); }

Result<const Json*> find(const Host& host, std::string_view name) {
  const ActionSpec& spec = host.spec();
  const Json& from = is_target_key(name) ? spec.target : spec.params;
  const auto found = from.find(std::string(name));
  if (found != from.end()) return &*found;
  if (is_target_key(name)) {
    return Error{
        Code::not_found, "the target has no value " + std::string(name), spec.name,
        "add it to the target's document, or declare the section that the stage reads in plugin.toml"};
  }
  std::vector<std::string> names;
  for (const auto& [key, value] : from.items()) names.push_back(key);
  const std::string guess = did_you_mean(name, names);
  return Error{Code::invalid_argument,
               "the parameter \"" + std::string(name) + "\" is read but not declared",
               spec.plugin_id + ", " + spec.name,
               "declare it in plugin.toml" + (guess.empty() ? std::string() : "; " + guess),
               false,
               true};
}

/// The `index`-th value of the parameter `name`; a scalar is a list of one.
Result<const Json*> element(const Host& host, std::string_view name, std::uint64_t index) {
  MTC_ASSIGN(const Json* value, find(host, name));
  const std::uint64_t count = value->is_array() ? value->size() : 1;
  if (index >= count) {
    return Error{Code::out_of_range,
                 "value " + std::to_string(index) + " of the parameter " + std::string(name) +
                     " was read, but it has " + std::to_string(count),
                 host.spec().name,
                 "ask for the count first",
                 false,
                 true};
  }
  return value->is_array() ? &value->at(index) : value;
}

Error wrong_type(const Host& host, std::string_view name, const Json& value, const char* asked) {
  return Error{Code::invalid_argument,
               "the parameter " + std::string(name) + " was read as " + asked + ", but it is " + value.dump(),
               host.spec().plugin_id + ", " + host.spec().name,
               "read it as the type that plugin.toml declares",
               false,
               true};
}

mtc_code count(const mtc_host* raw, mtc_string name, std::uint64_t* result) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    MTC_ASSIGN(const Json* value, find(host, view(name)));
    *result = value->is_array() ? value->size() : 1;
    return {};
  });
}

mtc_code boolean(const mtc_host* raw, mtc_string name, std::uint64_t index, std::int32_t* result) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    MTC_ASSIGN(const Json* value, element(host, view(name), index));
    if (!value->is_boolean()) return wrong_type(host, view(name), *value, "bool");
    *result = value->get<bool>() ? 1 : 0;
    return {};
  });
}

mtc_code integer(const mtc_host* raw, mtc_string name, std::uint64_t index, std::int64_t* result) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    MTC_ASSIGN(const Json* value, element(host, view(name), index));
    if (!value->is_number_integer()) return wrong_type(host, view(name), *value, "int");
    *result = value->get<std::int64_t>();
    return {};
  });
}

mtc_code number(const mtc_host* raw, mtc_string name, std::uint64_t index, double* result) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    MTC_ASSIGN(const Json* value, element(host, view(name), index));
    // A target's document has no declared types: there, 1 is as good a number as 1.0.
    const bool fits = value->is_number_float() || (is_target_key(view(name)) && value->is_number());
    if (!fits) return wrong_type(host, view(name), *value, "float");
    *result = value->get<double>();
    return {};
  });
}

mtc_code text(const mtc_host* raw, mtc_string name, std::uint64_t index, mtc_string* result) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    MTC_ASSIGN(const Json* value, element(host, view(name), index));
    if (!value->is_string()) return wrong_type(host, view(name), *value, "string");
    *result = abi(value->get_ref<const std::string&>());
    return {};
  });
}

}  // namespace

const mtc_config_v1 kConfigService{sizeof(mtc_config_v1), 0, count, boolean, integer, number, text};

}  // namespace mtc::host
