// SPDX-License-Identifier: Apache-2.0
#include "plugins/train/checkpoint.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

#include "mtc/npy.hpp"
#include "plugins/support/onnx/model.hpp"

namespace mtc::train {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "mtc.train.checkpoint";
constexpr int kVersion = 1;
constexpr mtc_dtype kFloat32{MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE};

Error broken(const std::string& what, const std::string& path) { return {Code::data_loss, what, path, {}}; }

json state_of(const Snapshot& snapshot) {
  json epochs = json::array();
  for (const auto& epoch : snapshot.epochs) {
    json entry = {{"lr", epoch.lr}, {"loss", epoch.loss}, {"train_top1", epoch.train_top1}};
    if (epoch.top1) entry["top1"] = *epoch.top1;
    epochs.push_back(std::move(entry));
  }
  json momentum = json::array();
  for (const auto& entry : snapshot.momentum)
    momentum.push_back({{"name", entry.name}, {"elements", entry.values.size()}});
  return {{"format", kFormat},     {"version", kVersion},       {"epochs", std::move(epochs)},
          {"best", snapshot.best}, {"random", snapshot.random}, {"momentum", std::move(momentum)}};
}

Result<void> save_momentum(const std::vector<Momentum>& momentum, const std::string& path) {
  std::vector<float> all;
  for (const auto& entry : momentum) all.insert(all.end(), entry.values.begin(), entry.values.end());
  const std::vector<std::int64_t> shape{static_cast<std::int64_t>(all.size())};
  return npy::save(path, kFloat32, shape, std::as_bytes(std::span(all)));
}

Result<void> load_momentum(const json& names, const std::string& path, std::vector<Momentum>& momentum) {
  MTC_ASSIGN(const auto array, npy::load(path));
  if (!npy::same_type(array.header.dtype, kFloat32)) return broken("the momentum is not float32", path);
  auto rest = array.values<float>();
  for (const auto& entry : names) {
    const auto count = entry.at("elements").get<std::size_t>();
    if (count > rest.size()) return broken("the momentum is truncated", path);
    const auto values = rest.first(count);
    momentum.push_back({entry.at("name").get<std::string>(), {values.begin(), values.end()}});
    rest = rest.subspan(count);
  }
  return {};
}

/// Throws nlohmann's exceptions for whatever is not as written.
void take_epochs(const json& state, Snapshot& snapshot) {
  for (const auto& entry : state.at("epochs")) {
    Epoch epoch{entry.at("lr"), entry.at("loss"), entry.at("train_top1"), {}};
    if (entry.contains("top1")) epoch.top1 = entry.at("top1").get<double>();
    snapshot.epochs.push_back(epoch);
  }
  snapshot.best = state.at("best").get<std::size_t>();
  snapshot.random = state.at("random").get<std::string>();
}

Result<Snapshot> read_snapshot(const std::string& folder) {
  const std::string path = folder + "/state.json";
  std::ifstream stream(path);
  if (!stream) return Error{Code::not_found, "cannot read the state", path, {}};
  const json state = json::parse(stream);
  if (state.at("format") != kFormat || state.at("version") != kVersion) {
    return Error{Code::failed_precondition,
                 "it is a " + state.at("format").dump() + " of version " + state.at("version").dump() +
                     ", not of version " + std::to_string(kVersion),
                 path,
                 {}};
  }
  Snapshot snapshot;
  take_epochs(state, snapshot);
  if (snapshot.best >= snapshot.epochs.size()) return broken("the best epoch is none of the epochs", path);
  MTC_ASSIGN(snapshot.weights, model::load(folder + "/weights.onnx"));
  if (snapshot.best + 1 == snapshot.epochs.size()) {
    snapshot.kept = snapshot.weights;
  } else {
    MTC_ASSIGN(snapshot.kept, model::load(folder + "/best.onnx"));
  }
  MTC_TRY(load_momentum(state.at("momentum"), folder + "/momentum.npy", snapshot.momentum));
  return snapshot;
}

}  // namespace

Result<void> save_snapshot(const Snapshot& snapshot, const std::string& folder) {
  MTC_TRY(model::save(snapshot.weights, folder + "/weights.onnx"));
  if (snapshot.best + 1 != snapshot.epochs.size()) MTC_TRY(model::save(snapshot.kept, folder + "/best.onnx"));
  MTC_TRY(save_momentum(snapshot.momentum, folder + "/momentum.npy"));
  const std::string path = folder + "/state.json";
  std::ofstream stream(path);
  stream << state_of(snapshot).dump(1) << '\n';
  stream.flush();
  if (stream) return {};
  return Error{Code::resource_exhausted, "cannot write the state", path, "check free space"};
}

Result<Snapshot> load_snapshot(const std::string& folder) {
  try {
    return read_snapshot(folder);
  } catch (const json::exception& error) {
    return broken(std::string("the state is not what was written: ") + error.what(), folder);
  }
}

}  // namespace mtc::train
