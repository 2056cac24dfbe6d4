// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/plugins/cpu/compiled_model.hpp"

#include <dlfcn.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstring>

#include "plugins/cpu/session.hpp"

namespace mtc::cpu::test {
namespace {

using TraceFunction = void (*)(const char*, int, int, std::size_t, const void*);

/// Where the callback of the running inference puts what it is given.
std::map<std::string, Traced>*& current_trace() {
  thread_local std::map<std::string, Traced>* trace = nullptr;
  return trace;
}

void record(const char* name, int bits, int layout, std::size_t elements, const void* data) {
  Traced traced{bits, layout == 1, std::vector<float>(elements)};
  if (bits == 32) {
    std::memcpy(traced.values.data(), data, elements * sizeof(float));
  } else {
    for (std::size_t i = 0; i < elements; ++i) traced.values[i] = static_cast<const std::uint8_t*>(data)[i];
  }
  (*current_trace())[name] = std::move(traced);
}

mtc_tensor tensor(const sdk::Io& io, std::vector<float>& data) {
  mtc_tensor result{};
  result.struct_size = sizeof result;
  result.dtype = io.dtype;
  result.rank = static_cast<std::uint32_t>(io.shape.size());
  result.shape = io.shape.data();
  result.data = data.data();
  result.bytes = result.capacity = data.size() * sizeof(float);
  return result;
}

}  // namespace

Result<sdk::ExecResult> run_tool(const std::vector<std::string>& argv, const std::string& folder) {
  std::string command = "cd '" + folder + "' &&";
  for (const auto& argument : argv) command += " '" + argument + "'";
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return Error{Code::resource_exhausted, "cannot start a shell", {}, {}};
  sdk::ExecResult result;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr)
    result.output += buffer.data();
  const int status = pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

CompileOptions options(bool avx2) {
  CompileOptions made{
      avx2 ? "cpu.x86-64-v3" : "cpu.portable", kScheme, {"-std=c11", "-O3", "-ffp-contract=off"}};
  if (avx2) made.flags.emplace_back("-march=x86-64-v3");
  return made;
}

bool has_avx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0 &&
         __builtin_cpu_supports("fma") != 0;
#else
  return false;
#endif
}

Result<Inference> run_artifact(const std::string& folder, const std::vector<std::vector<float>>& inputs) {
  MTC_ASSIGN(const auto session, open_artifact(folder));
  Inference run;
  void* library = dlopen((folder + "/model.so").c_str(), RTLD_NOW);
  if (auto* hook = static_cast<TraceFunction*>(dlsym(library, "mtc_model_trace")); hook != nullptr)
    *hook = record;
  current_trace() = &run.layers;
  std::vector<std::vector<float>> in = inputs;
  std::vector<mtc_tensor> input_tensors, output_tensors;
  for (std::size_t i = 0; i < in.size(); ++i) input_tensors.push_back(tensor(session->inputs()[i], in[i]));
  for (const auto& io : session->outputs()) {
    std::size_t elements = 1;
    for (const auto extent : io.shape) elements *= static_cast<std::size_t>(extent);
    run.outputs.emplace_back(elements);
  }
  for (std::size_t i = 0; i < run.outputs.size(); ++i) {
    output_tensors.push_back(tensor(session->outputs()[i], run.outputs[i]));
  }
  auto result = session->run(input_tensors, output_tensors);
  dlclose(library);
  if (!result) return result.error();
  return run;
}

}  // namespace mtc::cpu::test
