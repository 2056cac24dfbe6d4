// SPDX-License-Identifier: Apache-2.0
//
// Binary operators with broadcasting, and activations that no other layer computes.
#include <fmt/format.h>

#include "plugins/cpu/emit/literal.hpp"
#include "plugins/cpu/kernels/binary.hpp"
#include "plugins/cpu/kernels/exponential.hpp"
#include "plugins/cpu/kernels/kernel.hpp"
#include "plugins/cpu/kernels/text_pattern.hpp"

namespace mtc::cpu {

const std::string_view kBinaryStructText =
    R"(/* Four loops over the output; steps of the two inputs, 0 where one is broadcast. */
struct binary {
  int32_t extent[4], a[4], b[4];
};
)";

namespace {

std::string list(const std::int64_t (&values)[4]) {
  return fmt::format("{{{}, {}, {}, {}}}", values[0], values[1], values[2], values[3]);
}

}  // namespace

std::string binary_struct(const Binary& binary) {
  return fmt::format("&(const struct binary){{{}, {}, {}}}", list(binary.extent), list(binary.stride_a),
                     list(binary.stride_b));
}

namespace {

/// The loops; TYPE and VALUE(x, y) → STORE are replaced.
constexpr std::string_view kBinaryLoops = R"(
  for (int32_t i = 0; i < s->extent[0]; i++) {
    for (int32_t j = 0; j < s->extent[1]; j++) {
      for (int32_t k = 0; k < s->extent[2]; k++) {
        const TYPE* left = a + i * s->a[0] + j * s->a[1] + k * s->a[2];
        const TYPE* right = b + i * s->b[0] + j * s->b[1] + k * s->b[2];
        if (s->a[3] == 1 && s->b[3] == 1) {
          for (int32_t n = 0; n < s->extent[3]; n++) y[n] = FUNCTION(left[n], right[n], ARGUMENTS);
        } else {
          for (int32_t n = 0; n < s->extent[3]; n++) {
            y[n] = FUNCTION(left[n * s->a[3]], right[n * s->b[3]], ARGUMENTS);
          }
        }
        y += s->extent[3];
      }
    }
  }
}
)";

std::string binary_text(const std::string& name, const std::string& operation) {
  const std::string function =
      "static inline float " + name +
      "_value(float a, float b, float low, float high) {\n  const float value = a " + operation +
      " b;\n  const float least = value < low ? low : value;\n  return least > high ? high : least;\n}\n\n";
  const std::string loops =
      replaced(replaced(replaced(std::string(kBinaryLoops), "TYPE", "float"), "FUNCTION", name + "_value"),
               "ARGUMENTS", "low, high");
  return function + "static void " + name +
         "(const struct binary* s, const float* a, const float* b, float low, float high, float* y) {" +
         loops;
}

bool accepts_binary(const Program& program, const Layer& layer) {
  return std::holds_alternative<Binary>(layer.op) && program.tensors[layer.output].type == Type::f32;
}

void emit_binary(Emitter& emitter, const Layer& layer) {
  static const std::string texts[] = {binary_text("add_f32", "+"), binary_text("sub_f32", "-"),
                                      binary_text("mul_f32", "*"), binary_text("div_f32", "/")};
  static constexpr std::string_view kNames[] = {"add_f32", "sub_f32", "mul_f32", "div_f32"};
  const Binary& binary = std::get<Binary>(layer.op);
  const auto kind = static_cast<std::size_t>(binary.kind);
  emitter.need(kBinaryStructText);
  emitter.need(texts[kind]);
  const auto a = emitter.read(layer.inputs[0]);
  const auto b = emitter.read(layer.inputs[1]);
  emitter.statement(fmt::format("{}({}, {}, {}, {}, {}, {})", kNames[kind], binary_struct(binary), a, b,
                                c_float(binary.clamp.low), c_float(binary.clamp.high),
                                emitter.write(layer.output)));
}

constexpr std::string_view kClampText =
    R"(static void clamp_f32(size_t count, const float* x, float low, float high, float* y) {
  for (size_t i = 0; i < count; i++) {
    const float least = x[i] < low ? low : x[i];
    y[i] = least > high ? high : least;
  }
}
)";
constexpr std::string_view kLeakyText =
    R"(static void leaky_relu_f32(size_t count, const float* x, float alpha, float* y) {
  for (size_t i = 0; i < count; i++) y[i] = x[i] < 0.0f ? x[i] * alpha : x[i];
}
)";
constexpr std::string_view kSigmoidText = R"(static void sigmoid_f32(size_t count, const float* x, float* y) {
  for (size_t i = 0; i < count; i++) y[i] = 1.0f / (1.0f + exp_value(-x[i]));
}
)";
constexpr std::string_view kTanhText = R"(static void tanh_f32(size_t count, const float* x, float* y) {
  for (size_t i = 0; i < count; i++) y[i] = tanh_value(x[i]);
}
)";

bool accepts_unary(const Program& program, const Layer& layer) {
  return std::holds_alternative<Unary>(layer.op) && program.tensors[layer.inputs[0]].type == Type::f32;
}

void emit_unary(Emitter& emitter, const Layer& layer) {
  const Unary& unary = std::get<Unary>(layer.op);
  const auto count = elements(emitter.tensor(layer.output).shape);
  const auto in = emitter.read(layer.inputs[0]);
  const auto out = emitter.write(layer.output);
  switch (unary.kind) {
    case Unary::Kind::clamp:
      emitter.need(kClampText);
      emitter.statement(fmt::format("clamp_f32({}, {}, {}, {}, {})", count, in, c_float(unary.clamp.low),
                                    c_float(unary.clamp.high), out));
      return;
    case Unary::Kind::leaky_relu:
      emitter.need(kLeakyText);
      emitter.statement(fmt::format("leaky_relu_f32({}, {}, {}, {})", count, in, c_float(unary.alpha), out));
      return;
    case Unary::Kind::sigmoid:
      emitter.need(kExpText);
      emitter.need(kSigmoidText);
      emitter.statement(fmt::format("sigmoid_f32({}, {}, {})", count, in, out));
      return;
    case Unary::Kind::tanh:
      emitter.need(kExpText);
      emitter.need(kTanhValueText);
      emitter.need(kTanhText);
      emitter.statement(fmt::format("tanh_f32({}, {}, {})", count, in, out));
      return;
  }
}

}  // namespace

const Kernel kBinaryF32{"binary_f32", accepts_binary, no_scratch, emit_binary};
const Kernel kUnaryF32{"unary_f32", accepts_unary, no_scratch, emit_unary};

}  // namespace mtc::cpu
