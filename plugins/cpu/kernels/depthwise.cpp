// SPDX-License-Identifier: Apache-2.0
//
// Depthwise convolution (one input and one output channel in each group), float and integer: 16 channels of a
// pixel at once, over a copy of the input with padding around it and channels padded to a multiple of 16.
#include <fmt/format.h>

#include "plugins/cpu/emit/literal.hpp"
#include "plugins/cpu/kernels/conv_shape.hpp"
#include "plugins/cpu/kernels/kernel.hpp"
#include "plugins/cpu/kernels/requantize.hpp"

namespace mtc::cpu {
namespace {

constexpr std::string_view kF32Text =
    R"(/* w: [taps][padded channels]; `run` holds the padded number of channels. */
static void depthwise_f32(const struct conv* s, const float* x, const float* w, const float* bias, float low,
                          float high, float* y) {
  for (int32_t i = 0; i < s->out_h; i++) {
    for (int32_t j = 0; j < s->out_w; j++, y += s->out_c) {
      const float* window = x + (size_t)i * (size_t)s->row + (size_t)j * (size_t)s->column;
      for (int32_t c = 0; c < s->out_c; c += 16) {
        float sum[16];
        for (int o = 0; o < 16; o++) sum[o] = bias[c + o];
        const float* weights = w + c;
        for (int32_t u = 0; u < s->taps_h; u++) {
          const float* tap = window + u * s->tap_h + c;
          for (int32_t v = 0; v < s->taps_w; v++, tap += s->tap_w, weights += s->run) {
            for (int o = 0; o < 16; o++) sum[o] += tap[o] * weights[o];
          }
        }
        for (int o = 0; o < 16; o++) {
          const float least = sum[o] < low ? low : sum[o];
          sum[o] = least > high ? high : least;
        }
        const int32_t channels = s->out_c - c < 16 ? s->out_c - c : 16;
        memcpy(y + c, sum, (size_t)channels * sizeof *sum);
      }
    }
  }
}
)";

/// A product of 9 and 8 bits with signs, at most 255 * 127, fits int16.
constexpr std::string_view kU8Head = R"(
  for (int32_t i = 0; i < s->out_h; i++) {
    for (int32_t j = 0; j < s->out_w; j++, y += s->out_c) {
      const int16_t* window = x + (size_t)i * (size_t)s->row + (size_t)j * (size_t)s->column;
      for (int32_t c = 0; c < s->out_c; c += 16) {
        int32_t sum[16];
        for (int o = 0; o < 16; o++) sum[o] = bias[c + o];
        const signed char* weights = w + c;
        for (int32_t u = 0; u < s->taps_h; u++) {
          const int16_t* tap = window + u * s->tap_h + c;
          for (int32_t v = 0; v < s->taps_w; v++, tap += s->tap_w, weights += s->run) {
            for (int o = 0; o < 16; o++) sum[o] += (int16_t)(tap[o] * weights[o]);
          }
        }
        const int32_t channels = s->out_c - c < 16 ? s->out_c - c : 16;
)";

std::string_view u8_text() {
  static const std::string text =
      "static void depthwise_u8(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* "
      "bias,\n"
      "                         const float* scale, float low, float high, int32_t zero, uint8_t* y) {" +
      std::string(kU8Head) + R"(        uint8_t made[16];
        for (int o = 0; o < 16; o++) made[o] = requantize((float)sum[o] * scale[c + o], low, high, zero);
        memcpy(y + c, made, (size_t)channels);
      }
    }
  }
}
)";
  return text;
}

std::string_view u8_f32_text() {
  static const std::string text =
      "static void depthwise_u8_f32(const struct conv* s, const int16_t* x, const signed char* w, const "
      "int32_t* bias,\n"
      "                             const float* scale, float low, float high, float* y) {" +
      std::string(kU8Head) + R"(        float made[16];
        for (int o = 0; o < 16; o++) {
          const float value = (float)sum[o] * scale[c + o];
          const float least = value < low ? low : value;
          made[o] = least > high ? high : least;
        }
        memcpy(y + c, made, (size_t)channels * sizeof *made);
      }
    }
  }
}
)";
  return text;
}

std::int64_t padded_channels(const Conv& conv) { return round_up(conv.in_channels, kChannelBlock); }

bool is_depthwise(const Layer& layer) {
  const auto* conv = std::get_if<Conv>(&layer.op);
  return conv != nullptr && conv->groups > 1 && conv->groups == conv->in_channels &&
         conv->groups == conv->out_channels;
}

std::string depthwise_struct(const Conv& conv) {
  const Window& window = conv.window;
  const std::int64_t pixel = padded_channels(conv);
  const std::int64_t line = (window.in_w + window.pad_left + window.pad_right) * pixel;
  return fmt::format("&(const struct conv){{{}, {}, {}, 1, {}, {}, {}, {}, {}, {}, {}, {}, 0}}", window.out_h,
                     window.out_w, conv.out_channels, conv.out_channels, window.kernel_h, window.kernel_w,
                     pixel, window.dilation_h * line, window.dilation_w * pixel, window.stride_h * line,
                     window.stride_w * pixel);
}

