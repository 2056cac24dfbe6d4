// SPDX-License-Identifier: Apache-2.0
//
// A target with results that are known by heart: sum [N,1] and twice [N,3] of x [N,3]. Variants, by target
// id:
//   rows.any         any batch
//   rows.fixed4      a batch of exactly 4
//   rows.quantized   x is uint8 with scale 0.5 and zero point 10; twice is int8 with scale 0.25 and zero
//   point -1 rows.unwritten   does not write its second output rows.scalar      the first output is one
//   number for the whole batch rows.two_inputs  has a second input rows.no_entry    compile does not set the
//   property entry rows.bad_shape   resolves an output to a negative extent
#include <cstring>
#include <fstream>
#include <sstream>

#include "mtc/plugin.hpp"

namespace {

using mtc::Result;
using Shapes = std::vector<std::vector<std::int64_t>>;

constexpr mtc_dtype kFloat{MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE};
constexpr mtc_dtype kUint8{MTC_KIND_UINT, 8, MTC_FORMAT_IEEE};
constexpr mtc_dtype kInt8{MTC_KIND_INT, 8, MTC_FORMAT_IEEE};

class Rows final : public mtc::sdk::Session {
 public:
  explicit Rows(std::string variant) : variant_(std::move(variant)) {
    const std::int64_t batch = variant_ == "rows.fixed4" ? 4 : -1;
    const bool quantized = variant_ == "rows.quantized";
    inputs_.push_back(
        {"x", quantized ? kUint8 : kFloat, {batch, 3}, quantized ? 0.5 : 0.0, quantized ? 10 : 0});
    if (variant_ == "rows.two_inputs") inputs_.push_back({"y", kFloat, {batch, 3}, 0, 0});
    outputs_.push_back({"sum", kFloat, {batch, 1}, 0, 0});
    outputs_.push_back(
        {"twice", quantized ? kInt8 : kFloat, {batch, 3}, quantized ? 0.25 : 0.0, quantized ? -1 : 0});
  }
  [[nodiscard]] const std::vector<mtc::sdk::Io>& inputs() const override { return inputs_; }
  [[nodiscard]] const std::vector<mtc::sdk::Io>& outputs() const override { return outputs_; }

  Result<Shapes> resolve_shapes(std::span<const mtc_tensor> inputs) override {
    const std::int64_t batch = inputs[0].shape[0];
    if (variant_ == "rows.scalar") return Shapes{{}, {batch, 3}};
    if (variant_ == "rows.bad_shape") return Shapes{{batch, -1}, {batch, 3}};
    return Shapes{{batch, 1}, {batch, 3}};
  }

  Result<void> run(std::span<const mtc_tensor> inputs, std::span<mtc_tensor> outputs) override {
    if (reinterpret_cast<std::uintptr_t>(inputs[0].data) % 64 != 0 ||
        reinterpret_cast<std::uintptr_t>(outputs[1].data) % 64 != 0) {
      return mtc::Error{mtc::Code::internal, "a tensor is not aligned to 64 bytes", "x", {}};
    }
    const auto batch = static_cast<std::size_t>(inputs[0].shape[0]);
    for (std::size_t row = 0; row < batch; ++row) {
      float sum = 0;
      for (std::size_t i = 0; i < 3; ++i) {
        const float x = value(inputs[0], row * 3 + i);
        sum += x;
        if (variant_ != "rows.unwritten") store(outputs[1], row * 3 + i, 2 * x);
      }
      if (variant_ != "rows.scalar" || row == 0) std::memcpy(float_at(outputs[0], row), &sum, sizeof sum);
    }
    return {};
  }

 private:
  static char* float_at(const mtc_tensor& tensor, std::size_t index) {
    return static_cast<char*>(tensor.data) + index * sizeof(float);
  }
  [[nodiscard]] float value(const mtc_tensor& tensor, std::size_t index) const {
    if (tensor.dtype.bits == 8)
      return 0.5F * static_cast<float>(static_cast<const std::uint8_t*>(tensor.data)[index] - 10);
    float x = 0;
    std::memcpy(&x, float_at(tensor, index), sizeof x);
    return x;
  }
  static void store(const mtc_tensor& tensor, std::size_t index, float value) {
    if (tensor.dtype.bits == 8) {
      static_cast<std::int8_t*>(tensor.data)[index] = static_cast<std::int8_t>(value * 4 - 1);
    } else {
      std::memcpy(float_at(tensor, index), &value, sizeof value);
    }
  }

  std::string variant_;
  std::vector<mtc::sdk::Io> inputs_;
  std::vector<mtc::sdk::Io> outputs_;
};

class RowsTarget final : public mtc::sdk::TargetPlugin {
 public:
  Result<void> compile(mtc::sdk::Host& host, std::string_view target) override {
    MTC_ASSIGN(const std::string folder, host.output("artifact"));
    std::ofstream(folder + "/variant.txt") << target;
    if (target == "rows.no_entry") return {};
    MTC_TRY(host.property("scheme", "float"));
    return host.property("entry", "variant.txt");
  }
  Result<std::unique_ptr<mtc::sdk::Session>> open(mtc::sdk::Host&, const std::string& path) override {
    std::ifstream stream(path + "/variant.txt");
    std::ostringstream variant;
    variant << stream.rdbuf();
    return std::unique_ptr<mtc::sdk::Session>(std::make_unique<Rows>(variant.str()));
  }
};

}  // namespace

MTC_TARGET_PLUGIN(RowsTarget)
