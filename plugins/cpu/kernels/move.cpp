// SPDX-License-Identifier: Apache-2.0
//
// Strided copies, with a constant where nothing is copied to.
#include <fmt/format.h>

#include "plugins/cpu/emit/literal.hpp"
#include "plugins/cpu/kernels/kernel.hpp"
#include "plugins/cpu/kernels/text_pattern.hpp"

namespace mtc::cpu {
namespace {

constexpr std::string_view kStructText = R"(/* Five loops; steps of the input and of the output. */
struct move {
  int32_t extent[5], in[5], out[5];
};
)";

constexpr std::string_view kMoveText =
    R"(static void move_NAME(const struct move* s, const TYPE* x, TYPE* y) {
  const int32_t *n = s->extent, *a = s->in, *b = s->out;
  for (int32_t i = 0; i < n[0]; i++) {
    for (int32_t j = 0; j < n[1]; j++) {
      for (int32_t k = 0; k < n[2]; k++) {
        for (int32_t l = 0; l < n[3]; l++) {
          const TYPE* from = x + i * a[0] + j * a[1] + k * a[2] + l * a[3];
          TYPE* to = y + i * b[0] + j * b[1] + k * b[2] + l * b[3];
          if (a[4] == 1 && b[4] == 1) {
            memcpy(to, from, (size_t)n[4] * sizeof *to);
          } else {
            for (int32_t m = 0; m < n[4]; m++) to[m * b[4]] = from[m * a[4]];
          }
        }
      }
    }
  }
}
)";

constexpr std::string_view kFillText = R"(static void fill_NAME(size_t count, TYPE value, TYPE* y) {
  for (size_t i = 0; i < count; i++) y[i] = value;
}
)";

std::string typed(std::string_view pattern, Type type) {
  const bool real = type == Type::f32;
  return replaced(replaced(std::string(pattern), "NAME", real ? "f32" : "u8"), "TYPE",
                  real ? "float" : "uint8_t");
}

std::string list(const std::int64_t (&values)[Move::kRank]) {
  return fmt::format("{{{}, {}, {}, {}, {}}}", values[0], values[1], values[2], values[3], values[4]);
}

bool accepts_move(const Program&, const Layer& layer) { return std::holds_alternative<Move>(layer.op); }

void emit_move(Emitter& emitter, const Layer& layer) {
  static const std::string moves[] = {typed(kMoveText, Type::f32), typed(kMoveText, Type::u8)};
  static const std::string fills[] = {typed(kFillText, Type::f32), typed(kFillText, Type::u8)};
  const Move& move = std::get<Move>(layer.op);
  const Tensor& output = emitter.tensor(layer.output);
  const std::size_t type = output.type == Type::f32 ? 0 : 1;
  const std::string suffix = type == 0 ? "f32" : "u8";
  emitter.need(kStructText);
  emitter.need(moves[type]);
  if (move.fill) {
    emitter.need(fills[type]);
    const std::string value =
        type == 0 ? c_float(move.fill_value) : std::to_string(static_cast<int>(move.fill_value));
    emitter.statement(fmt::format("fill_{}({}, {}, {})", suffix, elements(output.shape), value,
                                  emitter.write(layer.output)));
  }
  for (std::size_t i = 0; i < move.copies.size(); ++i) {
    const Move::Copy& copy = move.copies[i];
    emitter.statement(fmt::format("move_{}(&(const struct move){{{}, {}, {}}}, {} + {}, {} + {})", suffix,
                                  list(copy.extent), list(copy.in_stride), list(copy.out_stride),
                                  emitter.read(layer.inputs[i]), copy.in_offset, emitter.write(layer.output),
                                  copy.out_offset));
  }
}

}  // namespace

const Kernel kMove{"move", accepts_move, no_scratch, emit_move};

}  // namespace mtc::cpu
