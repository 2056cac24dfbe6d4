// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/autograd/executor.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include "plugins/support/autograd/convert.hpp"
#include "plugins/support/autograd/operators.hpp"
#include "plugins/support/autograd/parameters.hpp"
#include "plugins/support/autograd/threads.hpp"
#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/tensor.hpp"

namespace mtc::autograd {
namespace {

constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

/// One node, with tensors as slots of a value table.
struct Step {
  onnx::NodeProto node;
  int version = 0;
  Kernel kernel = nullptr;
  std::vector<std::size_t> inputs;   ///< kAbsent for an optional input that is not given.
  std::vector<std::size_t> outputs;  ///< kAbsent for an output that nobody names.
  std::vector<std::size_t> frees;    ///< Slots that nobody reads after this step.
};

/// A declared graph input.
struct Input {
  std::string name;
  int type = 0;
  bool has_shape = false;
  Shape shape;  ///< -1 = any extent.
};

std::string describe(const Step& step) { return "node " + model::describe(step.node); }

Input describe_input(const onnx::ValueInfoProto& info) {
  const auto& type = info.type().tensor_type();
  Input input{info.name(), type.elem_type(), type.has_shape(), {}};
  for (const auto& dim : type.shape().dim()) {
    input.shape.push_back(dim.has_dim_value() && dim.dim_value() > 0 ? dim.dim_value() : -1);
  }
  return input;
}

std::string print(at::IntArrayRef shape) {
  std::string text = "[";
  for (const auto extent : shape) {
    if (text.size() > 1) text += ',';
    if (extent < 0) {
      text += 'N';
    } else {
      text += std::to_string(extent);
    }
  }
  text += ']';
  return text;
}

Result<void> check_input(const Input& input, const at::Tensor& tensor, bool float64) {
  const std::string where = "input '" + input.name + "'";
  if (static_cast<int>(tensor.scalar_type()) != scalar_type(input.type, float64)) {
    return Error{Code::invalid_argument,
                 "the data has another element type than the model's " + model::type_name(input.type), where,
                 "convert the data"};
  }
  bool fits = !input.has_shape || static_cast<std::size_t>(tensor.dim()) == input.shape.size();
  for (std::size_t i = 0; input.has_shape && fits && i < input.shape.size(); ++i) {
    fits = input.shape[i] < 0 || input.shape[i] == tensor.size(static_cast<std::int64_t>(i));
  }
  if (fits) return {};
  return Error{Code::invalid_argument,
               "the data has shape " + print(tensor.sizes()) + ", the model asks for " + print(input.shape),
               where, "check the dataset and its preprocess against the model"};
}

}  // namespace

struct Executor::State {
  Options options;
  std::vector<Input> declared;
  std::vector<std::string> input_names;
  std::vector<std::string> output_names;
  std::unordered_map<std::string, std::size_t> slots;
  std::vector<std::string> names;       ///< By slot.
  std::vector<at::Tensor> constants;    ///< By slot; undefined where the value is computed.
  std::vector<std::size_t> parameters;  ///< Slots of trainable initializers, in file order.
  std::vector<std::size_t> statistics;  ///< Slots of running means and variances.
  std::vector<Step> steps;

  std::size_t slot(const std::string& name) {
    const auto [place, added] = slots.emplace(name, names.size());
    if (added) {
      names.push_back(name);
      constants.emplace_back();
    }
    return place->second;
  }

