// SPDX-License-Identifier: Apache-2.0
//
// Ctrl-C and SIGTERM: the whole tree ends within two seconds and nothing of the interrupted stage is kept.
#include <signal.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

constexpr int kLimitMs = 2000;

std::string pipeline(const std::string& stage) {
  return "mtc = 1\n[stage.bad]\nuses = \"convert." + stage +
         "\"\n[stage.after]\nuses = \"train.init\"\nwith = { width = 2 }\n";
}

void expect_interrupted(Sandbox& box, Running& running, int signal, int exit_code) {
  running.signal(signal);
  const auto outcome = running.finish(kLimitMs);
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
  EXPECT_FALSE(any_child_left());
  EXPECT_TRUE(box.stored().empty());
  EXPECT_TRUE(box.staging().empty());
  const auto report = outcome.json();
  EXPECT_EQ(report["exit_code"], exit_code);
  EXPECT_EQ(report["status"], "failed");
}

TEST(Interrupt, EndsAStageThatListens) {
  Sandbox box;
  box.use_conformance_plugins();
  box.write("p.toml", pipeline("wait"));
  auto running = box.start({"run", "p.toml", "--json", "-j1"});
  ASSERT_TRUE(running.wait_for_event("action.log"));
  expect_interrupted(box, running, SIGINT, 130);
}

TEST(Interrupt, EndsAStageThatDoesNotListen) {
  Sandbox box;
  box.use_conformance_plugins();
  box.write("p.toml", pipeline("hang"));
  auto running = box.start({"run", "p.toml", "--json", "-j1"});
  ASSERT_TRUE(running.wait_for_event("action.log"));
  expect_interrupted(box, running, SIGINT, 130);
}

TEST(Interrupt, EndsTheToolThatAStageRuns) {
  Sandbox box;
  box.use_conformance_plugins();
  box.write("p.toml", pipeline("tool"));
  auto running = box.start({"run", "p.toml", "--json", "-j1"});
  ASSERT_TRUE(running.wait_for_event("action.log"));
  expect_interrupted(box, running, SIGINT, 130);
}

TEST(Interrupt, BySigtermIsExitCode143) {
  Sandbox box;
  box.use_conformance_plugins();
  box.write("p.toml", pipeline("wait"));
  auto running = box.start({"run", "p.toml", "--json", "-j1"});
  ASSERT_TRUE(running.wait_for_event("action.log"));
  expect_interrupted(box, running, SIGTERM, 143);
}

TEST(Interrupt, EndsTheCompilerDuringACompile) {
  Sandbox box;
  ASSERT_EQ(box.mtc({"train.init", "--width", "2", "-o", "model.onnx"}).exit_code, 0);
  ASSERT_EQ(box.mtc({"cache", "clear"}).exit_code, 0);
  // A compiler that tells when it is called, and then takes for ever.
  const auto called = box / "called";
  const auto cc =
      box.write("bin/cc", "#!/bin/sh\ncase \"$1\" in --version) echo slow 1.0; exit 0;; esac\n: > " +
                              called.string() + "\nsleep 1000\n");
  std::filesystem::permissions(cc, std::filesystem::perms::owner_all);
  box.set("PATH", (box / "bin").string() + ":/usr/bin:/bin");
  box.write("p.toml",
            "mtc = 1\n[model]\npath = \"model.onnx\"\n[stage.build]\nuses = \"compile\"\ntarget = "
            "\"cpu.portable\"\n");
  auto running = box.start({"run", "p.toml", "--json", "-j1"});
  ASSERT_TRUE(appears(called));
  expect_interrupted(box, running, SIGINT, 130);
}

TEST(Interrupt, DuringTrainingLeavesNothing) {
  if (!has_plugin("train.so")) GTEST_SKIP() << "built without libtorch";
  Sandbox box;
  const std::string text = R"(mtc = 1
[stage.images]
uses = "data.generate"
with = { samples = 256 }
[data.train]
stage = "images.tensors"
preprocess = "unit"
classes = 10
[stage.init]
uses = "train.init"
[stage.dense]
uses = "train.sgd"
model = "init.model"
data = "train"
with = { epochs = 1000 }
)";
  box.write("p.toml", text);
  auto running = box.start({"run", "p.toml", "--json", "-j1"});
  ASSERT_TRUE(running.wait_for_event("action.progress", "dense"));
  running.signal(SIGINT);
  const auto outcome = running.finish(kLimitMs);
  EXPECT_EQ(outcome.exit_code, 130) << outcome.err;
  EXPECT_FALSE(any_child_left());
  EXPECT_TRUE(box.staging().empty());
  EXPECT_EQ(stage_of(outcome.json(), "dense")["outputs"], Json::object());
}

}  // namespace
}  // namespace mtc::test
