// SPDX-License-Identifier: Apache-2.0
//
// Names, pointers and the order of the generated text.
#include "plugins/cpu/emit/emitter.hpp"

#include <cstring>

#include <fmt/format.h>

#include "plugins/cpu/emit/literal.hpp"

namespace mtc::cpu {
namespace {

std::string c_type(Type type) { return type == Type::f32 ? "float" : "uint8_t"; }

}  // namespace

void Emitter::need(std::string_view text) {
  if (needed_.insert(text).second) functions_ += std::string(text) + "\n";
}

std::string Emitter::next_name() { return fmt::format("k{}", constant_count_++); }

std::string Emitter::constant(std::span<const float> values) {
  const auto name = next_name();
  constants_ += word_array(name, values);
  constant_bytes_ += values.size_bytes();
  return name + ".values";
}

std::string Emitter::constant(std::span<const std::int32_t> values) {
  const auto name = next_name();
  constants_ += word_array(name, values);
  constant_bytes_ += values.size_bytes();
  return name + ".values";
}

std::string Emitter::constant(std::span<const std::int8_t> values) {
  const auto name = next_name();
  constants_ += byte_array(name, values);
  constant_bytes_ += values.size_bytes();
  return name;
}

std::string Emitter::constant(std::span<const std::uint8_t> values) {
  const auto name = next_name();
  constants_ += byte_array(name, values);
  constant_bytes_ += values.size_bytes();
  return name;
}

std::string Emitter::read(std::size_t id) {
  const std::size_t storage = tensor(id).storage;
  const Storage& place = program_.storages[storage];
  const std::string cast = fmt::format("(const {}*)", c_type(tensor(id).type));
  switch (place.kind) {
    case Storage::Kind::arena:
      return fmt::format("{}(arena + {})", cast, plan_.offset[storage]);
    case Storage::Kind::input:
      return fmt::format("{}inputs[{}]", cast, place.index);
    case Storage::Kind::output:
      return fmt::format("{}outputs[{}]", cast, place.index);
    case Storage::Kind::constant:
      break;
  }
  storage_constants_.resize(program_.storages.size());
  std::string& name = storage_constants_[storage];
  if (name.empty() && tensor(id).type == Type::f32) {
    std::vector<float> values(place.data.size() / sizeof(float));
    if (!values.empty()) std::memcpy(values.data(), place.data.data(), place.data.size());
    name = constant(std::span<const float>(values));
  } else if (name.empty()) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(place.data.data());
    name = constant(std::span<const std::uint8_t>(data, place.data.size()));
  }
  return name;
}

std::string Emitter::write(std::size_t id) const {
  const std::size_t storage = tensor(id).storage;
  const Storage& place = program_.storages[storage];
  const std::string cast = fmt::format("({}*)", c_type(tensor(id).type));
  if (place.kind == Storage::Kind::output) return fmt::format("{}outputs[{}]", cast, place.index);
  return fmt::format("{}(arena + {})", cast, plan_.offset[storage]);
}

std::string Emitter::scratch(std::string_view type) const {
  return fmt::format("({}*)(arena + {})", type, plan_.scratch[layer_]);
}

void Emitter::begin_layer(std::size_t layer) {
  layer_ = layer;
  body_ += fmt::format("\n  /* {}: {} -> {} */\n", layer, c_comment(program_.layers[layer].node),
                       c_comment(tensor(program_.layers[layer].output).name));
}

void Emitter::end_layer() {
  const Tensor& made = tensor(program_.layers[layer_].output);
  body_ += fmt::format("  TRACE({}, {}, {}, {}, {});\n", c_string(made.name), made.type == Type::f32 ? 32 : 8,
                       made.layout == Layout::nhwc ? 1 : 0, elements(made.shape),
                       read(program_.layers[layer_].output));
}

}  // namespace mtc::cpu
