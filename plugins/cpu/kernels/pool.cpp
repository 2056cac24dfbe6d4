// SPDX-License-Identifier: Apache-2.0
//
// Max and average pooling over NHWC images, float and integer.
#include <fmt/format.h>

#include "plugins/cpu/emit/literal.hpp"
#include "plugins/cpu/kernels/kernel.hpp"
#include "plugins/cpu/kernels/requantize.hpp"
#include "plugins/cpu/kernels/text_pattern.hpp"

namespace mtc::cpu {
namespace {

constexpr std::string_view kStructText = R"(struct pool {
  int32_t in_h, in_w, out_h, out_w, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, top, left;
  int32_t channels, count_padding;
};

/* Input row or column of tap `tap` of output `at`; -1 outside of the image. */
static inline int32_t pool_index(int32_t at, int32_t tap, int32_t stride, int32_t dilation, int32_t before,
                                 int32_t extent) {
  const int32_t index = at * stride + tap * dilation - before;
  return index < 0 || index >= extent ? -1 : index;
}
)";

/// TYPE, LEAST and NAME are replaced.
constexpr std::string_view kMaxText =
    R"(static void NAME(const struct pool* s, const TYPE* restrict x, TYPE* restrict y) {
  for (int32_t i = 0; i < s->out_h; i++) {
    for (int32_t j = 0; j < s->out_w; j++, y += s->channels) {
      for (int32_t c = 0; c < s->channels; c++) y[c] = LEAST;
      for (int32_t u = 0; u < s->kernel_h; u++) {
        const int32_t row = pool_index(i, u, s->stride_h, s->dilation_h, s->top, s->in_h);
        for (int32_t v = 0; row >= 0 && v < s->kernel_w; v++) {
          const int32_t column = pool_index(j, v, s->stride_w, s->dilation_w, s->left, s->in_w);
          if (column < 0) continue;
          const TYPE* tap = x + ((size_t)row * (size_t)s->in_w + (size_t)column) * (size_t)s->channels;
          for (int32_t c = 0; c < s->channels; c++) y[c] = tap[c] > y[c] ? tap[c] : y[c];
        }
      }
    }
  }
}
)";

/// The body of the averages; TYPE, SUM, VALUE, OUT and STORE are replaced.
constexpr std::string_view kAverageText = R"(
  for (int32_t i = 0; i < s->out_h; i++) {
    for (int32_t j = 0; j < s->out_w; j++, y += s->channels) {
      for (int32_t first = 0; first < s->channels; first += 64) {
        const int32_t channels = s->channels - first < 64 ? s->channels - first : 64;
        SUM sum[64] = {0};
        int32_t count = 0;
        for (int32_t u = 0; u < s->kernel_h; u++) {
          const int32_t row = pool_index(i, u, s->stride_h, s->dilation_h, s->top, s->in_h);
          for (int32_t v = 0; row >= 0 && v < s->kernel_w; v++) {
            const int32_t column = pool_index(j, v, s->stride_w, s->dilation_w, s->left, s->in_w);
            if (column < 0) continue;
            const TYPE* tap = x + ((size_t)row * (size_t)s->in_w + (size_t)column) * (size_t)s->channels + first;
            for (int32_t c = 0; c < channels; c++) sum[c] += VALUE;
            count++;
          }
        }
        if (s->count_padding) count = s->kernel_h * s->kernel_w;
        STORE
      }
    }
  }
}
)";

std::string max_text(std::string_view name, std::string_view type, std::string_view least) {
  return replaced(replaced(replaced(std::string(kMaxText), "NAME", name), "TYPE", type), "LEAST", least);
}

std::string average_text(std::string_view head, std::string_view type, std::string_view sum,
                         std::string_view value, std::string_view store) {
  const std::string body = replaced(replaced(std::string(kAverageText), "TYPE", type), "SUM", sum);
  return std::string(head) + replaced(replaced(body, "VALUE", value), "STORE", store);
}

std::string_view average_f32_text() {
  static const std::string text = average_text(
      "static void average_f32(const struct pool* s, const float* restrict x, float* restrict y) {", "float",
      "float", "tap[c]", "for (int32_t c = 0; c < channels; c++) y[first + c] = sum[c] / (float)count;");
  return text;
}

