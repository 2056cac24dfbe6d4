// SPDX-License-Identifier: Apache-2.0
#include "plugins/onnxruntime/compile.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/onnxruntime/artifact.hpp"
#include "plugins/onnxruntime/external_data.hpp"
#include "plugins/onnxruntime/session.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/onnxruntime/find_library.hpp"
#include "tests/unit/plugins/onnxruntime/models.hpp"
#include "tests/unit/plugins/onnxruntime/tensors.hpp"

namespace mtc::onnxruntime {
namespace {

using testing::HasSubstr;

constexpr const char* kScheme = "qdq.u8s8.per-channel/1";

class CompileTest : public testing::Test {
 protected:
  CompileTest() { std::filesystem::create_directories(dir_ / "artifact"); }

  CompileRequest request(const std::string& library, const onnx::ModelProto& model) {
    const auto path = (dir_ / "in.onnx").string();
    test::write_model(model, path);
    return {library, path, (dir_ / "artifact").string(), kScheme, true};
  }
  /// The add model with `bias` in the file `location`.
  onnx::ModelProto external_model(const std::string& location) {
    auto model = test::add_model();
    auto& tensor = *model.mutable_graph()->mutable_initializer(0);
    dir_.write("weights/bias.bin", tensor.raw_data());
    tensor.clear_raw_data();
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    auto& entry = *tensor.add_external_data();
    entry.set_key("location");
    entry.set_value(location);
    return model;
  }
  test::TempDir dir_;
};

TEST_F(CompileTest, a_float_model_is_kept_as_it_is) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  const auto asked = request(library, test::add_model());
  const auto scheme = compile(asked);
  ASSERT_TRUE(scheme) << scheme.error().message;
  EXPECT_EQ(*scheme, "float");
  EXPECT_EQ(test::read_file(dir_ / "artifact" / kModelFile), test::read_file(asked.model));
}

TEST_F(CompileTest, the_scheme_of_the_target_is_taken) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  auto model = test::add_model();
  test::set_metadata(model, "mtc.quant.scheme", kScheme);
  const auto scheme = compile(request(library, model));
  ASSERT_TRUE(scheme) << scheme.error().message;
  EXPECT_EQ(*scheme, kScheme);
}

TEST_F(CompileTest, another_scheme_is_refused_and_both_are_named) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  auto model = test::add_model();
  test::set_metadata(model, "mtc.quant.scheme", "qdq.s16s4/9");
  const auto scheme = compile(request(library, model));
  ASSERT_FALSE(scheme);
  EXPECT_EQ(scheme.error().code, Code::invalid_argument);
  EXPECT_THAT(scheme.error().message, HasSubstr("qdq.s16s4/9"));
  EXPECT_THAT(scheme.error().message, HasSubstr(kScheme));
  EXPECT_TRUE(std::filesystem::is_empty(dir_ / "artifact"));
}

TEST_F(CompileTest, exact_is_remembered_in_the_artifact) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  for (const bool exact : {true, false}) {
    auto asked = request(library, test::add_model());
    asked.exact = exact;
    ASSERT_TRUE(compile(asked));
    const auto read = read_exact(asked.folder);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, exact);
  }
}

TEST_F(CompileTest, external_data_comes_along) {
  MTC_REQUIRE_ONNXRUNTIME(library);
  const auto asked = request(library, external_model("weights/bias.bin"));
  const auto scheme = compile(asked);
  ASSERT_TRUE(scheme) << scheme.error().message;
  std::filesystem::remove_all(dir_ / "weights");
  auto session = open_session(library, (dir_ / "artifact" / kModelFile).string());
  ASSERT_TRUE(session) << session.error().message;
  std::vector inputs{test::float_tensor({1, 3}, std::vector<float>{0, 0, 0})};
  auto outputs = test::infer(**session, inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_THAT((*outputs)[0].values<float>(), testing::ElementsAre(1, 2, 3));
}

TEST_F(CompileTest, external_data_outside_the_models_folder_is_refused) {
  const auto path = (dir_ / "in.onnx").string();
  test::write_model(external_model("../bias.bin"), path);
  const auto written = write_artifact(path, dir_ / "artifact", true);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::invalid_argument);
}

TEST_F(CompileTest, a_truncated_model_is_no_protobuf) {
  std::string bytes = test::add_model().SerializeAsString();
  ASSERT_TRUE(external_locations(std::as_bytes(std::span(bytes))));
  bytes.resize(bytes.size() - 3);
  const auto locations = external_locations(std::as_bytes(std::span(bytes)));
  ASSERT_FALSE(locations);
  EXPECT_EQ(locations.error().code, Code::data_loss);
}

}  // namespace
}  // namespace mtc::onnxruntime
