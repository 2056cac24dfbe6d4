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

/// Rows of 3 taps are the common case: the sums are read and written once a row, added in the same order.
constexpr std::string_view kF32Text = R"(/* w: [taps][channels] */
static void depthwise_f32(const struct conv* s, const float* restrict x, const float* restrict w,
                          const float* restrict bias, float low, float high, float* restrict y) {
  const int32_t channels = s->out_c;
  for (int32_t i = 0; i < s->out_h; i++) {
    for (int32_t j = 0; j < s->out_w; j++, y += channels) {
      const float* window = x + (size_t)i * (size_t)s->row + (size_t)j * (size_t)s->column;
      const float* weights = w;
      memcpy(y, bias, (size_t)channels * sizeof *y);
      for (int32_t u = 0; u < s->taps_h; u++) {
        const float* tap = window + u * s->tap_h;
        int32_t v = 0;
        for (; v + 3 <= s->taps_w; v += 3, tap += 3 * s->tap_w, weights += 3 * channels) {
          const float *t1 = tap + s->tap_w, *t2 = t1 + s->tap_w;
          const float *w1 = weights + channels, *w2 = w1 + channels;
          for (int32_t c = 0; c < channels; c++) {
            float sum = y[c];
            sum += tap[c] * weights[c];
            sum += t1[c] * w1[c];
            sum += t2[c] * w2[c];
            y[c] = sum;
          }
        }
        for (; v < s->taps_w; v++, tap += s->tap_w, weights += channels) {
          for (int32_t c = 0; c < channels; c++) y[c] += tap[c] * weights[c];
        }
      }
      for (int32_t c = 0; c < channels; c++) {
        const float least = y[c] < low ? low : y[c];
        y[c] = least > high ? high : least;
      }
    }
  }
}
)";

/// A product of 9 and 8 bits with signs, at most 255 * 127, fits int16.
constexpr std::string_view kSumsText = R"(/* sum[c] = bias[c] + the window's products; w: [taps][channels] */
static void depthwise_sums(const struct conv* s, const int16_t* restrict window, const signed char* restrict w,
                           const int32_t* restrict bias, int32_t* restrict sum) {
  const int32_t channels = s->out_c;
  memcpy(sum, bias, (size_t)channels * sizeof *sum);
  for (int32_t u = 0; u < s->taps_h; u++) {
    const int16_t* tap = window + u * s->tap_h;
    int32_t v = 0;
    for (; v + 3 <= s->taps_w; v += 3, tap += 3 * s->tap_w, w += 3 * channels) {
      const int16_t *t1 = tap + s->tap_w, *t2 = t1 + s->tap_w;
      const signed char *w1 = w + channels, *w2 = w1 + channels;
      for (int32_t c = 0; c < channels; c++) {
        sum[c] += (int16_t)(tap[c] * w[c]) + (int16_t)(t1[c] * w1[c]) + (int16_t)(t2[c] * w2[c]);
      }
    }
    for (; v < s->taps_w; v++, tap += s->tap_w, w += channels) {
      for (int32_t c = 0; c < channels; c++) sum[c] += (int16_t)(tap[c] * w[c]);
    }
  }
}
)";

constexpr std::string_view kU8Text =
    R"(KERNEL void depthwise_u8(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* bias,
                         const float* restrict scale, float low, float high, int32_t zero, int32_t* restrict sum,
                         uint8_t* restrict y) {
  for (int32_t i = 0; i < s->out_h; i++) {
    for (int32_t j = 0; j < s->out_w; j++, y += s->out_c) {
      depthwise_sums(s, x + (size_t)i * (size_t)s->row + (size_t)j * (size_t)s->column, w, bias, sum);
      int32_t c = 0;
      for (; c + 16 <= s->out_c; c += 16) requantize_16(sum + c, scale + c, low, high, zero, y + c);
      for (; c < s->out_c; c++) y[c] = requantize((float)sum[c] * scale[c], low, high, zero);
    }
  }
}
)";

constexpr std::string_view kU8F32Text =
    R"(KERNEL void depthwise_u8_f32(const struct conv* s, const int16_t* x, const signed char* w, const int32_t* bias,
                             const float* restrict scale, float low, float high, int32_t* restrict sum,
                             float* restrict y) {
  for (int32_t i = 0; i < s->out_h; i++) {
    for (int32_t j = 0; j < s->out_w; j++, y += s->out_c) {
      depthwise_sums(s, x + (size_t)i * (size_t)s->row + (size_t)j * (size_t)s->column, w, bias, sum);
      for (int32_t c = 0; c < s->out_c; c++) {
        const float value = (float)sum[c] * scale[c];
        const float least = value < low ? low : value;
        y[c] = least > high ? high : least;
      }
    }
  }
}
)";

bool is_depthwise(const Layer& layer) {
  const auto* conv = std::get_if<Conv>(&layer.op);
  return conv != nullptr && conv->groups > 1 && conv->groups == conv->in_channels &&
         conv->groups == conv->out_channels;
}

std::string depthwise_struct(const Conv& conv) {
  const Window& window = conv.window;
  const std::int64_t pixel = conv.in_channels;
  const std::int64_t line = (window.in_w + window.pad_left + window.pad_right) * pixel;
  return fmt::format("&(const struct conv){{{}, {}, {}, 1, {}, {}, {}, {}, {}, {}, {}, {}, 0}}", window.out_h,
                     window.out_w, conv.out_channels, conv.out_channels, window.kernel_h, window.kernel_w,
                     pixel, window.dilation_h * line, window.dilation_w * pixel, window.stride_h * line,
                     window.stride_w * pixel);
}