std::string_view average_u8_text() {
  static const std::string text = average_text(
      "static void average_u8(const struct pool* s, const uint8_t* restrict x, int32_t in_zero, float "
      "in_scale,\n"
      "                       float out_scale, float low, float high, int32_t zero, uint8_t* y) {",
      "uint8_t", "int32_t", "tap[c] - in_zero",
      "const float divisor = out_scale * (float)count;\n"
      "        const float scale = in_scale / divisor;\n"
      "        for (int32_t c = 0; c < channels; c++) {\n"
      "          y[first + c] = requantize((float)sum[c] * scale, low, high, zero);\n        }");
  return text;
}

std::string_view average_u8_f32_text() {
  static const std::string text = average_text(
      "static void average_u8_f32(const struct pool* s, const uint8_t* restrict x, int32_t in_zero, float "
      "in_scale,\n"
      "                           float* y) {",
      "uint8_t", "int32_t", "tap[c] - in_zero",
      "const float scale = in_scale / (float)count;\n"
      "        for (int32_t c = 0; c < channels; c++) y[first + c] = (float)sum[c] * scale;");
  return text;
}

std::string pool_struct(const Pool& pool) {
  const Window& w = pool.window;
  return fmt::format("&(const struct pool){{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}}", w.in_h,
                     w.in_w, w.out_h, w.out_w, w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h,
                     w.dilation_w, w.pad_top, w.pad_left, pool.channels, pool.count_padding ? 1 : 0);
}

template <Pool::Kind kind, Type type>
bool accepts(const Program& program, const Layer& layer) {
  const auto* pool = std::get_if<Pool>(&layer.op);
  return pool != nullptr && pool->kind == kind && program.tensors[layer.inputs[0]].type == type;
}

void emit_max_f32(Emitter& emitter, const Layer& layer) {
  static const std::string text = max_text("max_f32", "float", "-INFINITY");
  emitter.need(kStructText);
  emitter.need(text);
  emitter.statement(fmt::format("max_f32({}, {}, {})", pool_struct(std::get<Pool>(layer.op)),
                                emitter.read(layer.inputs[0]), emitter.write(layer.output)));
}

void emit_max_u8(Emitter& emitter, const Layer& layer) {
  static const std::string text = max_text("max_u8", "uint8_t", "0");
  emitter.need(kStructText);
  emitter.need(text);
  emitter.statement(fmt::format("max_u8({}, {}, {})", pool_struct(std::get<Pool>(layer.op)),
                                emitter.read(layer.inputs[0]), emitter.write(layer.output)));
}

void emit_average_f32(Emitter& emitter, const Layer& layer) {
  emitter.need(kStructText);
  emitter.need(average_f32_text());
  emitter.statement(fmt::format("average_f32({}, {}, {})", pool_struct(std::get<Pool>(layer.op)),
                                emitter.read(layer.inputs[0]), emitter.write(layer.output)));
}

void emit_average_u8(Emitter& emitter, const Layer& layer) {
  const Pool& pool = std::get<Pool>(layer.op);
  const Quant in = emitter.tensor(layer.inputs[0]).quant;
  const Tensor& output = emitter.tensor(layer.output);
  emitter.need(kStructText);
  const std::string head = fmt::format("{}, {}, {}, {}", pool_struct(pool), emitter.read(layer.inputs[0]),
                                       in.zero_point, c_float(in.scale));
  if (output.type == Type::f32) {
    emitter.need(average_u8_f32_text());
    emitter.statement(fmt::format("average_u8_f32({}, {})", head, emitter.write(layer.output)));
    return;
  }
  emitter.need(kRequantizeText);
  emitter.need(average_u8_text());
  emitter.statement(fmt::format("average_u8({}, {}, {}, {})", head, c_float(output.quant.scale),
                                requantize_arguments(pool.q_low, pool.q_high, output.quant),
                                emitter.write(layer.output)));
}

}  // namespace

const Kernel kMaxPoolF32{"max_f32", accepts<Pool::Kind::max, Type::f32>, no_scratch, emit_max_f32};
const Kernel kMaxPoolU8{"max_u8", accepts<Pool::Kind::max, Type::u8>, no_scratch, emit_max_u8};
const Kernel kAveragePoolF32{"average_f32", accepts<Pool::Kind::average, Type::f32>, no_scratch,
                             emit_average_f32};
const Kernel kAveragePoolU8{"average_u8", accepts<Pool::Kind::average, Type::u8>, no_scratch,
                            emit_average_u8};

}  // namespace mtc::cpu