  Result<void> add_initializers(const onnx::GraphProto& graph);
  Result<void> add_step(const onnx::NodeProto& node, int opset,
                        const std::unordered_map<std::string_view, Row>& table);
  void plan_frees();
  void apply_training();
  Result<std::vector<at::Tensor>> compute(const Step& step, std::span<const at::Tensor* const> inputs) const;
  Result<void> feed(std::span<const at::Tensor> inputs, std::vector<at::Tensor>& values) const;
  /// Runs all steps over `values` (by slot); `seen` is called with each slot that has got its value.
  template <class Seen>
  Result<std::vector<at::Tensor>> execute(std::vector<at::Tensor>& values, Seen seen) const;
};

Result<void> Executor::State::add_initializers(const onnx::GraphProto& graph) {
  const ParameterNames roles = parameter_names(graph);
  for (const auto& tensor : graph.initializer()) {
    MTC_ASSIGN(auto value, to_tensor(tensor, options.float64));
    const std::size_t at = slot(tensor.name());
    constants[at] = std::move(value);
    if (roles.trainable.contains(tensor.name())) parameters.push_back(at);
    if (roles.statistics.contains(tensor.name())) statistics.push_back(at);
  }
  return {};
}

Result<void> Executor::State::add_step(const onnx::NodeProto& node, int opset,
                                       const std::unordered_map<std::string_view, Row>& table) {
  Step step;
  step.node = node;
  const bool own = node.domain().empty() || node.domain() == "ai.onnx";
  step.version = own ? since_version(node.op_type(), opset) : 0;
  const auto row = own ? table.find(node.op_type()) : table.end();
  if (row == table.end() ||
      std::count(row->second.versions.begin(), row->second.versions.end(), step.version) == 0) {
    const std::string domain = own ? "" : node.domain() + ".";
    const std::string version = std::to_string(step.version == 0 ? opset : step.version);
    return Error{Code::unimplemented, "not supported: " + domain + node.op_type() + "-" + version,
                 describe(step), "replace the operator, or export the model with an opset up to 17"};
  }
  step.kernel = row->second.kernel;
  for (const auto& name : node.input()) step.inputs.push_back(name.empty() ? kAbsent : slot(name));
  for (const auto& name : node.output()) step.outputs.push_back(name.empty() ? kAbsent : slot(name));
  if (node.op_type() == "Constant") {
    MTC_ASSIGN(auto value, compute(step, {}));
    constants[step.outputs.at(0)] = std::move(value.at(0));
    return {};
  }
  steps.push_back(std::move(step));
  return {};
}

void Executor::State::plan_frees() {
  std::vector<std::size_t> last(names.size(), kAbsent);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    for (const std::size_t at : steps[i].outputs) {
      if (at != kAbsent) last[at] = i;
    }
    for (const std::size_t at : steps[i].inputs) {
      if (at != kAbsent) last[at] = i;
    }
  }
  for (const auto& name : output_names) last[slots.at(name)] = kAbsent;
  for (std::size_t at = 0; at < last.size(); ++at) {
    if (last[at] != kAbsent && !constants[at].defined()) steps[last[at]].frees.push_back(at);
  }
}

void Executor::State::apply_training() {
  for (const std::size_t at : parameters) constants[at].set_requires_grad(options.training);
}

Result<std::vector<at::Tensor>> Executor::State::compute(const Step& step,
                                                         std::span<const at::Tensor* const> inputs) const {
  const std::string name = step.node.op_type() + "-" + std::to_string(step.version);
  std::string shapes;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] == nullptr) continue;
    if (!shapes.empty()) shapes += ", ";
    shapes += step.node.input(static_cast<int>(i));
    shapes += ' ';
    shapes += print(inputs[i]->sizes());
  }
  const std::string suffix = shapes.empty() ? "" : " (inputs: " + shapes + ")";
  try {
    return step.kernel(Call(step.node, step.version, inputs, options.training, options.float64));
  } catch (const OperatorError& error) {
    if (error.unsupported) {
      return Error{Code::unimplemented, "not supported: " + std::string(error.what()), describe(step),
                   "replace the operator"};
    }
    return Error{Code::invalid_argument, name + ": " + error.what() + suffix, describe(step),
                 "check the model and the shape of its inputs"};
  } catch (const c10::Error& error) {
    return Error{Code::invalid_argument, name + ": " + error.what_without_backtrace() + suffix,
                 describe(step), "check the model and the shape of its inputs"};
  } catch (const std::exception& error) {
    return Error{Code::invalid_argument, name + ": " + error.what() + suffix, describe(step),
                 "check the model and the shape of its inputs"};
  }
}

