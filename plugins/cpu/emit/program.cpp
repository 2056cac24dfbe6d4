// SPDX-License-Identifier: Apache-2.0
//
// model.c and model.h.
#include "plugins/cpu/emit/program.hpp"

#include <fmt/format.h>

#include "plugins/cpu/emit/emitter.hpp"
#include "plugins/cpu/emit/literal.hpp"
#include "plugins/cpu/kernels/kernel.hpp"

namespace mtc::cpu {
namespace {

constexpr std::string_view kHeader =
    R"(/* A neural network as C11: inputs in, outputs out, no allocation, no global state. Needs memcpy and memset.
 *
 *   static _Alignas(64) unsigned char arena[MTC_MODEL_ARENA_BYTES];
 *   const void* inputs[MTC_MODEL_INPUTS] = {image};
 *   void* outputs[MTC_MODEL_OUTPUTS] = {scores};
 *   mtc_model_run(inputs, outputs, arena);
 *
 * Tensors are dense and row-major in the order of the ONNX model's axes, batch 1.
 */
#ifndef MTC_MODEL_H
#define MTC_MODEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

)";

constexpr std::string_view kInterface = R"(
typedef struct mtc_model_tensor {
  const char* name; /* UTF-8 */
  uint32_t bits;    /* 32: float; 8: uint8_t */
  uint32_t rank;
  int64_t shape[8];
} mtc_model_tensor;

/* Number of inputs and outputs, and their description; NULL when `index` is out of range. */
uint32_t mtc_model_input_count(void);
uint32_t mtc_model_output_count(void);
const mtc_model_tensor* mtc_model_input(uint32_t index);
const mtc_model_tensor* mtc_model_output(uint32_t index);

/* Bytes of working memory of a run: MTC_MODEL_ARENA_BYTES. */
size_t mtc_model_arena_bytes(void);

/* One inference. inputs[i] and outputs[i] point to the elements of each tensor, `arena` to working memory that is
 * aligned to 64 bytes; it holds nothing between runs. Runs with separate arenas may go on at the same time. */
void mtc_model_run(const void* const* inputs, void* const* outputs, void* arena);

#ifdef MTC_TRACE
/* Called after each layer with its result: layout 0 is row-major, 1 has axis 1 of four behind the others (NHWC). */
extern void (*mtc_model_trace)(const char* name, int bits, int layout, size_t elements, const void* data);
#endif

#ifdef __cplusplus
}
#endif

#endif
)";

constexpr std::string_view kPrologue = R"(#include "model.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if FLT_EVAL_METHOD != 0
#error "float arithmetic must be in single precision: on 32-bit x86 compile with -msse2 -mfpmath=sse"
#endif

/* A function of its own: gcc 12 spills the accumulators of the integer kernels where it inlines or specialises them. */
#if defined(__clang__)
#define KERNEL static __attribute__((noinline))
#elif defined(__GNUC__)
#define KERNEL static __attribute__((noinline, noclone))
#else
#define KERNEL static
#endif

#ifdef MTC_TRACE
void (*mtc_model_trace)(const char* name, int bits, int layout, size_t elements, const void* data);
#define TRACE(name, bits, layout, elements, data) \
  if (mtc_model_trace != NULL) mtc_model_trace(name, bits, layout, elements, data)
#else
#define TRACE(name, bits, layout, elements, data) ((void)0)
#endif

)";

constexpr std::string_view kAccessors = R"(
uint32_t mtc_model_input_count(void) { return MTC_MODEL_INPUTS; }
uint32_t mtc_model_output_count(void) { return MTC_MODEL_OUTPUTS; }

const mtc_model_tensor* mtc_model_input(uint32_t index) {
  return index < MTC_MODEL_INPUTS ? &model_inputs[index] : NULL;
}

const mtc_model_tensor* mtc_model_output(uint32_t index) {
  return index < MTC_MODEL_OUTPUTS ? &model_outputs[index] : NULL;
}

size_t mtc_model_arena_bytes(void) { return MTC_MODEL_ARENA_BYTES; }

)";