/// [channels][taps] → [taps][padded channels].
template <class T>
std::vector<T> pack(const std::vector<T>& weights, const Conv& conv) {
  const auto taps = static_cast<std::size_t>(conv.window.kernel_h * conv.window.kernel_w);
  const auto padded = static_cast<std::size_t>(padded_channels(conv));
  std::vector<T> packed(taps * padded, T{0});
  for (std::size_t i = 0; i < weights.size(); ++i) packed[i % taps * padded + i / taps] = weights[i];
  return packed;
}

template <class T>
std::vector<T> padded(std::vector<T> values, const Conv& conv) {
  values.resize(static_cast<std::size_t>(padded_channels(conv)), T{0});
  return values;
}

/// height, width, … of the padded copy, as pad_f32 and pad_i16 take them after the channels.
std::string padding_arguments(const Conv& conv) {
  const Window& window = conv.window;
  return fmt::format("{}, {}, {}, {}, {}, {}", conv.in_channels, window.pad_top, window.pad_left,
                     window.in_h + window.pad_top + window.pad_bottom,
                     window.in_w + window.pad_left + window.pad_right, padded_channels(conv));
}

bool accepts_f32(const Program& program, const Layer& layer) {
  return is_depthwise(layer) && program.tensors[layer.inputs[0]].type == Type::f32;
}

bool copies_f32(const Conv& conv) {
  return conv.window.padded() || padded_channels(conv) != conv.in_channels;
}

std::size_t scratch_f32(const Program&, const Layer& layer) {
  const Conv& conv = std::get<Conv>(layer.op);
  return copies_f32(conv) ? padded_elements(conv.window, padded_channels(conv)) * sizeof(float) : 0;
}

void emit_f32(Emitter& emitter, const Layer& layer) {
  const Conv& conv = std::get<Conv>(layer.op);
  emitter.need(kConvStructText);
  emitter.need(kF32Text);
  std::string input = emitter.read(layer.inputs[0]);
  if (copies_f32(conv)) {
    emitter.need(kPadF32Text);
    emitter.statement(fmt::format("pad_f32({}, {}, {}, {}, {})", conv.window.in_h, conv.window.in_w,
                                  padding_arguments(conv), input, emitter.scratch("float")));
    input = emitter.scratch("const float");
  }
  const auto packed = pack(conv.weights, conv);
  const auto packed_bias = padded(conv.bias, conv);
  const auto weights = emitter.constant(std::span<const float>(packed));
  const auto bias = emitter.constant(std::span<const float>(packed_bias));
  emitter.statement(fmt::format("depthwise_f32({}, {}, {}, {}, {}, {}, {})", depthwise_struct(conv), input,
                                weights, bias, c_float(conv.clamp.low), c_float(conv.clamp.high),
                                emitter.write(layer.output)));
}

bool accepts_u8(const Program& program, const Layer& layer) {
  return is_depthwise(layer) && program.tensors[layer.inputs[0]].type == Type::u8;
}

std::size_t scratch_u8(const Program&, const Layer& layer) {
  const Conv& conv = std::get<Conv>(layer.op);
  return padded_elements(conv.window, padded_channels(conv)) * sizeof(std::int16_t);
}

void emit_u8(Emitter& emitter, const Layer& layer) {
  const Conv& conv = std::get<Conv>(layer.op);
  const Tensor& output = emitter.tensor(layer.output);
  emitter.need(kConvStructText);
  emitter.need(kPadI16Text);
  emitter.statement(fmt::format("pad_i16({}, {}, 1, {}, {}, {}, {})", conv.window.in_h, conv.window.in_w,
                                padding_arguments(conv), emitter.tensor(layer.inputs[0]).quant.zero_point,
                                emitter.read(layer.inputs[0]), emitter.scratch("int16_t")));
  const auto packed = pack(conv.q_weights, conv);
  const auto packed_bias = padded(conv.q_bias, conv);
  const auto packed_scale = padded(conv.scale, conv);
  const auto weights = emitter.constant(std::span<const std::int8_t>(packed));
  const auto bias = emitter.constant(std::span<const std::int32_t>(packed_bias));
  const auto scale = emitter.constant(std::span<const float>(packed_scale));
  std::string name = "depthwise_u8";
  std::string limits;
  if (output.type == Type::u8) {
    emitter.need(kRequantizeText);
    emitter.need(u8_text());
    limits = requantize_arguments(conv.q_low, conv.q_high, output.quant);
  } else {
    emitter.need(u8_f32_text());
    name = "depthwise_u8_f32";
    limits = c_float(conv.clamp.low) + ", " + c_float(conv.clamp.high);
  }
  emitter.statement(fmt::format("{}({}, {}, {}, {}, {}, {}, {})", name, depthwise_struct(conv),
                                emitter.scratch("const int16_t"), weights, bias, scale, limits,
                                emitter.write(layer.output)));
}

}  // namespace

const Kernel kDepthwiseF32{"depthwise_f32", accepts_f32, scratch_f32, emit_f32};
const Kernel kDepthwiseU8{"depthwise_u8", accepts_u8, scratch_u8, emit_u8};

}  // namespace mtc::cpu
