// SPDX-License-Identifier: Apache-2.0
//
// Load, lower, emit, compile, run once for the test vector.
#include "plugins/cpu/compile.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include <onnx/onnx_pb.h>

#include "plugins/cpu/emit/program.hpp"
#include "plugins/cpu/lower/lower.hpp"
#include "plugins/cpu/session.hpp"
#include "plugins/support/onnx/model.hpp"

namespace mtc::cpu {
namespace {

constexpr std::size_t kShownOutput = 2000;  ///< Characters of the compiler's output in an error.
constexpr const char* kDiskFull = "No space left on device";

Result<void> write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.flush();
  if (!stream)
    return Error{Code::resource_exhausted, "cannot write the file", path.string(), "check free space"};
  return {};
}

Result<void> check_scheme(const onnx::ModelProto& model, const CompileOptions& options,
                          const std::string& path) {
  const auto metadata = model::metadata(model);
  const auto scheme = metadata.find("mtc.quant.scheme");
  if (scheme == metadata.end() || scheme->second == options.scheme) return {};
  return Error{Code::invalid_argument,
               "the model is quantized with scheme " + scheme->second + ", but target " + options.target +
                   " accepts " +
                   (options.scheme.empty() ? std::string("float models alone") : options.scheme),
               path, "quantize the model with target = \"" + options.target + "\""};
}

Result<void> compile_c(const std::string& folder, const CompileOptions& options, const RunTool& run_tool) {
  std::vector<std::string> argv = {"cc"};
  argv.insert(argv.end(), options.flags.begin(), options.flags.end());
  for (const char* argument : {"-fPIC", "-shared", "-o", "model.so", "model.c"}) argv.emplace_back(argument);
  MTC_ASSIGN(const auto result, run_tool(argv, folder));
  if (result.exit_code == 0) return {};
  const std::string shown = result.output.substr(0, kShownOutput);
  if (result.output.find(kDiskFull) != std::string::npos)
    return Error{Code::resource_exhausted, "the C compiler cannot write: " + shown, folder,
                 "free space there and in the folder for temporary files (TMPDIR, else /tmp)", true};
  return Error{Code::failed_precondition,
               "the C compiler ended with exit code " + std::to_string(result.exit_code) + ": " + shown,
               "cc",
               "check that cc works and knows the target's flags",
               false,
               false};
}

/// Whether this CPU has the instructions that `flags` allow the compiler.
bool runs_here([[maybe_unused]] const std::vector<std::string>& flags) {
#if defined(__x86_64__)
  for (const auto& flag : flags) {
    if (flag == "-march=x86-64-v2" && __builtin_cpu_supports("x86-64-v2") == 0) return false;
    if (flag == "-march=x86-64-v3" && __builtin_cpu_supports("x86-64-v3") == 0) return false;
    if (flag == "-march=x86-64-v4" && __builtin_cpu_supports("x86-64-v4") == 0) return false;
  }
#endif
  return true;
}

/// Fills the test vector's inputs, runs the compiled model and keeps the first values of each output.
Result<TestVector> run_test_vector(const std::string& folder) {
  MTC_ASSIGN(const auto session, open_artifact(folder));
  const auto make = [](const sdk::Io& io, std::vector<std::byte>& data) {
    std::size_t bytes = io.dtype.bits / 8U;
    for (const auto extent : io.shape) bytes *= static_cast<std::size_t>(extent);
    data.resize(bytes);
    mtc_tensor tensor{};
    tensor.struct_size = sizeof tensor;
    tensor.dtype = io.dtype;
    tensor.rank = static_cast<std::uint32_t>(io.shape.size());
    tensor.shape = io.shape.data();
    tensor.data = data.data();
    tensor.bytes = tensor.capacity = bytes;
    return tensor;
  };
  std::vector<std::vector<std::byte>> input_data(session->inputs().size()),
      output_data(session->outputs().size());
  std::vector<mtc_tensor> inputs, outputs;
  for (std::size_t n = 0; n < input_data.size(); ++n) {
    inputs.push_back(make(session->inputs()[n], input_data[n]));
    const bool real = session->inputs()[n].dtype.bits == 32;
    for (std::size_t i = 0; i < input_data[n].size() / (real ? sizeof(float) : 1); ++i) {
      const std::uint32_t hash = test_hash(n, i);
      const float value = static_cast<float>(hash >> 16U) / 32768.0F - 1.0F;
      if (real) std::memcpy(input_data[n].data() + i * sizeof value, &value, sizeof value);
      if (!real) input_data[n][i] = static_cast<std::byte>(hash >> 24U);
    }
  }
  for (std::size_t n = 0; n < output_data.size(); ++n) {
    outputs.push_back(make(session->outputs()[n], output_data[n]));
  }
  MTC_TRY(session->run(inputs, outputs));
  TestVector vector;
  for (std::size_t n = 0; n < output_data.size(); ++n) {
    const bool real = session->outputs()[n].dtype.bits == 32;
    std::vector<float> values(std::min(output_data[n].size() / (real ? sizeof(float) : 1), kTestValues));
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (real) std::memcpy(&values[i], output_data[n].data() + i * sizeof(float), sizeof(float));
      if (!real) values[i] = static_cast<float>(std::to_integer<int>(output_data[n][i]));
    }
    vector.outputs.push_back(std::move(values));
  }
  return vector;
}

}  // namespace

Result<CompileReport> compile_model(const std::string& path, const std::string& folder,
                                    const CompileOptions& options, const RunTool& run_tool) {
  if (!runs_here(options.flags)) {
    return Error{Code::unavailable,
                 "compile runs the model once, and this CPU lacks instructions of " + options.target, path,
                 "compile on a machine that has them, or for cpu.portable"};
  }
  MTC_ASSIGN(auto model, model::load(path));
  MTC_TRY(check_scheme(model, options, path));
  auto lowered = lower(model);
  if (!lowered) {
    if (lowered.error().where.empty()) lowered.error().where = path;
    return std::move(lowered).error();
  }
  const Program& program = *lowered;
  MTC_ASSIGN(const Source source, emit_program(program));
  const std::filesystem::path to(folder);
  MTC_TRY(write_file(to / "model.c", source.model_c));
  MTC_TRY(write_file(to / "model.h", source.model_h));
  MTC_TRY(compile_c(folder, options, run_tool));
  MTC_ASSIGN(const TestVector vector, run_test_vector(folder));
  const std::string expected = emit_expected(program, vector);
  MTC_TRY(write_file(to / "main.c", emit_main(program, vector)));
  MTC_TRY(write_file(to / "expected.txt", expected));
  MTC_TRY(
      write_file(to / "README.md", emit_readme(program, source, options.target, options.flags, expected)));
  CompileReport report;
  report.scheme = program.scheme;
  report.layers = program.layers.size();
  report.integer_layers = static_cast<std::size_t>(std::ranges::count_if(
      program.layers, [&](const Layer& layer) { return program.tensors[layer.inputs[0]].type == Type::u8; }));
  report.arena_bytes = source.arena_bytes;
  report.constant_bytes = source.constant_bytes;
  return report;
}

}  // namespace mtc::cpu
