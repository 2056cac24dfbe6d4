// SPDX-License-Identifier: Apache-2.0
//
// Collects the C of a program while kernels are asked for their parts: functions (each once), constants,
// statements.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/cpu/lower/ir.hpp"
#include "plugins/cpu/memory/plan.hpp"

namespace mtc::cpu {

class Emitter {
 public:
  Emitter(const Program& program, const MemoryPlan& plan) : program_(program), plan_(plan) {}

  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] const Tensor& tensor(std::size_t id) const { return program_.tensors[id]; }

  /// Adds C text at file scope, once; what it uses must have been needed before.
  void need(std::string_view text);
  /// A constant array of the program; returns the C expression of its first element.
  std::string constant(std::span<const float> values);
  std::string constant(std::span<const std::int32_t> values);
  std::string constant(std::span<const std::int8_t> values);
  std::string constant(std::span<const std::uint8_t> values);

  /// C expressions: pointer to what the tensor holds, for reading and for writing.
  std::string read(std::size_t tensor);
  [[nodiscard]] std::string write(std::size_t tensor) const;
  /// Pointer to the current layer's scratch, as `type*`.
  [[nodiscard]] std::string scratch(std::string_view type) const;

  /// Sets the layer that `scratch` speaks of, with a comment in the function's body.
  void begin_layer(std::size_t layer);
  /// Adds a statement to the body of the model's function.
  void statement(const std::string& text) { body_ += "  " + text + ";\n"; }
  /// Ends the layer: tracing of its output.
  void end_layer();

  [[nodiscard]] const std::string& functions() const { return functions_; }
  [[nodiscard]] const std::string& constants() const { return constants_; }
  [[nodiscard]] const std::string& body() const { return body_; }
  [[nodiscard]] std::size_t constant_bytes() const { return constant_bytes_; }

 private:
  std::string next_name();

  const Program& program_;
  const MemoryPlan& plan_;
  std::set<std::string_view> needed_;
  std::vector<std::string> storage_constants_;
  std::string functions_, constants_, body_;
  std::size_t layer_ = 0, constant_count_ = 0, constant_bytes_ = 0;
};

}  // namespace mtc::cpu
