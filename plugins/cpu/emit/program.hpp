// SPDX-License-Identifier: Apache-2.0
//
// A program as C files: model.c and model.h stand alone and need a C11 compiler and libc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mtc/result.hpp"
#include "plugins/cpu/lower/ir.hpp"

namespace mtc::cpu {

struct Source {
  std::string model_c;
  std::string model_h;
  std::size_t arena_bytes = 0;     ///< Working memory of a run.
  std::size_t constant_bytes = 0;  ///< Weights and tables.
};

/// Chooses a kernel for each layer, plans memory and writes the files.
/// Errors: internal when no kernel accepts a layer; unimplemented for inputs or outputs of a rank over 8.
Result<Source> emit_program(const Program& program);

/// What the compiled model made of `test_input`: the first values of each output.
struct TestVector {
  std::vector<std::vector<float>> outputs;
};
/// Values of each output that a test vector keeps.
constexpr std::size_t kTestValues = 32;

/// Element `i` of input `input` of the test vector, the same in main.c: (hash >> 16) / 32768 - 1 in [-1, 1)
/// for float.
std::uint32_t test_hash(std::size_t input, std::size_t i);

/// The file main.c: runs the test vector, prints the first values of every output, compares them.
std::string emit_main(const Program& program, const TestVector& expected);
/// What main.c prints.
std::string emit_expected(const Program& program, const TestVector& expected);
/// The file README.md. `flags`: those that the artifact's model.so was compiled with.
std::string emit_readme(const Program& program, const Source& source, const std::string& target,
                        const std::vector<std::string>& flags, const std::string& expected);

}  // namespace mtc::cpu
