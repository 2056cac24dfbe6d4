// SPDX-License-Identifier: Apache-2.0
//
// ONNX's own node tests: each holds a model, inputs and the outputs that the standard asks for.
#include <cmath>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include "plugins/onnxruntime/element_type.hpp"
#include "plugins/onnxruntime/session.hpp"
#include "tests/unit/plugins/onnxruntime/find_library.hpp"
#include "tests/unit/plugins/onnxruntime/tensors.hpp"

namespace mtc::onnxruntime {
namespace {

const std::filesystem::path kNodes = "/usr/share/libonnx-testdata/data/node";

test::Tensor read_tensor(const std::filesystem::path& file) {
  onnx::TensorProto proto;
  std::ifstream stream(file, std::ios::binary);
  EXPECT_TRUE(proto.ParseFromIstream(&stream)) << file;
  test::Tensor tensor;
  tensor.dtype = dtype_of(proto.data_type()).value();
  tensor.shape.assign(proto.dims().begin(), proto.dims().end());
  const auto bytes = std::as_bytes(std::span(proto.raw_data()));
  tensor.data.assign(bytes.begin(), bytes.end());
  EXPECT_EQ(tensor.data.size(), bytes_of(tensor.dtype, tensor.shape)) << file;
  return tensor;
}

class NodeTest : public testing::TestWithParam<const char*> {};

TEST_P(NodeTest, gives_the_outputs_of_the_standard) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  const auto folder = kNodes / GetParam();
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no ONNX test data (libonnx-testdata) at " << kNodes;
  auto session = open_session(library, (folder / "model.onnx").string());
  ASSERT_TRUE(session) << session.error().message;
  std::vector<test::Tensor> inputs;
  for (std::size_t i = 0; i < (*session)->inputs().size(); ++i) {
    inputs.push_back(read_tensor(folder / "test_data_set_0" / ("input_" + std::to_string(i) + ".pb")));
  }
  auto outputs = test::infer(**session, inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  for (std::size_t i = 0; i < outputs->size(); ++i) {
    const auto expected = read_tensor(folder / "test_data_set_0" / ("output_" + std::to_string(i) + ".pb"));
    const auto& actual = (*outputs)[i];
    EXPECT_EQ(actual.shape, expected.shape);
    ASSERT_EQ(actual.dtype.kind, expected.dtype.kind);
    ASSERT_EQ(actual.dtype.bits, expected.dtype.bits);
    if (actual.dtype.kind != MTC_KIND_FLOAT || actual.dtype.bits != 32) {
      EXPECT_EQ(actual.data, expected.data);
      continue;
    }
    const auto want = expected.values<float>();
    const auto got = actual.values<float>();
    for (std::size_t k = 0; k < want.size(); ++k) {
      ASSERT_NEAR(got[k], want[k], 1e-5F * std::max(1.0F, std::abs(want[k]))) << "element " << k;
    }
  }
}

// Floats, integers of all widths, bool, double, float16; fixed and data-dependent shapes; several inputs and
// outputs.
INSTANTIATE_TEST_SUITE_P(nodes, NodeTest,
                         testing::Values("test_add", "test_add_uint8", "test_and2d",
                                         "test_cast_DOUBLE_to_FLOAT16", "test_cast_FLOAT_to_DOUBLE",
                                         "test_conv_with_strides_padding", "test_dynamicquantizelinear",
                                         "test_gather_0", "test_matmulinteger", "test_maxpool_2d_default",
                                         "test_qlinearconv", "test_shape", "test_split_equal_parts_1d",
                                         "test_top_k"),
                         [](const auto& node) { return std::string(node.param); });

}  // namespace
}  // namespace mtc::onnxruntime
