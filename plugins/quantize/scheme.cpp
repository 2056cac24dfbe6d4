// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/scheme.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace mtc::quantize {
namespace {

struct Required {
  std::string_view key;
  std::string_view value;
};

/// What qdq.u8s8.per-channel/1 means; a document that says otherwise contradicts itself.
constexpr std::array kRequired{Required{"target.quant.weight.type", "int8"},
                               Required{"target.quant.weight.granularity", "per-channel"},
                               Required{"target.quant.activation.type", "uint8"},
                               Required{"target.quant.activation.granularity", "per-tensor"},
                               Required{"target.quant.bias.type", "int32"},
                               Required{"target.quant.rounding", "half-even"}};

Result<void> check_text(const sdk::Host& host, const Required& required) {
  MTC_ASSIGN(const std::string value, host.text(required.key));
  if (value == required.value) return {};
  return Error{Code::unimplemented,
               std::string(required.key) + " is \"" + value + "\"; the scheme has \"" +
                   std::string(required.value) + "\"",
               std::string(required.key), "correct the target's document or give the scheme another id"};
}

Result<int> small_integer(const sdk::Host& host, std::string_view key, int low, int high) {
  MTC_ASSIGN(const std::int64_t value, host.integer(key));
  if (value < low || value > high) {
    return Error{Code::unimplemented, std::string(key) + " is " + std::to_string(value), std::string(key),
                 "use " + std::to_string(low) + " to " + std::to_string(high)};
  }
  return static_cast<int>(value);
}

Result<void> check_inputs(const std::vector<std::string>& inputs) {
  const Scheme known;
  for (const auto& op : inputs) {
    if (std::ranges::find(known.inputs, op) != known.inputs.end()) continue;
    std::string list;
    for (const auto& name : known.inputs) list += (list.empty() ? "" : ", ") + name;
    return Error{Code::unimplemented, "the target asks for quantized inputs of " + op, "target.quant.inputs",
                 "quantize.ptq knows " + list};
  }
  return {};
}

}  // namespace

Result<Scheme> read_scheme(const sdk::Host& host) {
  Scheme scheme;
  auto id = host.text("target.quant.scheme");
  if (!id) {
    return Error{Code::invalid_argument, "no target with a quantization scheme: " + id.error().message,
                 "target.quant.scheme",
                 "name one with --target or target = \"...\"; `mtc target list` lists them"};
  }
  if (*id != scheme.id) {
    return Error{Code::unimplemented, "the target's scheme is " + *id, "target.quant.scheme",
                 "quantize.ptq knows " + scheme.id};
  }
  for (const auto& required : kRequired) MTC_TRY(check_text(host, required));
  MTC_ASSIGN(scheme.weight_min, small_integer(host, "target.quant.weight.min", -127, -1));
  MTC_ASSIGN(scheme.weight_max, small_integer(host, "target.quant.weight.max", 1, 127));
  if (scheme.weight_min != -scheme.weight_max) {
    return Error{Code::unimplemented, "target.quant.weight.min and max are not symmetric",
                 "target.quant.weight", "use -127 and 127"};
  }
  MTC_ASSIGN(scheme.activation_min, small_integer(host, "target.quant.activation.min", 0, 254));
  MTC_ASSIGN(scheme.activation_max, small_integer(host, "target.quant.activation.max", 1, 255));
  if (scheme.activation_min >= scheme.activation_max) {
    return Error{Code::unimplemented, "target.quant.activation.min is not below max",
                 "target.quant.activation", "use 0 and 255"};
  }
  MTC_ASSIGN(scheme.inputs, host.texts("target.quant.inputs"));
  MTC_TRY(check_inputs(scheme.inputs));
  return scheme;
}

}  // namespace mtc::quantize
