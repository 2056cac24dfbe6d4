// SPDX-License-Identifier: Apache-2.0
//
// The promises of memory/plan.hpp and emit/literal.hpp.
#include "plugins/cpu/memory/plan.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "plugins/cpu/emit/literal.hpp"

namespace mtc::cpu {
namespace {

/// A chain of layers: tensor i → tensor i + 1, of these sizes in bytes.
Program chain(const std::vector<std::size_t>& bytes) {
  Program program;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    program.storages.push_back(Storage{Storage::Kind::arena, bytes[i], 0, {}});
    Tensor tensor;
    tensor.type = Type::u8;
    tensor.shape = {static_cast<std::int64_t>(bytes[i])};
    tensor.storage = i;
    program.tensors.push_back(tensor);
    if (i > 0) program.layers.push_back(Layer{"layer", {i - 1}, i, Dequantize{}});
  }
  return program;
}

TEST(MemoryPlan, ReusesMemoryOfTensorsThatAreNoLongerRead) {
  const auto plan = plan_memory(chain({1000, 1000, 1000, 1000}), {0, 0, 0});
  EXPECT_EQ(plan.arena_bytes, 2U * 1024U);  // Two at a time, each rounded up to 64.
}

TEST(MemoryPlan, KeepsTensorsApartThatAreInUseTogether) {
  auto program = chain({640, 64, 320, 128});
  program.layers[2].inputs.push_back(0);  // The first tensor is read by the last layer too.
  const auto plan = plan_memory(program, {64, 0, 128});
  const auto apart = [](std::size_t a, std::size_t a_bytes, std::size_t b, std::size_t b_bytes) {
    return a + a_bytes <= b || b + b_bytes <= a;
  };
  EXPECT_TRUE(apart(plan.offset[0], 640, plan.offset[1], 64));
  EXPECT_TRUE(apart(plan.offset[0], 640, plan.offset[2], 320));
  EXPECT_TRUE(apart(plan.offset[0], 640, plan.offset[3], 128));
  EXPECT_TRUE(apart(plan.offset[2], 320, plan.offset[3], 128));
  EXPECT_TRUE(apart(plan.scratch[0], 64, plan.offset[0], 640));
  EXPECT_TRUE(apart(plan.scratch[2], 128, plan.offset[3], 128));
  EXPECT_EQ(plan.arena_bytes, 640U + 320U + 128U + 128U);
}

TEST(MemoryPlan, AlignsEveryBlock) {
  const auto plan = plan_memory(chain({1, 65, 7}), {3, 5});
  for (const auto offset : plan.offset) EXPECT_EQ(offset % kAlignment, 0U);
  for (const auto offset : plan.scratch) EXPECT_EQ(offset % kAlignment, 0U);
}

TEST(Literal, WritesFloatsWithAllBits) {
  EXPECT_EQ(c_float(1.5F), "0x1.8p+0f");
  EXPECT_EQ(c_float(-std::numeric_limits<float>::infinity()), "-INFINITY");
}

TEST(Literal, EscapesQuotesTrigraphsAndBytes) {
  EXPECT_EQ(c_string("a\"?\n\xFF"
                     "1"),
            R"("a\042\077\012\3771")");
}

TEST(Literal, MakesCommentsThatEndWhereTheyShould) { EXPECT_EQ(c_comment("x*/y\n"), "x_/y_"); }

}  // namespace
}  // namespace mtc::cpu
