// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include "core/base/file.hpp"
#include "core/data/array_file.hpp"
#include "core/host/actions.hpp"
#include "core/host/batch.hpp"
#include "core/host/convert.hpp"
#include "core/host/npy_writer.hpp"
#include "core/host/session.hpp"

namespace mtc::host {
namespace {

constexpr std::int64_t kDefaultBatch = 32;

std::string file_name(std::size_t output) {
  return output == 0 ? "predictions.npy" : "predictions_" + std::to_string(output) + ".npy";
}

/// One pass over a dataset.
class Prediction {
 public:
  Prediction(Host& host, Session& session, const data::Dataset& dataset, const Io& input, std::string folder)
      : host_(host), session_(session), dataset_(dataset), input_(input), folder_(std::move(folder)) {}

  /// Runs the samples first..first+count-1 as a batch of `batch` ≥ count and appends the `count` results.
  Result<void> run_batch(std::size_t first, std::size_t count, std::size_t batch);
  Result<void> finish();

 private:
  Result<void> start_outputs(const std::vector<Tensor>& outputs, std::size_t batch);
  Result<void> append(std::size_t index, const Tensor& output, std::size_t count, std::size_t batch);

  Host& host_;
  Session& session_;
  const data::Dataset& dataset_;
  const Io& input_;
  std::string folder_;
  std::vector<Tensor> inputs_;  // kept from batch to batch of the same size
  std::vector<Tensor> outputs_;
  std::size_t batch_ = 0;  // that they are for
  std::vector<NpyWriter> writers_;
  std::vector<std::size_t> not_numbers_;
};

Result<void> Prediction::start_outputs(const std::vector<Tensor>& outputs, std::size_t batch) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    std::vector<std::int64_t> shape = outputs[i].shape();
    if (shape.empty() || shape.front() != static_cast<std::int64_t>(batch)) {
      return Error{Code::invalid_argument,
                   "the output " + session_.outputs()[i].name + " is " + data::describe(shape) +
                       " for a batch of " + std::to_string(batch) + ": its first axis is not the batch",
                   host_.spec().name, "use a model whose outputs have one row for each sample"};
    }
    if (!writers_.empty() && writers_.size() == outputs.size()) continue;
    shape.front() = static_cast<std::int64_t>(dataset_.samples());
    MTC_ASSIGN(auto writer,
               NpyWriter::create((std::filesystem::path(folder_) / file_name(i)).string(), shape));
    writers_.push_back(std::move(writer));
  }
  not_numbers_.resize(outputs.size());
  return {};
}

Result<void> Prediction::append(std::size_t index, const Tensor& output, std::size_t count,
                                std::size_t batch) {
  MTC_ASSIGN(const auto values, to_float(session_.outputs()[index], output.bytes()));
  const auto kept = std::span(values).first(values.size() / batch * count);
  not_numbers_[index] += static_cast<std::size_t>(
      std::count_if(kept.begin(), kept.end(), [](float value) { return std::isnan(value); }));
  writers_[index].append(kept);
  return {};
}

Result<void> Prediction::run_batch(std::size_t first, std::size_t count, std::size_t batch) {
  if (batch != batch_) {
    std::vector<std::int64_t> shape{static_cast<std::int64_t>(batch)};
    shape.insert(shape.end(), dataset_.shape().begin(), dataset_.shape().end());
    inputs_.clear();
    MTC_ASSIGN(auto input, Tensor::make(input_.dtype, std::move(shape), "input " + input_.name));
    inputs_.push_back(std::move(input));
    MTC_ASSIGN(outputs_, session_.make_outputs(raw_tensors(inputs_)));
    MTC_TRY(start_outputs(outputs_, batch));
    batch_ = batch;
  }
  MTC_TRY(load_batch(dataset_, first, batch, input_, inputs_.front()));
  // A value that the plugin does not write is then NaN, not the one of the batch before.
  for (auto& output : outputs_) std::fill(output.bytes().begin(), output.bytes().end(), std::byte{0xFF});
  auto raw_outputs = raw_tensors(outputs_);
  MTC_TRY(session_.run(raw_tensors(inputs_), raw_outputs));
  for (std::size_t i = 0; i < outputs_.size(); ++i) MTC_TRY(append(i, outputs_[i], count, batch));
  return {};
}

Result<void> Prediction::finish() {
  Json outputs = Json::array();
  for (std::size_t i = 0; i < writers_.size(); ++i) {
    MTC_TRY(writers_[i].finish());
    const std::string& name = session_.outputs()[i].name;
    outputs.push_back({{"name", name}, {"file", file_name(i)}});
    if (not_numbers_[i] == 0) continue;
    host_.log(MTC_LOG_WARNING,
              "output " + name + " holds " + std::to_string(not_numbers_[i]) + " NaN values");
  }
  const Json document{{"dataset", host_.spec().input("data")->digest},
                      {"samples", dataset_.samples()},
                      {"outputs", std::move(outputs)}};
  return write_file_atomic(std::filesystem::path(folder_) / "predictions.json",
                           document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace

Result<void> run_predict(Host& host, const LoadedPlugin& plugin) {
  MTC_ASSIGN(const std::string artifact, input_path(host, "artifact"));
  MTC_ASSIGN(const std::string folder, output_path(host, "predictions"));
  MTC_ASSIGN(const data::Dataset* dataset, host.dataset("data"));
  MTC_ASSIGN(Session session, Session::open(host, plugin, artifact));
  MTC_ASSIGN(const Io* input, match_dataset(session.inputs(), *dataset));
  MTC_ASSIGN(const std::int64_t wanted, host.spec().integer("batch"));
  MTC_ASSIGN(const std::int64_t chosen, choose_batch(session.inputs(), wanted, kDefaultBatch));
  const auto batch = static_cast<std::size_t>(chosen);
  const bool fixed = fixed_batch(session.inputs()) != 0;
  Prediction prediction(host, session, *dataset, *input, folder);
  for (std::size_t first = 0; first < dataset->samples(); first += batch) {
    const std::size_t count = std::min(batch, dataset->samples() - first);
    MTC_TRY(prediction.run_batch(first, count, fixed ? batch : count));
    host.progress("predict", first + count, dataset->samples(), "samples");
  }
  host.restore_process("run");
  return prediction.finish();
}

}  // namespace mtc::host
