// SPDX-License-Identifier: Apache-2.0
//
// Float convolution, Gemm and MatMul: 4 pixels x 16 output channels in registers, plain C11 that compilers
// vectorise over the channels. Each output is a sum in a fixed order, so every compiler and CPU gives the
// same bits.
#include <fmt/format.h>

#include "plugins/cpu/emit/literal.hpp"
#include "plugins/cpu/kernels/conv_shape.hpp"
#include "plugins/cpu/kernels/kernel.hpp"
#include "plugins/cpu/kernels/tile.hpp"

namespace mtc::cpu {
namespace {

constexpr std::string_view kText =
    R"(static void conv_f32(const struct conv* s, const float* x, const float* w, const float* bias, float low, float high,
                     float* y) {
  const size_t panel = (size_t)s->taps_h * (size_t)s->taps_w * (size_t)s->run * 16;
  float sum[4][16];
  for (int32_t g = 0; g < s->groups; g++, x += s->group) {
    for (int32_t o = 0; o < s->group_out; o += 16, w += panel, bias += 16) {
      const int32_t channels = s->group_out - o < 16 ? s->group_out - o : 16;
      for (int32_t i = 0; i < s->out_h; i++) {
        const float* line = x + (size_t)i * (size_t)s->row;
        float* out = y + (size_t)i * (size_t)s->out_w * (size_t)s->out_c + (size_t)(g * s->group_out + o);
        for (int32_t j = 0; j < s->out_w;) {
          const int32_t pixels = s->out_w - j < 4 ? 1 : 4;
          if (pixels == 4) {
            tile_f32_4(s, line + (size_t)j * (size_t)s->column, w, bias, sum);
          } else {
            tile_f32_1(s, line + (size_t)j * (size_t)s->column, w, bias, sum[0]);
          }
          for (int32_t p = 0; p < pixels; p++, out += s->out_c) {
            for (int k = 0; k < 16; k++) {
              const float least = sum[p][k] < low ? low : sum[p][k];
              sum[p][k] = least > high ? high : least;
            }
            memcpy(out, sum[p], (size_t)channels * sizeof *out);
          }
          j += pixels;
        }
      }
    }
  }
}
)";

bool accepts_conv_f32(const Program& program, const Layer& layer) {
  return std::holds_alternative<Conv>(layer.op) && program.tensors[layer.inputs[0]].type == Type::f32;
}

std::size_t scratch_conv_f32(const Program&, const Layer& layer) {
  const Conv& conv = std::get<Conv>(layer.op);
  return conv.window.padded() ? padded_elements(conv.window, conv.in_channels) * sizeof(float) : 0;
}

void emit_conv_f32(Emitter& emitter, const Layer& layer) {
  const Conv& conv = std::get<Conv>(layer.op);
  const Window window = flattened(conv);
  for (const auto text : {kConvStructText, kTileF32AvxText, kTileF32PortableText, kText}) emitter.need(text);
  std::string input = emitter.read(layer.inputs[0]);
  if (window.padded()) {
    emitter.need(kPadF32Text);
    emitter.statement(fmt::format(
        "pad_f32({}, {}, {}, {}, {}, {}, {}, {}, {}, {})", window.in_h, window.in_w, conv.in_channels,
        window.pad_top, window.pad_left, window.in_h + window.pad_top + window.pad_bottom,
        window.in_w + window.pad_left + window.pad_right, conv.in_channels, input, emitter.scratch("float")));
    input = emitter.scratch("const float");
  }
  const std::vector<float> packed = pack_weights(conv.weights, conv, 1);
  const std::vector<float> packed_bias = pack_channels(conv.bias, conv);
  const auto weights = emitter.constant(std::span<const float>(packed));
  const auto bias = emitter.constant(std::span<const float>(packed_bias));
  emitter.statement(fmt::format(
      "conv_f32({}, {}, {}, {}, {}, {}, {})", conv_struct(conv, window, conv.in_channels / conv.groups),
      input, weights, bias, c_float(conv.clamp.low), c_float(conv.clamp.high), emitter.write(layer.output)));
}

}  // namespace

const Kernel kConvF32{"conv_f32", accepts_conv_f32, scratch_conv_f32, emit_conv_f32};

}  // namespace mtc::cpu
