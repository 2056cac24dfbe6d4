// SPDX-License-Identifier: Apache-2.0
#include "core/run/lock_state.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "core/run/digests.hpp"
#include "tests/unit/core/pipeline/project.hpp"

namespace mtc::run {
namespace {

constexpr const char* kStages = R"([stage.a]
uses = "compile"
target = "chip.a"
[stage.b]
uses = "evaluate"
artifact = "a.artifact"
data = "train"
)";

class LockStateTest : public testing::Test {
 protected:
  [[nodiscard]] LockFile state(const std::string& text) {
    auto file = config::load_pipeline(project_.folder().write("p.toml", "mtc = 1\n" + text), {});
    EXPECT_TRUE(file) << file.error().message;
    registry_ = plugin::Registry::scan({{project_.plugins()}, {}}, {});
    const auto plan = pipeline::make_plan(*file, registry_);
    EXPECT_TRUE(plan) << plan.error().message << plan.error().where;
    auto state = lock_state(*file, *plan, store_);
    EXPECT_TRUE(state) << state.error().message;
    return *std::move(state);
  }
  test::Project project_;
  plugin::Registry registry_;
  store::Store store_ = *store::Store::open(project_.folder() / "store");
};

TEST_F(LockStateTest, HoldsWhatTheStagesUse) {
  const auto lock = state(test::kModelAndData + std::string(kStages));
  ASSERT_TRUE(lock.plugins.contains("chip"));
  EXPECT_EQ(lock.plugins.at("chip").sha256.begin()->first, this_platform());
  EXPECT_EQ(lock.plugins.at("chip").sha256.begin()->second, *digest_of_file(project_.plugins() / "chip.so"));
  EXPECT_EQ(lock.contents.at("model").at("model.onnx"), *digest_of_file(project_.folder() / "model.onnx"));
  EXPECT_EQ(lock.contents.at("target").at("chip.a"),
            *digest_of_file(project_.plugins() / "chip.a.target.toml"));
  EXPECT_FALSE(lock.contents.at("data").empty());
}

TEST_F(LockStateTest, LeavesOutWhatNoStageReads) {
  const auto lock =
      state(std::string(test::kModelAndData) + "[stage.a]\nuses = \"compile\"\ntarget = \"chip.a\"\n");
  EXPECT_TRUE(lock.contents.at("data").empty());
}

TEST_F(LockStateTest, NamesPathsAsTheyAreWritten) {
  const auto& folder = project_.folder();
  ::setenv("LOCK_TEST_DIR", folder.path().c_str(), 1);
  folder.write("sub/base.toml", "mtc = 1\n[model.relative]\npath = \"m.onnx\"\n");
  folder.write("sub/m.onnx", test::kModelBytes);
  const std::string absolute = (folder / "sub/m.onnx").string();
  const auto lock = state(
      "include = [\"sub/base.toml\"]\n[model.variable]\npath = \"${LOCK_TEST_DIR}/model.onnx\"\n"
      "[model.absolute]\npath = \"" +
      absolute +
      "\"\n"
      "[stage.a]\nuses = \"convert.copy\"\nmodel = \"relative\"\n"
      "[stage.b]\nuses = \"convert.copy\"\nmodel = \"variable\"\n"
      "[stage.c]\nuses = \"convert.copy\"\nmodel = \"absolute\"\n");
  std::vector<std::string> names;
  for (const auto& entry : lock.contents.at("model")) names.push_back(entry.first);
  EXPECT_EQ(names, (std::vector<std::string>{"${LOCK_TEST_DIR}/model.onnx", absolute, "sub/m.onnx"}));
}

TEST(PlatformTest, IsSystemAndMachine) {
#if defined(__x86_64__) && defined(__linux__)
  EXPECT_EQ(this_platform(), "linux-x86_64");
#else
  EXPECT_NE(this_platform(), "unknown");
#endif
}

}  // namespace
}  // namespace mtc::run