std::string shape_list(const Shape& shape) { return fmt::format("{}", fmt::join(shape, ", ")); }

std::string sizes(const Program& program, const char* kind, const std::vector<std::size_t>& tensors) {
  std::string text = fmt::format("#define MTC_MODEL_{}S {}\n", kind, tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& tensor = program.tensors[tensors[i]];
    text += fmt::format("#define MTC_MODEL_{}_{}_ELEMENTS {} /* {}: {} [{}] */\n", kind, i,
                        elements(tensor.shape), c_comment(tensor.name),
                        tensor.type == Type::f32 ? "float" : "uint8_t", shape_list(tensor.shape));
  }
  return text;
}

std::string header(const Program& program, std::size_t arena_bytes) {
  return std::string(kHeader) + sizes(program, "INPUT", program.inputs) +
         sizes(program, "OUTPUT", program.outputs) +
         fmt::format("#define MTC_MODEL_ARENA_BYTES {}\n", arena_bytes) + std::string(kInterface);
}

std::string tensor_table(const Program& program, const char* name, const std::vector<std::size_t>& tensors) {
  std::string text = fmt::format("static const mtc_model_tensor {}[] = {{\n", name);
  for (const auto id : tensors) {
    const Tensor& tensor = program.tensors[id];
    const std::string shape = tensor.shape.empty() ? "0" : shape_list(tensor.shape);
    text += fmt::format("    {{{}, {}, {}, {{{}}}}},\n", c_string(tensor.name),
                        tensor.type == Type::f32 ? 32 : 8, tensor.shape.size(), shape);
  }
  return text + "};\n";
}

Result<void> check_ranks(const Program& program) {
  for (const auto* list : {&program.inputs, &program.outputs}) {
    for (const auto id : *list) {
      if (program.tensors[id].shape.size() > MTC_MAX_RANK) {
        return Error{Code::unimplemented, "target cpu does not support inputs and outputs of a rank over 8",
                     program.tensors[id].name, "reshape the tensor"};
      }
    }
  }
  if (program.inputs.empty() || program.outputs.empty()) {
    return Error{Code::unimplemented,
                 "target cpu does not support models without inputs or outputs",
                 {},
                 "give the model an input and an output"};
  }
  return {};
}

}  // namespace

Result<Source> emit_program(const Program& program) {
  MTC_TRY(check_ranks(program));
  std::vector<const Kernel*> kernels;
  std::vector<std::size_t> scratch;
  for (const auto& layer : program.layers) {
    const auto* kernel = select_kernel(program, layer);
    if (kernel == nullptr) {
      return Error{
          Code::internal, "no kernel computes this layer", layer.node, "report this as a bug", false, true};
    }
    kernels.push_back(kernel);
    scratch.push_back(kernel->scratch_bytes(program, layer));
  }
  MemoryPlan plan = plan_memory(program, scratch);
  plan.arena_bytes = std::max(plan.arena_bytes, kAlignment);
  Emitter emitter(program, plan);
  for (std::size_t i = 0; i < program.layers.size(); ++i) {
    emitter.begin_layer(i);
    kernels[i]->emit(emitter, program.layers[i]);
    emitter.end_layer();
  }
  Source source;
  source.arena_bytes = plan.arena_bytes;
  source.constant_bytes = emitter.constant_bytes();
  source.model_h = header(program, plan.arena_bytes);
  source.model_c = "/* Generated by mtc " MTC_VERSION "; see model.h. */\n" + std::string(kPrologue) +
                   emitter.functions() + "/* ---- Weights and tables ---- */\n\n" + emitter.constants() +
                   "\n" + tensor_table(program, "model_inputs", program.inputs) +
                   tensor_table(program, "model_outputs", program.outputs) + std::string(kAccessors) +
                   "void mtc_model_run(const void* const* inputs, void* const* outputs, void* memory) {\n"
                   "  unsigned char* const arena = memory;\n  (void)arena;\n" +
                   emitter.body() + "}\n";
  return source;
}

}  // namespace mtc::cpu
