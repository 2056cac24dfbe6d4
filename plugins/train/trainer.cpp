// SPDX-License-Identifier: Apache-2.0
#include "plugins/train/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <map>
#include <numeric>
#include <random>
#include <sstream>
#include <utility>

#include <torch/torch.h>

#include "plugins/support/autograd/executor.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/transform.hpp"
#include "plugins/train/schedule.hpp"
#include "plugins/train/trainable.hpp"

namespace mtc::train {
namespace {

/// A batch as the executor takes it; the tensors view the vectors.
struct Batch {
  std::vector<std::byte> bytes;
  std::vector<std::int64_t> labels;
  std::vector<std::int64_t> shape;
  at::Tensor input;
  at::Tensor target;
};

Result<void> read_batch(const Dataset& data, std::span<const std::uint64_t> indices, Batch& batch) {
  std::size_t size = indices.size() * (data.dtype.bits / 8U);
  for (const auto extent : data.shape) size *= static_cast<std::size_t>(extent);
  batch.bytes.resize(size);
  MTC_TRY(data.read(indices, batch.bytes));
  MTC_ASSIGN(batch.labels, data.labels(indices));
  batch.shape.assign(1, static_cast<std::int64_t>(indices.size()));
  batch.shape.insert(batch.shape.end(), data.shape.begin(), data.shape.end());
  const auto type = data.dtype.kind == MTC_KIND_FLOAT ? at::kFloat : at::kLong;
  batch.input = torch::from_blob(batch.bytes.data(), batch.shape, type);
  batch.target = torch::from_blob(batch.labels.data(), {batch.shape[0]}, at::kLong);
  return {};
}

Error bad_label(std::int64_t label, std::int64_t classes) {
  return Error{
      Code::invalid_argument,
      "a label is " + std::to_string(label) + ", the model has " + std::to_string(classes) + " classes",
      "data", "use labels from 0 to classes - 1 (label_offset shifts them), or a model with more classes"};
}

/// Everything that lives as long as one training run.
class Trainer {
 public:
  Trainer(const Options& options, const Monitor& monitor, autograd::Executor executor, std::size_t batch,
          bool whole)
      : options_(options),
        monitor_(monitor),
        executor_(std::move(executor)),
        batch_size_(batch),
        whole_(whole),
        random_(options.seed) {}

  /// Splits the parameters into those with and without weight decay and takes the masks.
  void prepare(const std::set<std::string>& trainable, const std::vector<std::string>& masked) {
    std::vector<at::Tensor> decayed;
    std::vector<at::Tensor> plain;
    for (const auto& [name, tensor] : executor_.parameters()) {
      const bool learns = trainable.count(name) != 0;
      at::Tensor(tensor).set_requires_grad(learns);
      if (!learns) continue;
      (tensor.dim() > 1 ? decayed : plain).push_back(tensor);
      if (std::ranges::find(masked, name) != masked.end()) {
        masks_.emplace_back(tensor, tensor.detach().ne(0).to(tensor.scalar_type()));
      }
    }
    std::vector<torch::optim::OptimizerParamGroup> groups;
    groups.emplace_back(std::move(decayed), settings(options_.weight_decay));
    groups.emplace_back(std::move(plain), settings(0.0));
    optimizer_ =
        std::make_unique<torch::optim::SGD>(std::move(groups), torch::optim::SGDOptions(options_.lr));
  }

  Result<Epoch> run_epoch(const Dataset& data, std::size_t number) {
    executor_.set_training(true);
    MTC_ASSIGN(const auto order, data.order(options_.seed + 0x9E3779B97F4A7C15ULL * (number + 1)));
    Epoch epoch;
    const std::size_t steps = steps_per_epoch(data.count);
    std::size_t correct = 0;
    for (std::size_t step = 0; step < steps; ++step) {
      const auto indices = std::span(order)
                               .subspan(step * batch_size_)
                               .first(std::min(batch_size_, order.size() - step * batch_size_));
      epoch.lr = learning_rate(schedule(steps), number * steps + step);
      MTC_ASSIGN(const auto result, train_step(data, indices, epoch.lr));
      if (!std::isfinite(result.loss)) return diverged(number, step);
      epoch.loss += result.loss / static_cast<double>(steps);
      correct += result.correct;
      const std::size_t done = number * steps + step + 1;
      MTC_TRY(monitor_("training", done, options_.epochs * steps, "steps"));
    }
    epoch.train_top1 =
        static_cast<double>(correct) / static_cast<double>(std::min(steps * batch_size_, data.count));
    return epoch;
  }

