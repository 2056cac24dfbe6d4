// SPDX-License-Identifier: Apache-2.0
//
// dlopen of model.so and the interface of model.h.
#include "plugins/cpu/session.hpp"

#include <dlfcn.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <new>
#include <utility>
#include <vector>

namespace mtc::cpu {
namespace {

/// As in the generated model.h.
struct ModelTensor {
  const char* name;
  std::uint32_t bits;
  std::uint32_t rank;
  std::int64_t shape[8];
};

using CountFunction = std::uint32_t (*)();
using TensorFunction = const ModelTensor* (*)(std::uint32_t);
using BytesFunction = std::size_t (*)();
using RunFunction = void (*)(const void* const*, void* const*, void*);

constexpr std::align_val_t kArenaAlignment{64};

struct CloseLibrary {
  void operator()(void* library) const { dlclose(library); }
};
struct FreeArena {
  void operator()(std::byte* arena) const { ::operator delete(arena, kArenaAlignment); }
};

template <class Function>
Result<Function> find(void* library, const char* name, const std::string& path) {
  void* symbol = dlsym(library, name);
  if (symbol != nullptr) return reinterpret_cast<Function>(symbol);
  return Error{Code::data_loss, std::string("the shared object has no function ") + name, path,
               "compile the model again"};
}

sdk::Io describe(const ModelTensor& tensor) {
  sdk::Io io;
  io.name = tensor.name;
  io.dtype = tensor.bits == 32 ? mtc_dtype{MTC_KIND_FLOAT, 32, 0} : mtc_dtype{MTC_KIND_UINT, 8, 0};
  io.shape.assign(tensor.shape, tensor.shape + tensor.rank);
  return io;
}

std::size_t bytes_of(const sdk::Io& io) {
  std::size_t bytes = io.dtype.bits / 8U;
  for (const auto extent : io.shape) bytes *= static_cast<std::size_t>(extent);
  return bytes;
}

class ModelSession : public sdk::Session {
 public:
  static Result<std::unique_ptr<sdk::Session>> open(const std::string& path) {
    auto session = std::make_unique<ModelSession>();
    session->library_.reset(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
    if (!session->library_) {
      const char* reason = dlerror();
      return Error{Code::data_loss,
                   std::string("cannot load the compiled model: ") + (reason != nullptr ? reason : ""), path,
                   "compile the model again on this machine"};
    }
    void* library = session->library_.get();
    MTC_ASSIGN(session->run_, find<RunFunction>(library, "mtc_model_run", path));
    MTC_ASSIGN(const auto arena_bytes, find<BytesFunction>(library, "mtc_model_arena_bytes", path));
    MTC_ASSIGN(session->inputs_, describe_all(library, "mtc_model_input", path));
    MTC_ASSIGN(session->outputs_, describe_all(library, "mtc_model_output", path));
    session->arena_.reset(static_cast<std::byte*>(::operator new(arena_bytes(), kArenaAlignment)));
    return std::unique_ptr<sdk::Session>(std::move(session));
  }

  [[nodiscard]] const std::vector<sdk::Io>& inputs() const override { return inputs_; }
  [[nodiscard]] const std::vector<sdk::Io>& outputs() const override { return outputs_; }

  Result<std::vector<std::vector<std::int64_t>>> resolve_shapes(std::span<const mtc_tensor> inputs) override {
    MTC_TRY(check_inputs(inputs));
    std::vector<std::vector<std::int64_t>> shapes;
    for (const auto& output : outputs_) shapes.push_back(output.shape);
    return shapes;
  }

  Result<void> run(std::span<const mtc_tensor> inputs, std::span<mtc_tensor> outputs) override {
    MTC_TRY(check_inputs(inputs));
    if (outputs.size() != outputs_.size()) {
      return Error{Code::invalid_argument,
                   "the model has " + std::to_string(outputs_.size()) + " outputs, not " +
                       std::to_string(outputs.size()),
                   {},
                   "pass one tensor for each"};
    }
    std::vector<const void*> in;
    std::vector<void*> out;
    for (const auto& tensor : inputs) in.push_back(tensor.data);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].capacity < bytes_of(outputs_[i]) && outputs[i].bytes < bytes_of(outputs_[i])) {
        return Error{Code::invalid_argument, "the memory for this output is too small", outputs_[i].name,
                     "give it " + std::to_string(bytes_of(outputs_[i])) + " bytes"};
      }
      outputs[i].bytes = bytes_of(outputs_[i]);
      out.push_back(outputs[i].data);
    }
    run_(in.data(), out.data(), arena_.get());
    return {};
  }

 private:
  static Result<std::vector<sdk::Io>> describe_all(void* library, const std::string& name,
                                                   const std::string& path) {
    MTC_ASSIGN(const auto count, find<CountFunction>(library, (name + "_count").c_str(), path));
    MTC_ASSIGN(const auto tensor, find<TensorFunction>(library, name.c_str(), path));
    std::vector<sdk::Io> list;
    for (std::uint32_t i = 0; i < count(); ++i) list.push_back(describe(*tensor(i)));
    return list;
  }

  Result<void> check_inputs(std::span<const mtc_tensor> inputs) const {
    if (inputs.size() != inputs_.size()) {
      return Error{
          Code::invalid_argument,
          "the model has " + std::to_string(inputs_.size()) + " inputs, not " + std::to_string(inputs.size()),
          {},
          "pass one tensor for each"};
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const mtc_tensor& tensor = inputs[i];
      const sdk::Io& io = inputs_[i];
      const bool same_type = tensor.dtype.kind == io.dtype.kind && tensor.dtype.bits == io.dtype.bits;
      const std::vector<std::int64_t> shape(tensor.shape, tensor.shape + tensor.rank);
      if (same_type && shape == io.shape) continue;
      std::string wanted;
      for (const auto extent : io.shape) wanted += (wanted.empty() ? "" : ", ") + std::to_string(extent);
      return Error{
          Code::invalid_argument, "this input has another shape or element type than the compiled model",
          io.name,
          std::string("give it ") + (io.dtype.bits == 32 ? "float32" : "uint8") + " [" + wanted + "]"};
    }
    return {};
  }

  std::unique_ptr<void, CloseLibrary> library_;
  std::unique_ptr<std::byte, FreeArena> arena_;
  RunFunction run_ = nullptr;
  std::vector<sdk::Io> inputs_, outputs_;
};

}  // namespace

Result<std::unique_ptr<sdk::Session>> open_artifact(const std::string& folder) {
  const std::string path = std::filesystem::absolute(std::filesystem::path(folder) / "model.so").string();
  if (!std::filesystem::exists(path)) {
    return Error{Code::not_found, "the artifact has no model.so", folder, "compile the model for target cpu"};
  }
  return ModelSession::open(path);
}

}  // namespace mtc::cpu
