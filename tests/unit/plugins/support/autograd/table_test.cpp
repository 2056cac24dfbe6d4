// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gtest/gtest.h>
#include <onnx/defs/schema.h>

#include "plugins/support/autograd/operators.hpp"

namespace mtc::autograd {
namespace {

TEST(OperatorTable, names_each_operator_once_with_versions_that_exist) {
  std::set<std::string_view> seen;
  for (const auto& row : operators()) {
    EXPECT_TRUE(seen.insert(row.op).second) << row.op;
    EXPECT_FALSE(row.versions.empty()) << row.op;
    for (const int version : row.versions) EXPECT_EQ(since_version(row.op, version), version) << row.op;
  }
}

TEST(OperatorTable, agrees_with_the_schemas_of_onnx_up_to_opset_17) {
  for (const auto& row : operators()) {
    for (int opset = 1; opset <= 17; ++opset) {
      const auto* schema = onnx::OpSchemaRegistry::Schema(std::string(row.op), opset, "");
      const int expected = schema == nullptr ? 0 : schema->SinceVersion();
      EXPECT_EQ(since_version(row.op, opset), expected) << row.op << " at opset " << opset;
    }
  }
}

TEST(OperatorTable, knows_versions_that_the_installed_onnx_does_not) {
  EXPECT_EQ(since_version("QuantizeLinear", 20), 19);
  EXPECT_EQ(since_version("QuantizeLinear", 22), 21);
  EXPECT_EQ(since_version("NoSuchOperator", 13), 0);
}

}  // namespace
}  // namespace mtc::autograd
