// SPDX-License-Identifier: Apache-2.0
#include "plugins/onnxruntime/session.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

#include "plugins/onnxruntime/element_type.hpp"
#include "plugins/onnxruntime/library.hpp"
#include "plugins/onnxruntime/saturation.hpp"
#include "plugins/onnxruntime/signature.hpp"

namespace mtc::onnxruntime {

namespace {

using LibraryPtr = std::shared_ptr<const Library>;

class RuntimeModel final : public ModelSession {
 public:
  RuntimeModel(LibraryPtr library, std::string model, Owned<RuntimeSession> session, Owned<MemoryInfo> memory,
               Owned<RunOptions> run_options, Signature signature)
      : library_(std::move(library)),
        model_(std::move(model)),
        session_(std::move(session)),
        memory_(std::move(memory)),
        run_options_(std::move(run_options)),
        signature_(std::move(signature)) {
    for (const auto& io : signature_.inputs.list) input_names_.push_back(io.name.c_str());
    for (const auto& io : signature_.outputs.list) output_names_.push_back(io.name.c_str());
  }

  [[nodiscard]] const std::vector<sdk::Io>& inputs() const override { return signature_.inputs.list; }
  [[nodiscard]] const std::vector<sdk::Io>& outputs() const override { return signature_.outputs.list; }

  Result<std::vector<Shape>> resolve_shapes(std::span<const mtc_tensor> inputs) override {
    MTC_TRY(check_inputs(signature_.inputs, inputs, model_));
    std::vector<Shape> given;
    for (const auto& tensor : inputs) given.emplace_back(tensor.shape, tensor.shape + tensor.rank);
    if (given == resolved_inputs_) return resolved_outputs_;
    const auto declared = shapes_by_symbol(signature_, inputs);
    auto made = probe_shapes(inputs);
    if (!made && (!declared || made.error().code == Code::cancelled)) return made;
    // Zeros may be no input for the model, and an output without elements was made so by them (k of TopK).
    if (declared && (!made || std::ranges::any_of(*made, is_empty))) made = *declared;
    library_allocates_ = declared && *made != *declared;
    resolved_inputs_ = std::move(given);
    resolved_outputs_ = *std::move(made);
    return resolved_outputs_;
  }

  Result<void> run(std::span<const mtc_tensor> inputs, std::span<mtc_tensor> outputs) override {
    if (inputs.size() != input_names_.size() || outputs.size() != output_names_.size()) {
      return Error{Code::invalid_argument, "wrong number of inputs or outputs", model_, {}, false, true};
    }
    MTC_ASSIGN(const auto in, wrap_all(inputs));
    if (library_allocates_) return run_and_copy(in, outputs);
    MTC_ASSIGN(const auto out, wrap_all(outputs));
    std::vector<Value*> raw_out = raw(out);
    return run_raw(in, raw_out);
  }

  void interrupt() override {
    interrupted_ = true;
    if (Status* status = library_->api().set_terminate(run_options_.get()))
      library_->api().release_status(status);
  }

  Result<std::optional<std::string>> metadata(const std::string& key) const override {
    const Api& api = library_->api();
    ModelMetadata* raw_metadata = nullptr;
    MTC_TRY(library_->check(api.model_metadata(session_.get(), &raw_metadata), model_));
    const Owned<ModelMetadata> metadata(raw_metadata, api.release_model_metadata);
    Allocator* allocator = nullptr;
    MTC_TRY(library_->check(api.default_allocator(&allocator), model_));
    char* text = nullptr;
    MTC_TRY(library_->check(api.lookup_metadata(metadata.get(), allocator, key.c_str(), &text), model_));
    if (text == nullptr) return std::optional<std::string>();
    std::optional<std::string> value(text);
    MTC_TRY(library_->check(api.allocator_free(allocator, text), model_));
    return value;
  }

