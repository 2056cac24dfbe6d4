// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/onnx/model.hpp"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/data_path.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/support/onnx/models.hpp"

namespace mtc::model {
namespace {

using testing::HasSubstr;

onnx::ModelProto weighted(const std::vector<float>& weights) {
  auto model = test::parse_graph("g (float[2] x) => (float[2] y) { y = Add(x, w) }");
  test::add_initializer<float>(model, "w", {2}, weights);
  return model;
}

TEST(Load, gives_back_what_save_wrote) {
  const test::TempDir dir;
  const auto path = (dir / "m.onnx").string();
  auto model = weighted({1, 2});
  set_metadata(model, "key", "old");
  set_metadata(model, "key", "new");
  ASSERT_TRUE(save(model, path));
  const auto loaded = load(path);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->SerializeAsString(), model.SerializeAsString());
  EXPECT_EQ(opset(*loaded), 13);
  EXPECT_EQ(metadata(*loaded).at("key"), "new");
}

TEST(Load, finds_every_truncation_of_a_real_model) {
  MTC_REQUIRE_DATA(path, "models/mlperftiny_kws_dscnn.onnx");
  const test::TempDir dir;
  const auto bytes = test::read_file(path);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{7}, bytes.size() / 2, bytes.size() - 1}) {
    const auto cut = load(dir.write("cut.onnx", bytes.substr(0, size)).string());
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, Code::data_loss) << size << ": " << cut.error().message;
    EXPECT_THAT(cut.error().where, HasSubstr("cut.onnx"));
  }
}

TEST(Load, says_not_found_for_a_missing_file) {
  const auto result = load("/nonexistent/m.onnx");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::not_found);
}

TEST(Load, refuses_a_graph_without_output) {
  const test::TempDir dir;
  auto model = weighted({1, 2});
  model.mutable_graph()->clear_output();
  const auto result = load(dir.write("m.onnx", model.SerializeAsString()).string());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::invalid_argument);
}

TEST(Load, names_the_tensor_that_holds_nan_or_infinity) {
  const test::TempDir dir;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float bad : {nan, infinity, -infinity}) {
    const auto path = dir.write("m.onnx", weighted({1, bad}).SerializeAsString());
    const auto result = load(path.string());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::invalid_argument);
    EXPECT_THAT(result.error().where, HasSubstr("'w'"));
    EXPECT_THAT(result.error().where, HasSubstr(path.string()));
    EXPECT_THAT(result.error().message, HasSubstr("element 1"));
  }
}

TEST(Load, names_the_tensor_with_too_few_bytes) {
  const test::TempDir dir;
  auto model = weighted({1, 2});
  model.mutable_graph()->mutable_initializer(0)->set_raw_data("1234");
  const auto result = load(dir.write("m.onnx", model.SerializeAsString()).string());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::invalid_argument);
  EXPECT_THAT(result.error().where, HasSubstr("'w'"));
}

class ExternalData : public testing::Test {
 protected:
  Result<onnx::ModelProto> load_with(const std::string& location, const std::string& offset,
                                     const std::string& length) {
    auto model = weighted({0, 0});
    auto& tensor = *model.mutable_graph()->mutable_initializer(0);
    tensor.clear_raw_data();
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] :
         {std::pair{"location", location}, {"offset", offset}, {"length", length}}) {
      auto& entry = *tensor.add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
    return load(dir_.write("m.onnx", model.SerializeAsString()).string());
  }
  test::TempDir dir_;
};

TEST_F(ExternalData, is_read_at_its_offset_so_that_the_model_stands_alone) {
  const float values[3] = {7, 8, 9};
  dir_.write("w.bin", std::string(reinterpret_cast<const char*>(values), sizeof values));
  const auto model = load_with("w.bin", "4", "8");
  ASSERT_TRUE(model) << model.error().message;
  const auto list = mtc::model::values<float>(model->graph().initializer(0));
  ASSERT_TRUE(list);
  EXPECT_THAT(*list, testing::ElementsAre(8, 9));
  EXPECT_FALSE(model->graph().initializer(0).has_data_location());
}

TEST_F(ExternalData, that_is_short_missing_or_elsewhere_is_an_error_with_the_tensor) {
  dir_.write("w.bin", "1234");
  for (const auto* file : {"w.bin", "absent.bin"}) {
    const auto model = load_with(file, "0", "8");
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, Code::data_loss);
    EXPECT_THAT(model.error().where, HasSubstr("'w'"));
  }
  for (const auto* file : {"../w.bin", "/etc/hostname"}) {
    const auto model = load_with(file, "0", "8");
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, Code::invalid_argument);
  }
}

