// SPDX-License-Identifier: Apache-2.0
//
// Add of uint8 tensors with broadcasting: ((a - za) * sa + (b - zb) * sb) / sy in float32, in this order.
#include <fmt/format.h>

#include "plugins/cpu/emit/literal.hpp"
#include "plugins/cpu/kernels/binary.hpp"
#include "plugins/cpu/kernels/kernel.hpp"
#include "plugins/cpu/kernels/requantize.hpp"

namespace mtc::cpu {
namespace {

constexpr std::string_view kValueText = R"(struct add_u8 {
  int32_t a_zero, b_zero;
  float a_scale, b_scale, scale, low, high;
  int32_t zero;
};

static inline uint8_t add_u8_value(uint8_t a, uint8_t b, const struct add_u8* q) {
  const float left = (float)(a - q->a_zero) * q->a_scale;
  const float right = (float)(b - q->b_zero) * q->b_scale;
  const float sum = left + right;
  return requantize(sum / q->scale, q->low, q->high, q->zero);
}

#if defined(__SSE2__)
/* Four of the bytes, widened to int16, as real values; `high`: the upper four. */
static inline __m128 add_u8_real(__m128i wide, int high, int32_t zero, float scale) {
  const __m128i none = _mm_setzero_si128();
  const __m128i four = high ? _mm_unpackhi_epi16(wide, none) : _mm_unpacklo_epi16(wide, none);
  return _mm_mul_ps(_mm_cvtepi32_ps(_mm_sub_epi32(four, _mm_set1_epi32(zero))), _mm_set1_ps(scale));
}

static inline __m128i add_u8_4(__m128i a, __m128i b, int high, const struct add_u8* q) {
  const __m128 sum = _mm_add_ps(add_u8_real(a, high, q->a_zero, q->a_scale),
                                add_u8_real(b, high, q->b_zero, q->b_scale));
  return requantize_4(_mm_div_ps(sum, _mm_set1_ps(q->scale)), _mm_set1_ps(q->low), _mm_set1_ps(q->high),
                      _mm_set1_epi32(q->zero));
}

static int32_t add_u8_blocks(int32_t count, const uint8_t* a, const uint8_t* b, const struct add_u8* q, uint8_t* y) {
  const __m128i none = _mm_setzero_si128();
  int32_t n = 0;
  for (; n + 16 <= count; n += 16) {
    const __m128i left = _mm_loadu_si128((const __m128i*)(const void*)(a + n));
    const __m128i right = _mm_loadu_si128((const __m128i*)(const void*)(b + n));
    const __m128i a0 = _mm_unpacklo_epi8(left, none), a1 = _mm_unpackhi_epi8(left, none);
    const __m128i b0 = _mm_unpacklo_epi8(right, none), b1 = _mm_unpackhi_epi8(right, none);
    pack_16(add_u8_4(a0, b0, 0, q), add_u8_4(a0, b0, 1, q), add_u8_4(a1, b1, 0, q), add_u8_4(a1, b1, 1, q), y + n);
  }
  return n;
}
#else
static int32_t add_u8_blocks(int32_t count, const uint8_t* a, const uint8_t* b, const struct add_u8* q, uint8_t* y) {
  (void)count, (void)a, (void)b, (void)q, (void)y;
  return 0;
}
#endif

KERNEL void add_u8(const struct binary* s, const uint8_t* a, const uint8_t* b, const struct add_u8* q, uint8_t* y) {
  for (int32_t i = 0; i < s->extent[0]; i++) {
    for (int32_t j = 0; j < s->extent[1]; j++) {
      for (int32_t k = 0; k < s->extent[2]; k++) {
        const uint8_t* left = a + i * s->a[0] + j * s->a[1] + k * s->a[2];
        const uint8_t* right = b + i * s->b[0] + j * s->b[1] + k * s->b[2];
        int32_t n = s->a[3] == 1 && s->b[3] == 1 ? add_u8_blocks(s->extent[3], left, right, q, y) : 0;
        for (; n < s->extent[3]; n++) y[n] = add_u8_value(left[n * s->a[3]], right[n * s->b[3]], q);
        y += s->extent[3];
      }
    }
  }
}
)";

bool accepts_add_u8(const Program& program, const Layer& layer) {
  const auto* binary = std::get_if<Binary>(&layer.op);
  return binary != nullptr && binary->kind == Binary::Kind::add &&
         program.tensors[layer.output].type == Type::u8;
}

void emit_add_u8(Emitter& emitter, const Layer& layer) {
  const Binary& binary = std::get<Binary>(layer.op);
  const Quant left = emitter.tensor(layer.inputs[0]).quant;
  const Quant right = emitter.tensor(layer.inputs[1]).quant;
  const Quant made = emitter.tensor(layer.output).quant;
  for (const auto text : {kRequantizeText, kRequantize16Text, kBinaryStructText, kValueText})
    emitter.need(text);
  const auto a = emitter.read(layer.inputs[0]);
  const auto b = emitter.read(layer.inputs[1]);
  emitter.statement(fmt::format(
      "add_u8({}, {}, {}, &(const struct add_u8){{{}, {}, {}, {}, {}, {}}}, {})", binary_struct(binary), a, b,
      left.zero_point, right.zero_point, c_float(left.scale), c_float(right.scale), c_float(made.scale),
      requantize_arguments(binary.q_low, binary.q_high, made), emitter.write(layer.output)));
}

}  // namespace

const Kernel kAddU8{"add_u8", accepts_add_u8, no_scratch, emit_add_u8};

}  // namespace mtc::cpu