  Result<double> top1(const Dataset& data) {
    executor_.set_training(false);
    const at::NoGradGuard guard;
    std::size_t correct = 0;
    Batch batch;
    for (std::size_t first = 0; first < data.count; first += batch_size_) {
      const std::size_t real = std::min(batch_size_, data.count - first);
      std::vector<std::uint64_t> indices(whole_ ? batch_size_ : real);
      for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = first + std::min(i, real - 1);
      MTC_TRY(read_batch(data, indices, batch));
      MTC_ASSIGN(const auto logits, forward(batch));
      const auto rows = static_cast<std::int64_t>(real);
      correct += count_correct(logits.slice(0, 0, rows), batch.target.slice(0, 0, rows));
      MTC_TRY(monitor_("validation", first + real, data.count, "samples"));
    }
    return static_cast<double>(correct) / static_cast<double>(data.count);
  }

  Result<void> write_back(onnx::ModelProto& model) const { return executor_.write_back(model); }

  /// What the next epoch depends on besides the options, into `snapshot`; `model` is the untrained one.
  Result<void> describe(const onnx::ModelProto& model, Snapshot& snapshot) const {
    snapshot.weights = model;
    MTC_TRY(executor_.write_back(snapshot.weights));
    std::ostringstream random;
    random << random_;
    snapshot.random = random.str();
    for (const auto& [name, tensor] : executor_.parameters()) {
      if (tensor.grad().defined()) snapshot.momentum.push_back({name, momentum_of(tensor)});
    }
    return {};
  }

  /// The inverse. Errors: data_loss, invalid_argument for a snapshot of another model; nothing is changed
  /// then.
  Result<void> restore(const Snapshot& snapshot) {
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [name, tensor] : executor_.parameters()) tensors.emplace(name, tensor);
    std::istringstream text(snapshot.random);
    std::mt19937_64 random;
    text >> random;
    if (!text) return Error{Code::data_loss, "the state of the generator is damaged", "random", {}};
    for (const auto& entry : snapshot.momentum) {
      const auto found = tensors.find(entry.name);
      const auto count = static_cast<std::int64_t>(entry.values.size());
      if (found == tensors.end() || (count > 0 && found->second.numel() != count))
        return Error{
            Code::data_loss, "there is no such parameter of this size", "momentum of " + entry.name, {}};
    }
    MTC_TRY(executor_.read_back(snapshot.weights));
    random_ = random;
    for (const auto& entry : snapshot.momentum) {
      const auto& parameter = tensors.at(entry.name);
      // A gradient that is there is added to, which makes 0 of -0; one that is not there is not stepped
      // along.
      parameter.mutable_grad() = torch::zeros_like(parameter);
      if (entry.values.empty()) continue;
      auto state = std::make_unique<torch::optim::SGDParamState>();
      state->momentum_buffer(
          torch::tensor(at::ArrayRef<float>(entry.values), at::kFloat).view(parameter.sizes()));
      optimizer_->state()[state_key(parameter)] = std::move(state);
    }
    return {};
  }
  [[nodiscard]] std::size_t masked() const { return masks_.size(); }

 private:
  struct Step {
    double loss = 0.0;
    std::size_t correct = 0;
  };

  std::unique_ptr<torch::optim::SGDOptions> settings(double weight_decay) const {
    auto settings = std::make_unique<torch::optim::SGDOptions>(options_.lr);
    settings->momentum(options_.momentum).weight_decay(weight_decay).nesterov(options_.momentum > 0.0);
    return settings;
  }

  /// As torch's optimizers name the state of a parameter.
  static std::string state_key(const at::Tensor& parameter) {
    return c10::guts::to_string(parameter.unsafeGetTensorImpl());
  }

  /// Empty where there is none.
  std::vector<float> momentum_of(const at::Tensor& parameter) const {
    const auto state = optimizer_->state().find(state_key(parameter));
    if (state == optimizer_->state().end()) return {};
    const auto& buffer = static_cast<const torch::optim::SGDParamState&>(*state->second).momentum_buffer();
    if (!buffer.defined()) return {};
    const auto values = buffer.contiguous();
    const auto* data = values.data_ptr<float>();
    return {data, data + values.numel()};
  }

  /// A last incomplete batch is left out: its batch statistics would be noisier than the others'.
  std::size_t steps_per_epoch(std::size_t samples) const {
    return std::max<std::size_t>(samples / batch_size_, 1);
  }

