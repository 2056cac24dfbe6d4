// SPDX-License-Identifier: Apache-2.0
//
// Integer convolution, Gemm and MatMul: the input is widened to int16 without its zero point, then 4 pixels x
// 16 output channels are summed exactly in int32 and requantized to uint8, or scaled to float.
#include <fmt/format.h>

#include "plugins/cpu/emit/literal.hpp"
#include "plugins/cpu/kernels/conv_shape.hpp"
#include "plugins/cpu/kernels/kernel.hpp"
#include "plugins/cpu/kernels/requantize.hpp"
#include "plugins/cpu/kernels/text_pattern.hpp"
#include "plugins/cpu/kernels/tile.hpp"

namespace mtc::cpu {
namespace {

// OUT and STORE differ between the two; the loops are the same text.
constexpr std::string_view kConvU8Loops = R"(
  const size_t panel = (size_t)s->taps_h * (size_t)s->taps_w * (size_t)s->run * 16;
  int32_t sum[4][16];
  for (int32_t g = 0; g < s->groups; g++, x += s->group) {
    for (int32_t o = 0; o < s->group_out; o += 16, w += panel, bias += 16, scale += 16) {
      const int32_t channels = s->group_out - o < 16 ? s->group_out - o : 16;
      for (int32_t i = 0; i < s->out_h; i++) {
        const int16_t* line = x + (size_t)i * (size_t)s->row;
        OUT* out = y + (size_t)i * (size_t)s->out_w * (size_t)s->out_c + (size_t)(g * s->group_out + o);
        for (int32_t j = 0; j < s->out_w;) {
          const int32_t pixels = s->out_w - j < 4 ? 1 : 4;
          if (pixels == 4) {
            tile_u8_4(s, line + (size_t)j * (size_t)s->column, w, bias, sum);
          } else {
            tile_u8_1(s, line + (size_t)j * (size_t)s->column, w, bias, sum[0]);
          }
          for (int32_t p = 0; p < pixels; p++, out += s->out_c) {
            OUT made[16];
            STORE
            if (channels == 16) {
              memcpy(out, made, sizeof made);
            } else {
              memcpy(out, made, (size_t)channels * sizeof *made);
            }
          }
          j += pixels;
        }
      }
    }
  }
}
)";

std::string_view u8_text() {
  static const std::string text =
      "KERNEL void conv_u8(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* "
      "bias,\n"
      "                    const float* scale, float low, float high, int32_t zero, uint8_t* y) {" +
      replaced(replaced(std::string(kConvU8Loops), "OUT", "uint8_t"), "STORE",
               "requantize_16(sum[p], scale, low, high, zero, made);");
  return text;
}

std::string_view f32_text() {
  static const std::string text =
      R"(KERNEL void conv_u8_f32(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* bias,
                        const float* scale, float low, float high, float* y) {)" +
      replaced(replaced(std::string(kConvU8Loops), "OUT", "float"), "STORE", R"(for (int k = 0; k < 16; k++) {
              const float value = (float)sum[p][k] * scale[k];
              const float least = value < low ? low : value;
              made[k] = least > high ? high : least;
            })");
  return text;
}

/// Input channels of a group in memory: pairs.
std::int64_t group_channels(const Conv& conv) { return round_up(conv.in_channels / conv.groups, 2); }

bool accepts_conv_u8(const Program& program, const Layer& layer) {
  return std::holds_alternative<Conv>(layer.op) && program.tensors[layer.inputs[0]].type == Type::u8;
}

std::size_t scratch_bytes(const Program&, const Layer& layer) {
  const Conv& conv = std::get<Conv>(layer.op);
  return padded_elements(conv.window, conv.groups * group_channels(conv)) * sizeof(std::int16_t);
}

void emit_conv_u8(Emitter& emitter, const Layer& layer) {
  const Conv& conv = std::get<Conv>(layer.op);
  const Window window = flattened(conv);
  const Tensor& input = emitter.tensor(layer.inputs[0]);
  const Tensor& output = emitter.tensor(layer.output);
  for (const auto text :
       {kConvStructText, kPadI16Text, kTileU8Avx2Text, kTileU8Sse2Text, kTileU8PortableText})
    emitter.need(text);
  emitter.statement(fmt::format("pad_i16({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})", window.in_h,
                                window.in_w, conv.groups, conv.in_channels / conv.groups, window.pad_top,
                                window.pad_left, window.in_h + window.pad_top + window.pad_bottom,
                                window.in_w + window.pad_left + window.pad_right, group_channels(conv),
                                input.quant.zero_point, emitter.read(layer.inputs[0]),
                                emitter.scratch("int16_t")));
  const auto packed = pack_weights(conv.q_weights, conv, 2);
  const auto packed_bias = pack_channels(conv.q_bias, conv);
  const auto packed_scale = pack_channels(conv.scale, conv);
  const auto weights = emitter.constant(std::span<const std::int8_t>(packed));
  const auto bias = emitter.constant(std::span<const std::int32_t>(packed_bias));
  const auto scale = emitter.constant(std::span<const float>(packed_scale));
  std::string name = "conv_u8";
  std::string limits;
  if (output.type == Type::u8) {
    emitter.need(kRequantizeText);
    emitter.need(kRequantize16Text);
    emitter.need(u8_text());
    limits = requantize_arguments(conv.q_low, conv.q_high, output.quant);
  } else {
    emitter.need(f32_text());
    name = "conv_u8_f32";
    limits = c_float(conv.clamp.low) + ", " + c_float(conv.clamp.high);
  }
  emitter.statement(fmt::format(
      "{}({}, {}, {}, {}, {}, {}, {})", name, conv_struct(conv, window, group_channels(conv)),
      emitter.scratch("const int16_t"), weights, bias, scale, limits, emitter.write(layer.output)));
}

}  // namespace

const Kernel kConvU8{"conv_u8", accepts_conv_u8, scratch_bytes, emit_conv_u8};

}  // namespace mtc::cpu
