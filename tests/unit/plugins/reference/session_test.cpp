// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/session.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/support/onnx/model.hpp"
#include "tests/support/data_path.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/reference/inference.hpp"

namespace mtc::reference {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ReferenceSession, takes_any_batch_where_the_model_says_so) {
  MTC_REQUIRE_DATA(path, "models/resnet20_cifar10.onnx");
  auto session = open_session(path.string(), 1);
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_THAT((*session)->inputs()[0].shape, ElementsAre(-1, 3, 32, 32));
  EXPECT_THAT((*session)->outputs()[0].shape, ElementsAre(-1, 10));
  for (const std::int64_t batch : {1, 3, 1}) {
    const auto outputs = test::infer(**session, test::random_inputs(**session, batch, -1, 1, 7));
    ASSERT_TRUE(outputs) << outputs.error().message;
    EXPECT_THAT((*outputs)[0].shape, ElementsAre(batch, 10));
  }
}

TEST(ReferenceSession, opens_a_compiled_folder) {
  MTC_REQUIRE_DATA(path, "models/mlperftiny_kws_dscnn.onnx");
  const test::TempDir dir;
  std::filesystem::copy_file(path, dir / kModelFile);
  EXPECT_TRUE(open_session(dir.path().string(), 1));
}

TEST(ReferenceSession, names_a_truncated_file) {
  MTC_REQUIRE_DATA(path, "models/mlperftiny_kws_dscnn.onnx");
  const test::TempDir dir;
  const auto bytes = test::read_file(path);
  const auto cut = dir.write("cut.onnx", bytes.substr(0, bytes.size() / 2));
  const auto session = open_session(cut.string(), 1);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Code::data_loss);
  EXPECT_THAT(session.error().where, HasSubstr(cut.string()));
}

TEST(ReferenceSession, refuses_data_of_another_shape_with_both_shapes) {
  MTC_REQUIRE_DATA(path, "models/resnet20_cifar10.onnx");
  auto session = open_session(path.string(), 1);
  ASSERT_TRUE(session);
  auto inputs = test::random_inputs(**session, 1, -1, 1, 7);
  inputs[0].shape = {1, 3, 16, 64};
  const auto outputs = test::infer(**session, inputs);
  ASSERT_FALSE(outputs);
  EXPECT_EQ(outputs.error().code, Code::invalid_argument);
  EXPECT_THAT(outputs.error().message, HasSubstr("[1,3,16,64]"));
  EXPECT_THAT(outputs.error().message, HasSubstr("[N,3,32,32]"));
  EXPECT_THAT(outputs.error().where, HasSubstr("input"));
}

TEST(ReferenceSession, gives_the_same_bytes_in_two_runs) {
  MTC_REQUIRE_DATA(path, "models/resnet20_cifar10.onnx");
  auto session = open_session(path.string(), 1);
  ASSERT_TRUE(session);
  const auto inputs = test::random_inputs(**session, 2, -1, 1, 11);
  const auto first = test::infer(**session, inputs);
  const auto second = test::infer(**session, inputs);
  ASSERT_TRUE(first && second);
  EXPECT_EQ((*first)[0].data, (*second)[0].data);
}

}  // namespace
}  // namespace mtc::reference