  Schedule schedule(std::size_t steps) const {
    return {options_.lr, static_cast<std::size_t>(options_.warmup_epochs * static_cast<double>(steps)),
            options_.epochs * steps, options_.cosine};
  }

  Result<Step> train_step(const Dataset& data, std::span<const std::uint64_t> indices, double rate) {
    MTC_TRY(read_batch(data, indices, batch_));
    if (data.dtype.kind == MTC_KIND_FLOAT) {
      const std::span floats(reinterpret_cast<float*>(batch_.bytes.data()),
                             batch_.bytes.size() / sizeof(float));
      augment(floats, batch_.shape, options_.augmentation, random_);
    }
    MTC_ASSIGN(const auto logits, forward(batch_));
    namespace F = torch::nn::functional;
    const auto loss = F::cross_entropy(
        logits, batch_.target, F::CrossEntropyFuncOptions().label_smoothing(options_.label_smoothing));
    optimizer_->zero_grad();
    loss.backward();
    for (auto& [parameter, mask] : masks_) {
      // A head that the first output does not need has no gradient.
      if (parameter.grad().defined()) parameter.mutable_grad().mul_(mask);
    }
    for (auto& group : optimizer_->param_groups())
      static_cast<torch::optim::SGDOptions&>(group.options()).lr(rate);
    optimizer_->step();
    return Step{loss.item<double>(), count_correct(logits.detach(), batch_.target)};
  }

  /// Logits [N, classes]; checks the labels against them.
  Result<at::Tensor> forward(const Batch& batch) {
    MTC_ASSIGN(const auto outputs, executor_.forward(std::span(&batch.input, 1)));
    const auto logits = outputs.front().flatten(1);
    for (const auto label : batch.labels) {
      if (label < 0 || label >= logits.size(1)) return bad_label(label, logits.size(1));
    }
    return logits;
  }

  static std::size_t count_correct(const at::Tensor& logits, const at::Tensor& target) {
    return static_cast<std::size_t>(logits.argmax(1).eq(target).sum().item<std::int64_t>());
  }

  Error diverged(std::size_t epoch, std::size_t step) const {
    return Error{
        Code::invalid_argument,
        "the loss is not finite in epoch " + std::to_string(epoch + 1) + ", step " + std::to_string(step + 1),
        "lr", "lower lr (now " + std::to_string(options_.lr) + "), raise warmup_epochs, or check the data"};
  }