 private:
  /// A value of the library over the caller's memory.
  Result<Owned<Value>> wrap(const mtc_tensor& tensor) {
    const auto type = onnx_type_of(tensor.dtype);
    if (!type) return Error{Code::unimplemented, "an element type that ONNX does not have", model_, {}};
    void* data = tensor.data != nullptr ? tensor.data : nothing_.data();
    Value* value = nullptr;
    const auto bytes = bytes_of(tensor.dtype, {tensor.shape, tensor.rank});
    MTC_TRY(library_->check(
        library_->api().create_tensor(memory_.get(), data, bytes, tensor.shape, tensor.rank, *type, &value),
        model_));
    return Owned<Value>(value, library_->api().release_value);
  }

  Result<std::vector<Owned<Value>>> wrap_all(std::span<const mtc_tensor> tensors) {
    std::vector<Owned<Value>> values;
    for (const auto& tensor : tensors) {
      MTC_ASSIGN(auto value, wrap(tensor));
      values.push_back(std::move(value));
    }
    return values;
  }

  static std::vector<Value*> raw(const std::vector<Owned<Value>>& values) {
    std::vector<Value*> pointers;
    for (const auto& value : values) pointers.push_back(value.get());
    return pointers;
  }

  Result<void> run_raw(const std::vector<Owned<Value>>& inputs, std::vector<Value*>& outputs) {
    const Api& api = library_->api();
    const std::vector<Value*> in = raw(inputs);
    auto ran = library_->check(api.run(session_.get(), run_options_.get(), input_names_.data(), in.data(),
                                       in.size(), output_names_.data(), outputs.size(), outputs.data()),
                               model_);
    if (!ran && interrupted_.exchange(false)) {
      MTC_TRY(library_->check(api.unset_terminate(run_options_.get()), model_));
      return Error{Code::cancelled, "the inference was interrupted", model_, {}};
    }
    return ran;
  }

  static bool is_empty(const Shape& shape) {
    return std::ranges::any_of(shape, [](auto extent) { return extent == 0; });
  }

  /// Runs into memory of the library.
  Result<std::vector<Owned<Value>>> run_unbound(const std::vector<Owned<Value>>& inputs) {
    std::vector<Value*> raw_out(output_names_.size(), nullptr);
    const auto ran = run_raw(inputs, raw_out);
    std::vector<Owned<Value>> out;
    for (Value* value : raw_out) out.emplace_back(value, library_->api().release_value);
    if (!ran) return ran.error();
    return out;
  }

  /// For a model whose declared or inferred output shapes are not what the kernels make (ceil_mode, scales of
  /// Resize): the library refuses memory of either shape.
  Result<void> run_and_copy(const std::vector<Owned<Value>>& inputs, std::span<mtc_tensor> outputs) {
    MTC_ASSIGN(const auto made, run_unbound(inputs));
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      MTC_ASSIGN(const auto shape, shape_of(made[i].get()));
      if (!std::ranges::equal(shape, std::span(outputs[i].shape, outputs[i].rank)))
        return Error{
            Code::internal, "output " + std::to_string(i) + " has another shape than before", model_, {}};
      void* data = nullptr;
      MTC_TRY(library_->check(library_->api().tensor_data(made[i].get(), &data), model_));
      std::memcpy(outputs[i].data, data, bytes_of(outputs[i].dtype, shape));
    }
    return {};
  }

  /// Shapes of the outputs, found by running once on zeros.
  Result<std::vector<Shape>> probe_shapes(std::span<const mtc_tensor> inputs) {
    std::vector<std::vector<std::byte>> zeros;
    std::vector<Owned<Value>> in;
    for (mtc_tensor tensor : inputs) {
      tensor.data = zeros.emplace_back(bytes_of(tensor.dtype, {tensor.shape, tensor.rank})).data();
      MTC_ASSIGN(auto value, wrap(tensor));
      in.push_back(std::move(value));
    }
    MTC_ASSIGN(const auto out, run_unbound(in));
    std::vector<Shape> shapes;
    for (const auto& value : out) {
      MTC_ASSIGN(auto shape, shape_of(value.get()));
      shapes.push_back(std::move(shape));
    }
    return shapes;
  }