/// [channels][taps] → [taps][channels].
template <class T>
std::vector<T> pack(const std::vector<T>& weights, const Conv& conv) {
  const auto taps = static_cast<std::size_t>(conv.window.kernel_h * conv.window.kernel_w);
  const auto channels = static_cast<std::size_t>(conv.in_channels);
  std::vector<T> packed(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) packed[i % taps * channels + i / taps] = weights[i];
  return packed;
}

/// Channels, padding and size of the padded copy, as pad_f32 and pad_i16 take them.
std::string padding_arguments(const Conv& conv) {
  const Window& window = conv.window;
  return fmt::format("{}, {}, {}, {}, {}, {}", conv.in_channels, window.pad_top, window.pad_left,
                     window.in_h + window.pad_top + window.pad_bottom,
                     window.in_w + window.pad_left + window.pad_right, conv.in_channels);
}

bool accepts_depthwise_f32(const Program& program, const Layer& layer) {
  return is_depthwise(layer) && program.tensors[layer.inputs[0]].type == Type::f32;
}

std::size_t scratch_depthwise_f32(const Program&, const Layer& layer) {
  const Conv& conv = std::get<Conv>(layer.op);
  return conv.window.padded() ? padded_elements(conv.window, conv.in_channels) * sizeof(float) : 0;
}

void emit_depthwise_f32(Emitter& emitter, const Layer& layer) {
  const Conv& conv = std::get<Conv>(layer.op);
  emitter.need(kConvStructText);
  emitter.need(kF32Text);
  std::string input = emitter.read(layer.inputs[0]);
  if (conv.window.padded()) {
    emitter.need(kPadF32Text);
    emitter.statement(fmt::format("pad_f32({}, {}, {}, {}, {})", conv.window.in_h, conv.window.in_w,
                                  padding_arguments(conv), input, emitter.scratch("float")));
    input = emitter.scratch("const float");
  }
  const auto packed = pack(conv.weights, conv);
  const auto weights = emitter.constant(std::span<const float>(packed));
  const auto bias = emitter.constant(std::span<const float>(conv.bias));
  emitter.statement(fmt::format("depthwise_f32({}, {}, {}, {}, {}, {}, {})", depthwise_struct(conv), input,
                                weights, bias, c_float(conv.clamp.low), c_float(conv.clamp.high),
                                emitter.write(layer.output)));
}

bool accepts_depthwise_u8(const Program& program, const Layer& layer) {
  return is_depthwise(layer) && program.tensors[layer.inputs[0]].type == Type::u8;
}

/// Where in the scratch the sums of a pixel lie, behind the padded input.
std::size_t sums_offset(const Conv& conv) {
  const std::size_t bytes = padded_elements(conv.window, conv.in_channels) * sizeof(std::int16_t);
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

std::size_t scratch_depthwise_u8(const Program&, const Layer& layer) {
  const Conv& conv = std::get<Conv>(layer.op);
  return sums_offset(conv) + static_cast<std::size_t>(conv.in_channels) * sizeof(std::int32_t);
}

void emit_depthwise_u8(Emitter& emitter, const Layer& layer) {
  const Conv& conv = std::get<Conv>(layer.op);
  const Tensor& output = emitter.tensor(layer.output);
  emitter.need(kConvStructText);
  emitter.need(kPadI16Text);
  emitter.need(kSumsText);
  emitter.statement(fmt::format("pad_i16({}, {}, 1, {}, {}, {}, {})", conv.window.in_h, conv.window.in_w,
                                padding_arguments(conv), emitter.tensor(layer.inputs[0]).quant.zero_point,
                                emitter.read(layer.inputs[0]), emitter.scratch("int16_t")));
  const auto packed = pack(conv.q_weights, conv);
  const auto weights = emitter.constant(std::span<const std::int8_t>(packed));
  const auto bias = emitter.constant(std::span<const std::int32_t>(conv.q_bias));
  const auto scale = emitter.constant(std::span<const float>(conv.scale));
  std::string name = "depthwise_u8";
  std::string limits;
  if (output.type == Type::u8) {
    emitter.need(kRequantizeText);
    emitter.need(kRequantize16Text);
    emitter.need(kU8Text);
    limits = requantize_arguments(conv.q_low, conv.q_high, output.quant);
  } else {
    emitter.need(kU8F32Text);
    name = "depthwise_u8_f32";
    limits = c_float(conv.clamp.low) + ", " + c_float(conv.clamp.high);
  }
  emitter.statement(fmt::format("{}({}, {}, {}, {}, {}, {}, (int32_t*)({} + {}), {})", name,
                                depthwise_struct(conv), emitter.scratch("const int16_t"), weights, bias,
                                scale, limits, emitter.scratch("unsigned char"), sums_offset(conv),
                                emitter.write(layer.output)));
}

}  // namespace

const Kernel kDepthwiseF32{"depthwise_f32", accepts_depthwise_f32, scratch_depthwise_f32, emit_depthwise_f32};
const Kernel kDepthwiseU8{"depthwise_u8", accepts_depthwise_u8, scratch_depthwise_u8, emit_depthwise_u8};

}  // namespace mtc::cpu
