// SPDX-License-Identifier: Apache-2.0
#include "plugins/train/trainable.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <nlohmann/json.hpp>

#include "plugins/support/onnx/graph.hpp"
#include "plugins/support/onnx/model.hpp"
#include "plugins/support/onnx/tensor.hpp"

namespace mtc::train {
namespace {

/// An operator and which of its inputs learn, as bits (bit 1: input 1).
struct Learns {
  std::string_view op;
  unsigned inputs;
};

constexpr std::array kLearns{Learns{"Conv", 0b110},
                             Learns{"ConvTranspose", 0b110},
                             Learns{"Gemm", 0b111},
                             Learns{"MatMul", 0b11},
                             Learns{"BatchNormalization", 0b110},
                             Learns{"InstanceNormalization", 0b110},
                             Learns{"LayerNormalization", 0b110},
                             Learns{"PRelu", 0b10},
                             Learns{"Gather", 0b1}};

/// Element-wise operators whose constant of several values is a bias or a scale.
constexpr std::array<std::string_view, 3> kElementwise{"Add", "Mul", "Sub"};

bool learns(const onnx::NodeProto& node, int input) {
  const auto found = std::ranges::find(kLearns, std::string_view(node.op_type()), &Learns::op);
  return found != kLearns.end() && (found->inputs >> static_cast<unsigned>(input) & 1U) != 0;
}

}  // namespace

Result<Head> cut_softmax(const onnx::ModelProto& model) {
  for (const auto& node : model.graph().node()) {
    if (node.op_type() != "QuantizeLinear" && node.op_type() != "DequantizeLinear") continue;
    return Error{Code::unimplemented, "the model is quantized; train.sgd trains float models",
                 model::describe(node), "train or fine-tune first, then quantize"};
  }
  Head head{model, {}};
  auto& graph = *head.model.mutable_graph();
  MTC_ASSIGN(const auto index, model::GraphIndex::build(model.graph()));
  const auto* last = index.producer(graph.output(0).name());
  if (last == nullptr || last->op_type() != "Softmax") return head;
  head.softmax = model::describe(*last);
  graph.mutable_output(0)->set_name(last->input(0));
  return head;
}

std::set<std::string> trainable(const onnx::ModelProto& model) {
  std::set<std::string> multiple;
  std::set<std::string> floats;
  for (const auto& tensor : model.graph().initializer()) {
    if (tensor.data_type() != onnx::TensorProto::FLOAT) continue;
    floats.insert(tensor.name());
    if (model::elements(tensor) > 1) multiple.insert(tensor.name());
  }
  std::set<std::string> names;
  for (const auto& node : model.graph().node()) {
    const bool elementwise = std::ranges::find(kElementwise, node.op_type()) != kElementwise.end();
    for (int i = 0; i < node.input_size(); ++i) {
      const auto& name = node.input(i);
      if ((learns(node, i) && floats.count(name) != 0) || (elementwise && multiple.count(name) != 0)) {
        names.insert(name);
      }
    }
  }
  return names;
}

Result<std::vector<std::string>> masked_tensors(const onnx::ModelProto& model) {
  const auto metadata = model::metadata(model);
  const auto entry = metadata.find("mtc.sparsity.tensors");
  if (entry == metadata.end()) return std::vector<std::string>{};
  const auto list = nlohmann::json::parse(entry->second, nullptr, false);
  const bool valid =
      list.is_array() && std::ranges::all_of(list, [](const auto& name) { return name.is_string(); });
  if (!valid) {
    return Error{Code::invalid_argument, "metadata mtc.sparsity.tensors is no JSON list of names",
                 "mtc.sparsity.tensors", "prune the model again, or remove the entry"};
  }
  return list.get<std::vector<std::string>>();
}

}  // namespace mtc::train
