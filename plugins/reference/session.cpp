// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/session.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <utility>

#include <onnx/onnx_pb.h>

#include "plugins/support/autograd/executor.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/tensor.hpp"

namespace mtc::reference {
namespace {

using autograd::Executor;
using autograd::HostTensor;
using Shape = std::vector<std::int64_t>;

Result<sdk::Io> describe(const onnx::ValueInfoProto& info) {
  const auto& type = info.type().tensor_type();
  sdk::Io io{info.name(), model::abi_type(type.elem_type()), {}};
  if (!info.type().has_tensor_type() || io.dtype.bits == 0) {
    return Error{Code::unimplemented, "not supported: an input or output that is no tensor of numbers",
                 "tensor '" + info.name() + "'", "export the model with tensors alone"};
  }
  if (type.shape().dim_size() > MTC_MAX_RANK) {
    return Error{Code::unimplemented, "not supported: rank " + std::to_string(type.shape().dim_size()),
                 "tensor '" + info.name() + "'", "use at most rank " + std::to_string(MTC_MAX_RANK)};
  }
  for (const auto& dim : type.shape().dim()) {
    io.shape.push_back(dim.has_dim_value() && dim.dim_value() > 0 ? dim.dim_value() : -1);
  }
  return io;
}

HostTensor copy_in(const mtc_tensor& tensor) {
  HostTensor host{tensor.dtype, Shape(tensor.shape, tensor.shape + tensor.rank), {}};
  const auto* bytes = static_cast<const std::byte*>(tensor.data);
  host.data.assign(bytes, bytes + tensor.bytes);
  return host;
}

/// Zeros of the type and shape of `tensor`: enough to learn the shapes of the outputs.
HostTensor zeros_like(const mtc_tensor& tensor) {
  HostTensor host{tensor.dtype, Shape(tensor.shape, tensor.shape + tensor.rank), {}};
  std::size_t bytes = tensor.dtype.bits / 8U;
  for (const auto extent : host.shape) bytes *= static_cast<std::size_t>(extent);
  host.data.resize(bytes);
  return host;
}

class ReferenceSession final : public sdk::Session {
 public:
  /// `declared`: the file states the rank and extents of all outputs.
  ReferenceSession(Executor executor, std::vector<sdk::Io> inputs, std::vector<sdk::Io> outputs,
                   bool declared)
      : executor_(std::move(executor)),
        inputs_(std::move(inputs)),
        outputs_(std::move(outputs)),
        declared_(declared) {}

  [[nodiscard]] const std::vector<sdk::Io>& inputs() const override { return inputs_; }
  [[nodiscard]] const std::vector<sdk::Io>& outputs() const override { return outputs_; }

  /// Declared shapes where they are fixed; else a pass over zeros tells, one for each shape of the inputs.
  Result<std::vector<Shape>> resolve_shapes(std::span<const mtc_tensor> inputs) override {
    std::vector<Shape> shapes;
    for (const auto& output : outputs_) shapes.push_back(output.shape);
    const bool fixed = std::none_of(shapes.begin(), shapes.end(), [](const Shape& shape) {
      return std::find(shape.begin(), shape.end(), -1) != shape.end();
    });
    if (fixed && declared_) return shapes;
    std::vector<Shape> given;
    for (const auto& input : inputs) given.emplace_back(input.shape, input.shape + input.rank);
    if (const auto known = resolved_.find(given); known != resolved_.end()) return known->second;
    std::vector<HostTensor> zeros;
    for (const auto& input : inputs) zeros.push_back(zeros_like(input));
    MTC_ASSIGN(const auto results, executor_.run(zeros));
    for (std::size_t i = 0; i < results.size(); ++i) shapes[i] = results[i].shape;
    resolved_.emplace(std::move(given), shapes);
    return shapes;
  }

  Result<void> run(std::span<const mtc_tensor> inputs, std::span<mtc_tensor> outputs) override {
    std::vector<HostTensor> given;
    for (const auto& input : inputs) given.push_back(copy_in(input));
    MTC_ASSIGN(const auto results, executor_.run(given));
    if (results.size() != outputs.size()) {
      return Error{Code::invalid_argument,
                   "the model has " + std::to_string(results.size()) + " outputs",
                   {},
                   "pass memory for each of them"};
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (outputs[i].capacity < results[i].data.size()) {
        return Error{Code::invalid_argument,
                     "the output needs " + std::to_string(results[i].data.size()) + " bytes, " +
                         std::to_string(outputs[i].capacity) + " are there",
                     "output '" + outputs_[i].name + "'", "resolve the shapes before the run"};
      }
      if (!results[i].data.empty())
        std::memcpy(outputs[i].data, results[i].data.data(), results[i].data.size());
      outputs[i].bytes = results[i].data.size();
    }
    return {};
  }

 private:
  Executor executor_;
  std::vector<sdk::Io> inputs_;
  std::vector<sdk::Io> outputs_;
  bool declared_;
  std::map<std::vector<Shape>, std::vector<Shape>> resolved_;  ///< Shapes of inputs → of outputs.
};

/// Names the file in an error that does not.
Error in_file(Error error, const std::string& path) {
  if (error.where.find(path) == std::string::npos) {
    error.where = path + (error.where.empty() ? "" : ": " + error.where);
  }
  return error;
}

}  // namespace

Result<std::unique_ptr<sdk::Session>> open_session(const std::string& path, int threads) {
  std::filesystem::path file = path;
  if (std::filesystem::is_directory(file)) file /= kModelFile;
  MTC_ASSIGN(const auto model, model::load(file.string()));
  auto executor = Executor::create(model, {false, false, threads});
  if (!executor) return in_file(executor.error(), file.string());
  std::vector<sdk::Io> inputs;
  std::vector<sdk::Io> outputs;
  for (const auto* info : model::real_inputs(model.graph())) {
    MTC_ASSIGN(auto io, describe(*info));
    inputs.push_back(std::move(io));
  }
  bool declared = true;
  for (const auto& info : model.graph().output()) {
    declared = declared && info.type().tensor_type().has_shape();
    MTC_ASSIGN(auto io, describe(info));
    outputs.push_back(std::move(io));
  }
  return std::unique_ptr<sdk::Session>(std::make_unique<ReferenceSession>(
      *std::move(executor), std::move(inputs), std::move(outputs), declared));
}

}  // namespace mtc::reference
