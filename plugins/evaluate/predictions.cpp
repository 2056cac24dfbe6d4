// SPDX-License-Identifier: Apache-2.0
#include "plugins/evaluate/predictions.hpp"

#include <exception>
#include <fstream>

#include <nlohmann/json.hpp>

namespace mtc::evaluate {
namespace {

using Json = nlohmann::json;

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (const auto extent : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
  return text + "]";
}

Result<Output> load_output(const std::string& folder, const std::string& name, const std::string& file,
                           std::size_t samples) {
  const std::string path = folder + "/" + file;
  MTC_ASSIGN(auto array, npy::load(path));
  const auto& header = array.header;
  if (!npy::same_type(header.dtype, {MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE})) {
    return Error{Code::data_loss, "predictions are " + npy::type_name(header.dtype) + ", not float32", path,
                 "make the predictions again"};
  }
  if (header.shape.empty() || header.shape[0] != static_cast<std::int64_t>(samples)) {
    return Error{Code::data_loss,
                 "the array is " + shape_text(header.shape) + ", but predictions.json says " +
                     std::to_string(samples) + " samples",
                 path, "make the predictions again"};
  }
  return Output{name, std::move(array)};
}

}  // namespace

Result<Predictions> load_predictions(const std::string& folder) {
  const std::string path = folder + "/predictions.json";
  std::ifstream stream(path);
  if (!stream) {
    return Error{Code::not_found, "no predictions.json in the folder", folder,
                 "give the output `predictions` of a stage, or an artifact and a dataset"};
  }
  Predictions predictions;
  predictions.folder = folder;
  std::vector<std::pair<std::string, std::string>> files;
  try {
    const Json index = Json::parse(stream);
    const Json& dataset = index.at("dataset");
    predictions.dataset = dataset.is_string() ? dataset.get<std::string>() : dataset.dump();
    predictions.samples = index.at("samples").get<std::size_t>();
    for (const Json& output : index.at("outputs")) {
      files.emplace_back(output.at("name").get<std::string>(), output.at("file").get<std::string>());
    }
  } catch (const std::exception& error) {
    return Error{Code::data_loss, std::string("cannot be read: ") + error.what(), path,
                 "make the predictions again"};
  }
  if (files.empty() || predictions.samples == 0) {
    return Error{Code::data_loss, "no outputs or no samples", path, "make the predictions again"};
  }
  for (const auto& [name, file] : files) {
    MTC_ASSIGN(auto output, load_output(folder, name, file, predictions.samples));
    predictions.outputs.push_back(std::move(output));
  }
  return predictions;
}

Result<Scores> class_scores(const Predictions& predictions) {
  const Output& output = predictions.outputs.front();
  const auto& shape = output.array.header.shape;
  bool flat = shape.size() >= 2;
  for (std::size_t axis = 2; axis < shape.size(); ++axis) flat = flat && shape[axis] == 1;
  if (!flat || shape[1] < 2) {
    return Error{Code::invalid_argument,
                 "output '" + output.name + "' is " + shape_text(shape) +
                     "; class scores are [samples, classes] with at least two classes",
                 predictions.folder, "compare models of another kind with evaluate.agreement and a baseline"};
  }
  return Scores{output.values(), predictions.samples, static_cast<std::size_t>(shape[1])};
}

Result<void> check_comparable(const Predictions& predictions, const Predictions& baseline) {
  if (predictions.dataset != baseline.dataset || predictions.samples != baseline.samples) {
    return Error{Code::invalid_argument,
                 "the baseline was predicted on another dataset (" + std::to_string(baseline.samples) +
                     " samples, " + baseline.dataset + ") than this model (" +
                     std::to_string(predictions.samples) + " samples, " + predictions.dataset + ")",
                 "baseline", "evaluate the baseline on the same data"};
  }
  if (predictions.outputs.size() != baseline.outputs.size()) {
    return Error{Code::invalid_argument,
                 "the baseline has " + std::to_string(baseline.outputs.size()) + " outputs, this model " +
                     std::to_string(predictions.outputs.size()),
                 "baseline", "compare models with the same outputs"};
  }
  for (std::size_t i = 0; i < predictions.outputs.size(); ++i) {
    const auto& mine = predictions.outputs[i].array.header.shape;
    const auto& other = baseline.outputs[i].array.header.shape;
    if (mine != other) {
      return Error{Code::invalid_argument,
                   "output '" + predictions.outputs[i].name + "' is " + shape_text(mine) +
                       ", in the baseline " + shape_text(other),
                   "baseline", "compare models with the same outputs"};
    }
  }
  return {};
}

}  // namespace mtc::evaluate