  Result<Shape> shape_of(const Value* value) {
    const Api& api = library_->api();
    TensorInfo* raw_info = nullptr;
    MTC_TRY(library_->check(api.tensor_info_of_value(value, &raw_info), model_));
    const Owned<TensorInfo> info(raw_info, api.release_tensor_info);
    std::size_t rank = 0;
    MTC_TRY(library_->check(api.dimension_count(info.get(), &rank), model_));
    Shape shape(rank);
    MTC_TRY(library_->check(api.dimensions(info.get(), shape.data(), rank), model_));
    return shape;
  }

  LibraryPtr library_;
  std::string model_;
  Owned<RuntimeSession> session_;
  Owned<MemoryInfo> memory_;
  Owned<RunOptions> run_options_;
  Signature signature_;
  std::vector<const char*> input_names_;
  std::vector<const char*> output_names_;
  std::vector<Shape> resolved_inputs_;
  std::vector<Shape> resolved_outputs_;
  bool library_allocates_ = false;      ///< Outputs are copied out of the library's memory.
  std::array<std::byte, 8> nothing_{};  // Memory of tensors without elements.
  std::atomic<bool> interrupted_ = false;
};

Result<Owned<SessionConfig>> make_config(const Library& library, const std::string& model,
                                         const Options& options) {
  const Api& api = library.api();
  SessionConfig* raw = nullptr;
  MTC_TRY(library.check(api.create_session_options(&raw), model));
  Owned<SessionConfig> config(raw, api.release_session_options);
  MTC_TRY(library.check(api.set_intra_op_threads(raw, options.threads), model));
  MTC_TRY(library.check(api.set_inter_op_threads(raw, 1), model));
  if (!options.exact) return config;
  // The setting costs up to half of the speed also where products are exact without it.
  MTC_ASSIGN(const bool saturate, products_saturate(library));
  if (saturate)
    MTC_TRY(library.check(api.add_session_config_entry(raw, "session.x64quantprecision", "1"), model));
  return config;
}

}  // namespace

Result<std::unique_ptr<ModelSession>> open_model(const std::string& library_path, const std::string& model,
                                                 const Options& options) {
  MTC_ASSIGN(const LibraryPtr library, Library::load(library_path));
  const Api& api = library->api();
  MTC_ASSIGN(const auto config, make_config(*library, model, options));
  RuntimeSession* raw_session = nullptr;
  MTC_TRY(
      library->check(api.create_session(library->env(), model.c_str(), config.get(), &raw_session), model));
  Owned<RuntimeSession> session(raw_session, api.release_session);
  MemoryInfo* raw_memory = nullptr;
  MTC_TRY(library->check(api.create_cpu_memory_info(kArenaAllocator, kMemoryDefault, &raw_memory), model));
  Owned<MemoryInfo> memory(raw_memory, api.release_memory_info);
  RunOptions* raw_run = nullptr;
  MTC_TRY(library->check(api.create_run_options(&raw_run), model));
  Owned<RunOptions> run_options(raw_run, api.release_run_options);
  MTC_ASSIGN(auto signature, read_signature(*library, session.get(), model));
  std::unique_ptr<ModelSession> opened = std::make_unique<RuntimeModel>(
      library, model, std::move(session), std::move(memory), std::move(run_options), std::move(signature));
  return opened;
}

Result<std::unique_ptr<sdk::Session>> open_session(const std::string& library, const std::string& model,
                                                   const Options& options) {
  MTC_ASSIGN(auto opened, open_model(library, model, options));
  return std::unique_ptr<sdk::Session>(std::move(opened));
}

}  // namespace mtc::onnxruntime
