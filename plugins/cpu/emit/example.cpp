// SPDX-License-Identifier: Apache-2.0
//
// main.c, which shows how a program calls the model and proves that it was built right, and the README.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "plugins/cpu/emit/literal.hpp"
#include "plugins/cpu/emit/program.hpp"

namespace mtc::cpu {
namespace {

constexpr std::string_view kMainHead =
    R"(/* Runs the model on made-up inputs, prints the first values of each output and compares them with those that the
 * build machine got. Exit code 0 when they agree. */
#include <math.h>
#include <stdio.h>

#include "model.h"

static uint32_t hash(uint32_t input, uint32_t i) { return (i + 7919u * input + 1u) * 2654435761u; }

static _Alignas(64) unsigned char arena[MTC_MODEL_ARENA_BYTES];
)";

constexpr std::string_view kMainCheck = R"(
static int check(uint32_t output, uint32_t i, double value, double expected) {
  printf("output %u [%u] = %.5g\n", (unsigned)output, (unsigned)i, value);
  if (fabs(value - expected) <= 1e-5 + 1e-4 * fabs(expected)) return 0;
  printf("  expected %.5g\n", expected);
  return 1;
}
)";

std::string c_type(const Tensor& tensor) { return tensor.type == Type::f32 ? "float" : "uint8_t"; }

std::string names(const std::string& prefix, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += fmt::format("{}{}{}", i == 0 ? "" : ", ", prefix, i);
  return text;
}

std::string fill_input(const Tensor& tensor, std::size_t i) {
  const std::string value =
      tensor.type == Type::f32 ? "(float)(h >> 16) / 32768.0f - 1.0f" : "(uint8_t)(h >> 24)";
  return fmt::format(
      "  for (uint32_t i = 0; i < MTC_MODEL_INPUT_{0}_ELEMENTS; i++) {{\n    const uint32_t h = hash({0}, "
      "i);\n"
      "    input_{0}[i] = {1};\n  }}\n",
      i, value);
}

std::string shape_text(const Tensor& tensor) { return fmt::format("[{}]", fmt::join(tensor.shape, ", ")); }

std::string io_list(const Program& program, const std::vector<std::size_t>& tensors) {
  std::string text;
  for (const auto id : tensors) {
    const Tensor& tensor = program.tensors[id];
    text += fmt::format("- `{}`: {} {}\n", tensor.name, c_type(tensor), shape_text(tensor));
  }
  return text;
}

}  // namespace

std::uint32_t test_hash(std::size_t input, std::size_t i) {
  return (static_cast<std::uint32_t>(i) + 7919U * static_cast<std::uint32_t>(input) + 1U) * 2654435761U;
}

std::string emit_main(const Program& program, const TestVector& expected) {
  std::string text(kMainHead);
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    text += fmt::format("static {} input_{}[MTC_MODEL_INPUT_{}_ELEMENTS];\n",
                        c_type(program.tensors[program.inputs[i]]), i, i);
  }
  for (std::size_t i = 0; i < program.outputs.size(); ++i) {
    text += fmt::format("static {} output_{}[MTC_MODEL_OUTPUT_{}_ELEMENTS];\n",
                        c_type(program.tensors[program.outputs[i]]), i, i);
    text += fmt::format("static const float expected_{}[] = {{\n", i);
    for (const float value : expected.outputs[i]) text += "    " + c_float(value) + ",\n";
    text += "};\n";
  }
  text += std::string(kMainCheck) + "\nint main(void) {\n";
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    text += fill_input(program.tensors[program.inputs[i]], i);
  }
  text += fmt::format("  const void* inputs[] = {{{}}};\n  void* outputs[] = {{{}}};\n",
                      names("input_", program.inputs.size()), names("output_", program.outputs.size()));
  text += "  mtc_model_run(inputs, outputs, arena);\n\n  int wrong = 0;\n";
  for (std::size_t i = 0; i < program.outputs.size(); ++i) {
    text += fmt::format(
        "  for (uint32_t i = 0; i < {1}; i++) wrong += check({0}, i, (double)output_{0}[i], "
        "(double)expected_{0}[i]);\n",
        i, expected.outputs[i].size());
  }
  return text +
         "  printf(wrong == 0 ? \"as expected\\n\" : \"not as expected\\n\");\n  return wrong != 0;\n}\n";
}

std::string emit_expected(const Program& program, const TestVector& expected) {
  std::string text;
  for (std::size_t output = 0; output < program.outputs.size(); ++output) {
    const auto& values = expected.outputs[output];
    for (std::size_t i = 0; i < values.size(); ++i) {
      text += fmt::format("output {} [{}] = {:.5g}\n", output, i, static_cast<double>(values[i]));
    }
  }
  return text + "as expected\n";
}

std::string emit_readme(const Program& program, const Source& source, const std::string& target,
                        const std::vector<std::string>& flags, const std::string& expected) {
  const auto is_integer = [&](const Layer& layer) {
    return program.tensors[layer.inputs[0]].type == Type::u8;
  };
  const auto integer = std::ranges::count_if(program.layers, is_integer);
  std::string text = fmt::format(
      "# A model as C\n\nGenerated for target `{}`. `model.c` and `model.h` are the whole model: C11, libc, "
      "no allocation,\nno "
      "global state. `model.so` is the same, compiled here.\n\nInputs\n\n{}\nOutputs\n\n{}\n",
      target, io_list(program, program.inputs), io_list(program, program.outputs));
  text += fmt::format(
      "- arithmetic: {}\n- layers: {}, of which {} read 8-bit integers\n- working memory: {} bytes\n"
      "- weights and tables: {} bytes\n\n",
      program.scheme.empty() ? "float" : "scheme `" + program.scheme + "`", program.layers.size(), integer,
      source.arena_bytes, source.constant_bytes);
  text += "## Build and check\n\n```sh\ncc -std=c11 -Wall -Werror model.c main.c -o main && ./main\n```\n\n";
  text += fmt::format("Fast, as `model.so` was built:\n\n```sh\ncc {} model.c main.c -o main\n```\n\n",
                      fmt::join(flags, " "));
  text +=
      "Any C11 compiler and any flags that keep IEEE arithmetic (never `-ffast-math` or `-Ofast`) give the "
      "same bits.\n`main` prints (file `expected.txt`):\n\n```\n" +
      expected + "```\n\n";
  return text +
         "## Use\n\nThe interface is described in `model.h`; `main.c` is a complete example. Compiled with "
         "`-DMTC_TRACE`, the model\nhands every layer's result to `mtc_model_trace`.\n";
}

}  // namespace mtc::cpu
