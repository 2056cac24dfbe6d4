// SPDX-License-Identifier: Apache-2.0
#include "plugins/init/residual_cnn.hpp"

#include <cmath>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "plugins/support/onnx/tensor.hpp"

namespace mtc::init {
namespace {

using Shape = std::vector<std::int64_t>;

/// Appends nodes and initializers to a graph; every method returns the name of the tensor that it makes.
class Builder {
 public:
  Builder(onnx::GraphProto& graph, std::uint64_t seed) : graph_(graph), random_(seed) {}

  std::string conv_bn(const std::string& name, const std::string& input, std::int64_t in, std::int64_t out,
                      std::int64_t kernel, std::int64_t stride) {
    const double bound = std::sqrt(6.0 / static_cast<double>(in * kernel * kernel));
    const auto weight = uniform(name + ".weight", {out, in, kernel, kernel}, bound);
    auto& conv = node("Conv", name, {input, weight});
    set_ints(conv, "kernel_shape", {kernel, kernel});
    set_ints(conv, "strides", {stride, stride});
    const std::int64_t pad = kernel / 2;
    set_ints(conv, "pads", {pad, pad, pad, pad});
    const std::string convolved = conv.output(0);
    const auto bn = name + ".bn";
    return node("BatchNormalization", bn,
                {convolved, constant(bn + ".scale", out, 1.0F), constant(bn + ".shift", out, 0.0F),
                 constant(bn + ".mean", out, 0.0F), constant(bn + ".variance", out, 1.0F)})
        .output(0);
  }

  std::string apply(const std::string& op, const std::string& name, const std::vector<std::string>& inputs) {
    return node(op, name, inputs).output(0);
  }

  std::string block(const std::string& name, const std::string& input, std::int64_t in, std::int64_t out,
                    std::int64_t stride) {
    auto branch = conv_bn(name + ".conv1", input, in, out, 3, stride);
    branch = apply("Relu", name + ".relu1", {branch});
    branch = conv_bn(name + ".conv2", branch, out, out, 3, 1);
    const auto shortcut =
        in == out && stride == 1 ? input : conv_bn(name + ".shortcut", input, in, out, 1, stride);
    const auto sum = apply("Add", name + ".add", {branch, shortcut});
    return apply("Relu", name + ".relu2", {sum});
  }

  void head(const std::string& input, std::int64_t channels, std::int64_t classes) {
    const auto pooled = apply("GlobalAveragePool", "pool", {input});
    const auto flat = apply("Flatten", "flatten", {pooled});
    const double bound = std::sqrt(1.0 / static_cast<double>(channels));
    auto& gemm = node(
        "Gemm", "head",
        {flat, uniform("head.weight", {classes, channels}, bound), constant("head.bias", classes, 0.0F)});
    auto* transpose = gemm.add_attribute();
    transpose->set_name("transB");
    transpose->set_type(onnx::AttributeProto::INT);
    transpose->set_i(1);
    gemm.set_output(0, "logits");
  }

 private:
  onnx::NodeProto& node(const std::string& op, const std::string& name,
                        const std::vector<std::string>& inputs) {
    auto& made = *graph_.add_node();
    made.set_op_type(op);
    made.set_name(name);
    for (const auto& input : inputs) made.add_input(input);
    made.add_output(name + ".out");
    return made;
  }

  static void set_ints(onnx::NodeProto& node, const std::string& name,
                       std::initializer_list<std::int64_t> values) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INTS);
    for (const auto value : values) attribute.add_ints(value);
  }

  std::string add(const std::string& name, const Shape& shape, const std::vector<float>& values) {
    *graph_.add_initializer() = model::make_tensor<float>(name, shape, values);
    return name;
  }

  std::string constant(const std::string& name, std::int64_t extent, float value) {
    return add(name, {extent}, std::vector<float>(static_cast<std::size_t>(extent), value));
  }

  /// Own mapping of bits to [-bound, bound): std::uniform_real_distribution differs between libraries.
  std::string uniform(const std::string& name, const Shape& shape, double bound) {
    std::size_t count = 1;
    for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
    std::vector<float> values(count);
    for (auto& value : values) {
      const double unit = static_cast<double>(random_() >> 11U) * 0x1p-53;
      value = static_cast<float>((2.0 * unit - 1.0) * bound);
    }
    return add(name, shape, values);
  }

  onnx::GraphProto& graph_;
  std::mt19937_64 random_;
};

void declare(onnx::ValueInfoProto& value, const std::string& name,
             std::span<const std::int64_t> sample_shape) {
  value.set_name(name);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape()->add_dim()->set_dim_param("N");
  for (const auto extent : sample_shape) type.mutable_shape()->add_dim()->set_dim_value(extent);
}

Result<void> check(const ResidualCnn& network) {
  const auto [channels, height, width] = network.input_shape;
  if (network.classes < 1 || channels < 1 || network.width < 1 || network.stages < 1 || network.blocks < 1 ||
      network.stem_stride < 1) {
    return Error{Code::invalid_argument, "a size of the network is below 1", {}, "use sizes of 1 and more"};
  }
  const std::int64_t shrink = network.stem_stride * (std::int64_t{1} << (network.stages - 1));
  if (height < shrink || width < shrink) {
    return Error{Code::invalid_argument,
                 "an input of " + std::to_string(height) + "x" + std::to_string(width) +
                     " shrinks to nothing: the network divides it by " + std::to_string(shrink),
                 "input_shape", "use a larger input, fewer stages or a smaller stem_stride"};
  }
  return {};
}

}  // namespace

Result<onnx::ModelProto> build(const ResidualCnn& network) {
  MTC_TRY(check(network));
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.set_producer_name("mtc");
  auto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(13);
  auto& graph = *model.mutable_graph();
  graph.set_name("residual_cnn");
  declare(*graph.add_input(), "input", network.input_shape);
  declare(*graph.add_output(), "logits", std::array{network.classes});

  Builder builder(graph, network.seed);
  std::int64_t channels = network.width;
  auto tensor = builder.conv_bn("stem", "input", network.input_shape[0], channels, 3, network.stem_stride);
  tensor = builder.apply("Relu", "stem.relu", {tensor});
  for (std::int64_t stage = 0; stage < network.stages; ++stage) {
    const std::int64_t out = network.width << stage;
    for (std::int64_t block = 0; block < network.blocks; ++block) {
      const auto name = "stage" + std::to_string(stage + 1) + "." + std::to_string(block);
      tensor = builder.block(name, tensor, channels, out, stage > 0 && block == 0 ? 2 : 1);
      channels = out;
    }
  }
  builder.head(tensor, channels, network.classes);
  return model;
}

}  // namespace mtc::init
