// SPDX-License-Identifier: Apache-2.0
//
// QuantizeLinear, DequantizeLinear and tables between uint8 tensors.
#include <fmt/format.h>

#include "plugins/cpu/emit/literal.hpp"
#include "plugins/cpu/kernels/kernel.hpp"
#include "plugins/cpu/kernels/requantize.hpp"

namespace mtc::cpu {
namespace {

constexpr std::string_view kQuantizeText =
    R"(static void quantize(size_t count, const float* x, float scale, float low, float high, int32_t zero, uint8_t* y) {
  size_t done = 0;
#if defined(__SSE2__)
  const __m128 divisor = _mm_set1_ps(scale), least = _mm_set1_ps(low), most = _mm_set1_ps(high);
  const __m128i z = _mm_set1_epi32(zero);
  done = count / 16 * 16;
  for (size_t i = 0; i < done; i += 16) {
    pack_16(requantize_4(_mm_div_ps(_mm_loadu_ps(x + i), divisor), least, most, z),
            requantize_4(_mm_div_ps(_mm_loadu_ps(x + i + 4), divisor), least, most, z),
            requantize_4(_mm_div_ps(_mm_loadu_ps(x + i + 8), divisor), least, most, z),
            requantize_4(_mm_div_ps(_mm_loadu_ps(x + i + 12), divisor), least, most, z), y + i);
  }
#endif
  for (size_t i = done; i < count; i++) y[i] = requantize(x[i] / scale, low, high, zero);
}
)";

constexpr std::string_view kDequantizeText =
    R"(static void dequantize(size_t count, const uint8_t* x, int32_t zero, float scale, float* y) {
  for (size_t i = 0; i < count; i++) y[i] = (float)(x[i] - zero) * scale;
}
)";

constexpr std::string_view kLookupText =
    R"(static void lookup(size_t count, const uint8_t* x, const uint8_t* table, uint8_t* y) {
  for (size_t i = 0; i < count; i++) y[i] = table[x[i]];
}
)";

template <class Op>
bool accepts(const Program&, const Layer& layer) {
  return std::holds_alternative<Op>(layer.op);
}

void emit_quantize(Emitter& emitter, const Layer& layer) {
  const Tensor& output = emitter.tensor(layer.output);
  for (const auto text : {kRequantizeText, kRequantize16Text, kQuantizeText}) emitter.need(text);
  emitter.statement(fmt::format("quantize({}, {}, {}, {}, {})", elements(output.shape),
                                emitter.read(layer.inputs[0]), c_float(output.quant.scale),
                                requantize_arguments(0, 255, output.quant), emitter.write(layer.output)));
}

void emit_dequantize(Emitter& emitter, const Layer& layer) {
  const Quant quant = emitter.tensor(layer.inputs[0]).quant;
  emitter.need(kDequantizeText);
  emitter.statement(fmt::format("dequantize({}, {}, {}, {}, {})",
                                elements(emitter.tensor(layer.output).shape), emitter.read(layer.inputs[0]),
                                quant.zero_point, c_float(quant.scale), emitter.write(layer.output)));
}

void emit_lookup(Emitter& emitter, const Layer& layer) {
  emitter.need(kLookupText);
  const std::span<const std::uint8_t> values(std::get<Lookup>(layer.op).table);
  const auto table = emitter.constant(values);
  emitter.statement(fmt::format("lookup({}, {}, {}, {})", elements(emitter.tensor(layer.output).shape),
                                emitter.read(layer.inputs[0]), table, emitter.write(layer.output)));
}

}  // namespace

const Kernel kQuantize{"quantize", accepts<Quantize>, no_scratch, emit_quantize};
const Kernel kDequantize{"dequantize", accepts<Dequantize>, no_scratch, emit_dequantize};
const Kernel kLookup{"lookup", accepts<Lookup>, no_scratch, emit_lookup};

}  // namespace mtc::cpu