  const Options& options_;
  const Monitor& monitor_;
  autograd::Executor executor_;
  std::size_t batch_size_;
  bool whole_;
  std::mt19937_64 random_;
  std::unique_ptr<torch::optim::SGD> optimizer_;
  std::vector<std::pair<at::Tensor, at::Tensor>> masks_;
  Batch batch_;
};

Result<void> check_data(const onnx::ModelProto& model, const Dataset& data, const std::string& name,
                        std::size_t least) {
  if (data.count < least) {
    return Error{Code::invalid_argument,
                 "the dataset has " + std::to_string(data.count) + " samples, training needs " +
                     std::to_string(least) + " or more",
                 name, "raise take, lower skip, or give more files"};
  }
  const auto inputs = model::real_inputs(model.graph());
  if (inputs.size() != 1) {
    return Error{Code::invalid_argument, "the model has " + std::to_string(inputs.size()) + " inputs",
                 "model", "train.sgd trains models with exactly one input"};
  }
  const auto& dims = inputs[0]->type().tensor_type().shape().dim();
  bool fits = static_cast<std::size_t>(dims.size()) == data.shape.size() + 1;
  std::string wanted;
  std::string given;
  for (int i = 1; i < dims.size(); ++i) {
    wanted += (i > 1 ? ", " : "") + (dims[i].dim_value() > 0 ? std::to_string(dims[i].dim_value()) : "?");
  }
  for (std::size_t i = 0; i < data.shape.size(); ++i) {
    given += (i > 0 ? ", " : "") + std::to_string(data.shape[i]);
    const int axis = static_cast<int>(i) + 1;
    fits = fits && (dims[axis].dim_value() <= 0 || dims[axis].dim_value() == data.shape[i]);
  }
  if (fits) return {};
  return Error{
      Code::invalid_argument,
      "input '" + inputs[0]->name() + "' takes samples of [" + wanted + "], the data has [" + given + "]",
      name, "use data of the model's shape, or another preprocess"};
}

/// The batch that the model fixes; 0 when it is symbolic.
std::size_t fixed_batch(const onnx::ModelProto& model) {
  const auto inputs = model::real_inputs(model.graph());
  if (inputs.empty() || inputs[0]->type().tensor_type().shape().dim_size() == 0) return 0;
  const auto& dim = inputs[0]->type().tensor_type().shape().dim(0);
  return dim.dim_value() > 0 ? static_cast<std::size_t>(dim.dim_value()) : 0;
}

bool better(const Epoch& epoch, const Epoch& best) {
  return epoch.top1 ? *epoch.top1 > *best.top1 : epoch.loss < best.loss;
}

/// Puts training where `continuation.from` was taken, if it can.
void continue_from(const Continuation& continuation, const Options& options, Trainer& trainer,
                   Outcome& outcome) {
  if (!continuation.from) return;
  const Snapshot& from = *continuation.from;
  auto restored =
      from.epochs.size() < options.epochs
          ? trainer.restore(from)
          : Result<void>(Error{Code::data_loss, "it holds more epochs than are asked for", {}, {}});
  if (!restored) {
    if (continuation.refused) continuation.refused(restored.error());
    return;
  }
  outcome.epochs = from.epochs;
  outcome.best = from.best;
  outcome.model = from.kept;
  if (continuation.accepted) continuation.accepted(from.epochs.size());
}

/// Offers what is reached after an epoch. That it cannot be described is told, and no reason to end.
void keep_snapshot(const Continuation& continuation, const onnx::ModelProto& model, const Trainer& trainer,
                   const Outcome& outcome) {
  if (!continuation.keep || (continuation.due && !continuation.due())) return;
  Snapshot snapshot;
  if (const auto described = trainer.describe(model, snapshot); !described) {
    if (continuation.failed) continuation.failed(described.error());
    return;
  }
  snapshot.epochs = outcome.epochs;
  snapshot.best = outcome.best;
  snapshot.kept = outcome.model;
  continuation.keep(snapshot);
}

Result<Outcome> run(const onnx::ModelProto& model, const Dataset& data,
                    const std::optional<Dataset>& validation, const Options& options, const Monitor& monitor,
                    const Continuation& continuation) {
  MTC_ASSIGN(auto head, cut_softmax(model));
  model::remove_unused(head.model);
  MTC_ASSIGN(const auto masked, masked_tensors(model));
  const std::size_t fixed = fixed_batch(model);
  MTC_TRY(check_data(model, data, "data", std::max<std::size_t>(fixed, 1)));
  if (validation) MTC_TRY(check_data(model, *validation, "validation", 1));
  MTC_ASSIGN(auto executor, autograd::Executor::create(head.model, {true, false, options.threads}));
  const std::size_t batch = fixed > 0 ? fixed : std::min(options.batch, data.count);
  Trainer trainer(options, monitor, std::move(executor), batch, fixed > 0);
  trainer.prepare(trainable(head.model), masked);

  Outcome outcome;
  outcome.model = model;
  outcome.softmax = head.softmax;
  outcome.masked = trainer.masked();
  continue_from(continuation, options, trainer, outcome);
  for (std::size_t number = outcome.epochs.size(); number < options.epochs; ++number) {
    MTC_ASSIGN(auto epoch, trainer.run_epoch(data, number));
    if (validation) {
      MTC_ASSIGN(epoch.top1, trainer.top1(*validation));
    }
    outcome.epochs.push_back(epoch);
    if (number == 0 || better(epoch, outcome.epochs[outcome.best])) {
      outcome.best = number;
      MTC_TRY(trainer.write_back(outcome.model));
    }
    if (number + 1 < options.epochs) keep_snapshot(continuation, model, trainer, outcome);
  }
  return outcome;
}

}  // namespace

Result<Outcome> train(const onnx::ModelProto& model, const Dataset& data,
                      const std::optional<Dataset>& validation, const Options& options,
                      const Monitor& monitor, const Continuation& continuation) {
  try {
    return run(model, data, validation, options, monitor, continuation);
  } catch (const c10::Error& error) {
    return Error{Code::internal,
                 std::string("libtorch: ") + error.what_without_backtrace(),
                 {},
                 "check that the model's first output is [N, classes]",
                 false,
                 true};
  } catch (const std::exception& error) {
    return Error{Code::internal, error.what(), {}, {}, false, true};
  }
}

}  // namespace mtc::train
