// SPDX-License-Identifier: Apache-2.0
//
// Softmax in float: exp(x - max) / sum.
#include <fmt/format.h>

#include "plugins/cpu/kernels/exponential.hpp"
#include "plugins/cpu/kernels/kernel.hpp"

namespace mtc::cpu {
namespace {

constexpr std::string_view kText =
    R"(static void softmax_f32(size_t outer, size_t length, size_t inner, const float* x, float* y) {
  for (size_t i = 0; i < outer; i++, x += length * inner, y += length * inner) {
    for (size_t j = 0; j < inner; j++) {
      float largest = x[j];
      for (size_t k = 1; k < length; k++) largest = x[k * inner + j] > largest ? x[k * inner + j] : largest;
      float sum = 0.0f;
      for (size_t k = 0; k < length; k++) {
        const float value = exp_value(x[k * inner + j] - largest);
        y[k * inner + j] = value;
        sum += value;
      }
      for (size_t k = 0; k < length; k++) y[k * inner + j] /= sum;
    }
  }
}
)";

bool accepts_softmax(const Program&, const Layer& layer) { return std::holds_alternative<Softmax>(layer.op); }

void emit_softmax(Emitter& emitter, const Layer& layer) {
  const Softmax& softmax = std::get<Softmax>(layer.op);
  emitter.need(kExpText);
  emitter.need(kText);
  emitter.statement(fmt::format("softmax_f32({}, {}, {}, {}, {})", softmax.outer, softmax.length,
                                softmax.inner, emitter.read(layer.inputs[0]), emitter.write(layer.output)));
}

}  // namespace

const Kernel kSoftmax{"softmax_f32", accepts_softmax, no_scratch, emit_softmax};

}  // namespace mtc::cpu