/// Makes `tensor` refer to the bytes from `offset` on in "w.bin".
void refer(onnx::TensorProto& tensor, int offset) {
  tensor.clear_raw_data();
  tensor.clear_float_data();
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  for (const auto& [key, value] :
       {std::pair{"location", std::string("w.bin")}, {"offset", std::to_string(offset)}, {"length", "8"}}) {
    auto& entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  }
}

/// A tensor in every place that ONNX knows beside the graph's initializers: an attribute, a list of an
/// attribute, an initializer and a Constant of a subgraph.
onnx::ModelProto scattered() {
  auto model = weighted({1, 2});
  auto& constant = *model.mutable_graph()->add_node();
  constant.set_op_type("Constant");
  constant.add_output("k");
  auto& value = *constant.add_attribute();
  value.set_name("value");
  value.set_type(onnx::AttributeProto::TENSOR);
  *value.mutable_t() = model.graph().initializer(0);
  auto& custom = *model.mutable_graph()->add_node();
  custom.set_op_type("If");
  custom.add_output("c");
  auto& list = *custom.add_attribute();
  list.set_name("list");
  *list.add_tensors() = model.graph().initializer(0);
  auto& branch = *custom.add_attribute();
  branch.set_name("then_branch");
  *branch.mutable_g()->add_initializer() = model.graph().initializer(0);
  *branch.mutable_g()->add_node() = constant;
  *branch.add_graphs()->add_initializer() = model.graph().initializer(0);
  return model;
}

std::vector<onnx::TensorProto*> tensors_outside_initializers(onnx::ModelProto& model) {
  auto& graph = *model.mutable_graph();
  auto& custom = *graph.mutable_node(2);
  auto& branch = *custom.mutable_attribute(1);
  return {graph.mutable_node(1)->mutable_attribute(0)->mutable_t(),
          custom.mutable_attribute(0)->mutable_tensors(0), branch.mutable_g()->mutable_initializer(0),
          branch.mutable_g()->mutable_node(0)->mutable_attribute(0)->mutable_t(),
          branch.mutable_graphs(0)->mutable_initializer(0)};
}

TEST_F(ExternalData, is_read_wherever_a_tensor_may_be) {
  const float values[6] = {7, 8, 9, 10, 11, 12};
  dir_.write("w.bin", std::string(reinterpret_cast<const char*>(values), sizeof values));
  auto model = scattered();
  int offset = 0;
  for (auto* tensor : tensors_outside_initializers(model)) refer(*tensor, 4 * offset++);
  auto loaded = load(dir_.write("m.onnx", model.SerializeAsString()).string());
  ASSERT_TRUE(loaded) << loaded.error().message;
  float expected = 7;
  for (const auto* tensor : tensors_outside_initializers(*loaded)) {
    EXPECT_FALSE(tensor->has_data_location());
    const auto list = mtc::model::values<float>(*tensor);
    ASSERT_TRUE(list);
    EXPECT_THAT(*list, testing::ElementsAre(expected, expected + 1));
    ++expected;
  }
}

TEST(Load, looks_for_nan_wherever_a_tensor_may_be) {
  const test::TempDir dir;
  const float bad[2] = {0, std::numeric_limits<float>::quiet_NaN()};
  for (std::size_t i = 0; i < 5; ++i) {
    auto model = scattered();
    tensors_outside_initializers(model)[i]->set_raw_data(bad, sizeof bad);
    const auto result = load(dir.write("m.onnx", model.SerializeAsString()).string());
    ASSERT_FALSE(result) << i;
    EXPECT_THAT(result.error().message, HasSubstr("NaN at element 1"));
  }
}

TEST(Load, forgets_extents_that_are_not_positive) {
  const test::TempDir dir;
  auto model = weighted({1, 2});
  auto& graph = *model.mutable_graph();
  for (auto* value : {graph.mutable_input(0), graph.mutable_output(0)}) {
    value->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(0)->set_dim_value(-1);
  }
  const auto loaded = load(dir.write("m.onnx", model.SerializeAsString()).string());
  ASSERT_TRUE(loaded) << loaded.error().message;
  for (const auto& value : {loaded->graph().input(0), loaded->graph().output(0)}) {
    ASSERT_EQ(value.type().tensor_type().shape().dim_size(), 1);
    EXPECT_FALSE(value.type().tensor_type().shape().dim(0).has_dim_value());
  }
}

TEST(Save, says_that_a_folder_is_missing) {
  const auto result = save(weighted({1, 2}), "/nonexistent/folder/m.onnx");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::resource_exhausted);
}

}  // namespace
}  // namespace mtc::model