Result<void> Executor::State::feed(std::span<const at::Tensor> inputs,
                                   std::vector<at::Tensor>& values) const {
  if (inputs.size() != declared.size()) {
    return Error{Code::invalid_argument,
                 "the model has " + std::to_string(declared.size()) + " inputs, " +
                     std::to_string(inputs.size()) + " are given",
                 {},
                 "pass one tensor for each of the model's inputs"};
  }
  values.resize(names.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    MTC_TRY(check_input(declared[i], inputs[i], options.float64));
    values[slots.at(declared[i].name)] = inputs[i];
  }
  return {};
}

template <class Seen>
Result<std::vector<at::Tensor>> Executor::State::execute(std::vector<at::Tensor>& values, Seen seen) const {
  const auto value = [&](std::size_t at) -> const at::Tensor* {
    if (at == kAbsent) return nullptr;
    return constants[at].defined() ? &constants[at] : &values[at];
  };
  for (const auto& input : declared) seen(slots.at(input.name), *value(slots.at(input.name)));
  for (const Step& step : steps) {
    std::vector<const at::Tensor*> inputs;
    for (const std::size_t at : step.inputs) inputs.push_back(value(at));
    MTC_ASSIGN(auto outputs, compute(step, inputs));
    for (std::size_t i = 0; i < step.outputs.size(); ++i) {
      if (step.outputs[i] == kAbsent) continue;
      if (i >= outputs.size()) {
        return Error{Code::unimplemented,
                     "not supported: output " + std::to_string(i) + " of " + step.node.op_type(),
                     describe(step), "replace the operator"};
      }
      values[step.outputs[i]] = std::move(outputs[i]);
      seen(step.outputs[i], values[step.outputs[i]]);
    }
    for (const std::size_t at : step.frees) values[at] = at::Tensor();
  }
  std::vector<at::Tensor> results;
  for (const auto& name : output_names) results.push_back(*value(slots.at(name)));
  return results;
}

Result<Executor> Executor::create(const onnx::ModelProto& model, const Options& options) {
  const int opset = model::opset(model);
  if (opset > kNewestOpset) {
    return Error{Code::unimplemented,
                 "not supported: operator set " + std::to_string(opset) + ", the newest known is " +
                     std::to_string(kNewestOpset),
                 {},
                 "export the model with an opset up to 17"};
  }
  auto state = std::make_unique<State>();
  state->options = options;
  MTC_ASSIGN(const auto index, model::GraphIndex::build(model.graph()));
  for (const auto* input : model::real_inputs(model.graph())) {
    state->declared.push_back(describe_input(*input));
    state->input_names.push_back(input->name());
    state->slot(input->name());
  }
  MTC_TRY(state->add_initializers(model.graph()));
  std::unordered_map<std::string_view, Row> table;
  for (auto& row : operators()) table.emplace(row.op, row);
  for (const auto* node : index.order()) MTC_TRY(state->add_step(*node, opset, table));
  for (const auto& output : model.graph().output()) state->output_names.push_back(output.name());
  state->plan_frees();
  state->apply_training();
  set_threads(options.threads);
  return Executor(std::move(state));
}

Executor::Executor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Executor::Executor(Executor&&) noexcept = default;
Executor& Executor::operator=(Executor&&) noexcept = default;
Executor::~Executor() = default;

const std::vector<std::string>& Executor::inputs() const { return state_->input_names; }
const std::vector<std::string>& Executor::outputs() const { return state_->output_names; }

