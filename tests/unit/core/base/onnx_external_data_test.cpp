// SPDX-License-Identifier: Apache-2.0
//
// The models are protobuf wire format put together by hand, with the field numbers of onnx.proto3.
#include "core/base/onnx_external_data.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/base/file.hpp"
#include "tests/support/data_path.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc {
namespace {

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes.push_back(static_cast<char>((value & 0x7FU) | 0x80U));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

/// A length-delimited field.
std::string field(std::uint64_t number, const std::string& payload) {
  return varint(number << 3U | 2U) + varint(payload.size()) + payload;
}

std::string entry(const std::string& key, const std::string& value) {
  return field(1, key) + field(2, value);
}

/// TensorProto: dims = 1, data_type = 2, name = 8, external_data = 13, data_location = 14.
std::string external_tensor(const std::string& location) {
  return "\x08\x04\x10\x01" + field(8, "w") + field(13, entry("location", location)) +
         field(13, entry("offset", "4096")) + field(13, entry("length", "16")) + "\x70\x01";
}

std::string model(const std::string& graph) { return "\x08\x08" + field(2, "test") + field(7, graph); }

using Names = std::vector<std::string>;

class OnnxExternalDataTest : public testing::Test {
 protected:
  Names locations(const std::string& bytes) {
    auto found = onnx_external_data(folder_.write("m.onnx", bytes));
    EXPECT_TRUE(found);
    return found ? *found : Names();
  }
  test::TempDir folder_;
};

TEST_F(OnnxExternalDataTest, FindsTheLocationsOfInitializersOnceAndSorted) {
  const std::string graph = field(5, external_tensor("weights_b.bin")) +
                            field(5, external_tensor("a/weights.bin")) +
                            field(5, external_tensor("weights_b.bin"));
  EXPECT_EQ(locations(model(graph)), (Names{"a/weights.bin", "weights_b.bin"}));
}

TEST_F(OnnxExternalDataTest, AModelWithItsWeightsInsideHasNone) {
  const std::string tensor = "\x08\x04\x10\x01" + field(9, std::string(16, '\x6a')) + field(8, "location");
  EXPECT_EQ(locations(model(field(5, tensor))), Names());
}

TEST_F(OnnxExternalDataTest, FindsTensorsOfAttributesAndOfSubgraphs) {
  const std::string constant = field(5, field(1, "value") + field(5, external_tensor("attribute.bin")));
  const std::string list = field(5, field(10, external_tensor("list.bin")));
  const std::string branch = field(5, field(6, field(5, external_tensor("subgraph.bin"))));
  const std::string sparse =
      field(15, field(1, external_tensor("values.bin")) + field(2, external_tensor("indices.bin")));
  EXPECT_EQ(locations(model(field(1, constant) + field(1, list) + field(1, branch) + sparse)),
            (Names{"attribute.bin", "indices.bin", "list.bin", "subgraph.bin", "values.bin"}));
}

TEST_F(OnnxExternalDataTest, FindsTensorsOfFunctions) {
  const std::string node = field(5, field(5, external_tensor("function.bin")));
  EXPECT_EQ(locations(model("") + field(25, field(7, node))), Names{"function.bin"});
}

TEST_F(OnnxExternalDataTest, ATruncatedModelGivesWhatStandsBeforeTheEnd) {
  const std::string graph = field(5, external_tensor("first.bin")) + field(5, external_tensor("second.bin"));
  const std::string whole = model(graph) + field(7, field(5, external_tensor("third.bin")));
  EXPECT_EQ(locations(whole).size(), 3U);
  EXPECT_EQ(locations(whole.substr(0, whole.size() - 1)), (Names{"first.bin", "second.bin"}));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_LE(locations(whole.substr(0, size)).size(), 2U);
}

TEST_F(OnnxExternalDataTest, GarbageAndEndlessNestingAreHarmless) {
  EXPECT_EQ(locations(""), Names());
  EXPECT_EQ(locations(std::string(4096, '\xff')), Names());
  EXPECT_EQ(locations("not a model at all"), Names());
  std::string graph = field(5, external_tensor("deep.bin"));
  for (int i = 0; i < 500; ++i) graph = field(1, field(5, field(6, graph)));
  EXPECT_EQ(locations(model(graph)), Names());
}

TEST_F(OnnxExternalDataTest, SaysThatAFileIsMissing) {
  EXPECT_EQ(onnx_external_data(folder_ / "absent.onnx").error().code, Code::not_found);
}

TEST_F(OnnxExternalDataTest, ARealModelWithInnerWeightsHasNone) {
  MTC_REQUIRE_DATA(file, "models/resnet20_cifar10.onnx");
  const auto found = onnx_external_data(file);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, Names());
}

}  // namespace
}  // namespace mtc
