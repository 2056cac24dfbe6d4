// SPDX-License-Identifier: Apache-2.0
//
// Stage train.sgd: parameters, files and data in, train(), model and report out.
#include "mtc/plugin.hpp"

#include <chrono>
#include <fstream>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "plugins/support/onnx/model.hpp"
#include "plugins/train/trainer.hpp"

namespace {

using mtc::Result;
using mtc::train::Dataset;

Result<mtc::train::Options> read_options(const mtc::sdk::Host& host, const Dataset& data) {
  mtc::train::Options options;
  MTC_ASSIGN(const std::int64_t epochs, host.integer("epochs"));
  MTC_ASSIGN(const std::int64_t batch, host.integer("batch"));
  MTC_ASSIGN(const std::int64_t seed, host.integer("seed"));
  MTC_ASSIGN(const std::int64_t threads, host.integer("threads"));
  MTC_ASSIGN(options.lr, host.number("lr"));
  MTC_ASSIGN(options.momentum, host.number("momentum"));
  MTC_ASSIGN(options.weight_decay, host.number("weight_decay"));
  MTC_ASSIGN(options.warmup_epochs, host.number("warmup_epochs"));
  MTC_ASSIGN(options.label_smoothing, host.number("label_smoothing"));
  MTC_ASSIGN(const std::string schedule, host.text("schedule"));
  MTC_ASSIGN(const auto augment, host.texts("augment"));
  MTC_ASSIGN(options.augmentation, mtc::train::parse_augmentation(augment, data.shape));
  options.epochs = static_cast<std::size_t>(epochs);
  options.batch = static_cast<std::size_t>(batch);
  options.seed = static_cast<std::uint64_t>(seed);
  options.threads = static_cast<int>(threads);
  options.cosine = schedule == "cosine";
  return options;
}

Result<Dataset> open_dataset(const mtc::sdk::Host& host, const std::string& name) {
  MTC_ASSIGN(const auto info, host.dataset(name));
  if (!info.has_labels) {
    return mtc::Error{mtc::Code::failed_precondition, "the dataset has no labels", name,
                      "give it labels = \"labels.npy\""};
  }
  Dataset data{info.samples, info.shape, info.dtype, {}, {}, {}};
  data.read = [&host, name](std::span<const std::uint64_t> indices, std::span<std::byte> out) {
    return host.read(name, indices, out);
  };
  data.labels = [&host, name](std::span<const std::uint64_t> indices) { return host.labels(name, indices); };
  data.order = [&host, name](std::uint64_t seed) { return host.order(name, seed); };
  return data;
}

Result<void> write_report(const mtc::train::Outcome& outcome, const std::string& path) {
  auto epochs = nlohmann::ordered_json::array();
  for (const auto& epoch : outcome.epochs) {
    nlohmann::ordered_json entry = {{"lr", epoch.lr}, {"loss", epoch.loss}, {"train_top1", epoch.train_top1}};
    if (epoch.top1) entry["top1"] = *epoch.top1;
    epochs.push_back(std::move(entry));
  }
  const nlohmann::ordered_json document = {{"best_epoch", outcome.best + 1},
                                           {"loss_on_input_of", outcome.softmax},
                                           {"pruned_tensors_kept", outcome.masked},
                                           {"epochs", std::move(epochs)}};
  std::ofstream stream(path);
  stream << document.dump(1) << '\n';
  stream.flush();
  if (!stream) {
    return mtc::Error{mtc::Code::resource_exhausted, "cannot write the report", path, "check free space"};
  }
  return {};
}

void log_outcome(const mtc::sdk::Host& host, const mtc::train::Outcome& outcome) {
  if (!outcome.softmax.empty()) host.info("the loss is applied to the input of the final " + outcome.softmax);
  if (outcome.masked > 0)
    host.info("kept the zeros of " + std::to_string(outcome.masked) + " pruned tensors");
  for (std::size_t i = 0; i < outcome.epochs.size(); ++i) {
    const auto& epoch = outcome.epochs[i];
    std::string line = "epoch " + std::to_string(i + 1) + ": loss " + std::to_string(epoch.loss) +
                       ", training top-1 " + std::to_string(epoch.train_top1);
    if (epoch.top1) line += ", validation top-1 " + std::to_string(*epoch.top1);
    host.info(line);
  }
}

/// What a former attempt has left, and what the next one is left.
Result<mtc::train::Continuation> continuation(const mtc::sdk::Host& host, const std::size_t epochs) {
  using std::chrono::steady_clock;
  MTC_ASSIGN(const double seconds, host.number("checkpoint_seconds"));
  mtc::train::Continuation continuation;
  continuation.accepted = [&host, epochs](std::size_t done) {
    host.info("continues at epoch " + std::to_string(done + 1) + " of " + std::to_string(epochs));
  };
  continuation.refused = [&host](const mtc::Error& error) {
    host.warning("starts over, since the checkpoint does not fit: " + error.message +
                 (error.where.empty() ? "" : " (" + error.where + ")"));
  };
  if (const auto folder = host.newest_checkpoint()) {
    auto snapshot = mtc::train::load_snapshot(*folder);
    if (snapshot)
      continuation.from = *std::move(snapshot);
    else
      continuation.refused(snapshot.error());
  }
  const auto interval = std::chrono::duration<double>(seconds);
  const auto last = std::make_shared<steady_clock::time_point>(steady_clock::now());
  continuation.due = [interval, last] { return steady_clock::now() - *last >= interval; };
  continuation.failed = [&host](const mtc::Error& error) {
    host.warning("no checkpoint is kept: " + error.message);
  };
  continuation.keep = [&host, epochs, last](const mtc::train::Snapshot& snapshot) {
    host.save_checkpoint(
        "after epoch " + std::to_string(snapshot.epochs.size()) + " of " + std::to_string(epochs),
        [&](const std::string& folder) { return mtc::train::save_snapshot(snapshot, folder); });
    *last = steady_clock::now();  // From the end of one to the next, however long it takes to write.
  };
  return continuation;
}

Result<void> run(mtc::sdk::Host& host, std::string_view /*stage*/) {
  MTC_ASSIGN(const auto data, open_dataset(host, "data"));
  MTC_ASSIGN(const auto options, read_options(host, data));
  MTC_ASSIGN(const std::size_t validations, host.input_count("validation"));
  std::optional<Dataset> validation;
  if (validations > 0) {
    MTC_ASSIGN(validation, open_dataset(host, "validation"));
  }
  MTC_ASSIGN(const std::string input, host.input("model"));
  MTC_ASSIGN(const auto model, mtc::model::load(input));
  const mtc::train::Monitor monitor = [&host](const std::string& phase, std::size_t done, std::size_t total,
                                              const std::string& unit) {
    host.progress(phase, done, total, unit);
    return host.check_cancelled();
  };
  MTC_ASSIGN(const auto how, continuation(host, options.epochs));
  MTC_ASSIGN(const auto outcome, mtc::train::train(model, data, validation, options, monitor, how));
  log_outcome(host, outcome);
  MTC_ASSIGN(const std::string model_path, host.output("model"));
  MTC_TRY(mtc::model::save(outcome.model, model_path));
  MTC_ASSIGN(const std::string report_path, host.output("report"));
  MTC_TRY(write_report(outcome, report_path));
  const auto& best = outcome.epochs[outcome.best];
  if (best.top1) MTC_TRY(host.metric("top1", *best.top1));
  return host.metric("loss", best.loss);
}

}  // namespace

MTC_STAGE_PLUGIN(run)