Result<std::vector<HostTensor>> Executor::run(std::span<const HostTensor> inputs, const Observer& observe,
                                              std::span<const std::string> wanted) {
  const c10::InferenceMode guard;
  std::vector<at::Tensor> tensors;
  for (const auto& input : inputs) {
    MTC_ASSIGN(auto tensor, to_tensor(input, state_->options.float64));
    tensors.push_back(std::move(tensor));
  }
  std::vector<at::Tensor> values;
  MTC_TRY(state_->feed(tensors, values));
  tensors.clear();
  const std::unordered_set<std::string> names(wanted.begin(), wanted.end());
  const auto seen = [&](std::size_t slot, const at::Tensor& tensor) {
    if (!observe || !tensor.is_floating_point()) return;
    if (!names.empty() && !names.contains(state_->names[slot])) return;
    const at::Tensor dense = tensor.to(at::kFloat).contiguous();
    const auto* data = dense.data_ptr<float>();
    observe(state_->names[slot], {dense.sizes().data(), dense.sizes().size()},
            {data, static_cast<std::size_t>(dense.numel())});
  };
  MTC_ASSIGN(const auto results, state_->execute(values, seen));
  std::vector<HostTensor> outputs;
  for (const auto& result : results) outputs.push_back(to_host(result));
  return outputs;
}

Result<std::vector<at::Tensor>> Executor::forward(std::span<const at::Tensor> inputs) {
  const at::AutoGradMode guard(state_->options.training);
  std::vector<at::Tensor> values;
  MTC_TRY(state_->feed(inputs, values));
  return state_->execute(values, [](std::size_t, const at::Tensor&) {});
}

std::vector<std::pair<std::string, at::Tensor>> Executor::parameters() const {
  std::vector<std::pair<std::string, at::Tensor>> list;
  for (const std::size_t at : state_->parameters) list.emplace_back(state_->names[at], state_->constants[at]);
  return list;
}

Result<void> Executor::write_back(onnx::ModelProto& model) const {
  std::unordered_map<std::string, onnx::TensorProto*> initializers;
  for (auto& tensor : *model.mutable_graph()->mutable_initializer())
    initializers.emplace(tensor.name(), &tensor);
  for (const auto* list : {&state_->parameters, &state_->statistics}) {
    for (const std::size_t at : *list) {
      const auto found = initializers.find(state_->names[at]);
      const at::Tensor& value = state_->constants[at];
      if (found == initializers.end() || model::elements(*found->second) != value.numel()) {
        return Error{Code::invalid_argument,
                     "the model has no such initializer of shape " + print(value.sizes()),
                     "tensor '" + state_->names[at] + "'",
                     "write back into the model that the executor was made from"};
      }
      store(value, *found->second);
    }
  }
  return {};
}

Result<void> Executor::read_back(const onnx::ModelProto& model) {
  std::unordered_map<std::string, const onnx::TensorProto*> initializers;
  for (const auto& tensor : model.graph().initializer()) initializers.emplace(tensor.name(), &tensor);
  std::vector<std::pair<std::size_t, at::Tensor>> values;
  for (const auto* list : {&state_->parameters, &state_->statistics}) {
    for (const std::size_t at : *list) {
      const auto found = initializers.find(state_->names[at]);
      const at::Tensor& present = state_->constants[at];
      if (found != initializers.end()) {
        MTC_ASSIGN(auto value, to_tensor(*found->second, state_->options.float64));
        if (value.sizes() == present.sizes() && value.scalar_type() == present.scalar_type()) {
          values.emplace_back(at, std::move(value));
          continue;
        }
      }
      return Error{
          Code::invalid_argument, "the model has no such initializer of shape " + print(present.sizes()),
          "tensor '" + state_->names[at] + "'", "take the values from a model that was written back"};
    }
  }
  const at::NoGradGuard guard;
  for (const auto& [at, value] : values) state_->constants[at].copy_(value);
  return {};
}

void Executor::set_training(bool training) {
  state_->options.training = training;
  state_->apply_training();
}

}  // namespace mtc::autograd
