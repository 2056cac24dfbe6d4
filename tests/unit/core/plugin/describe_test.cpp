// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/describe.hpp"

#include <gtest/gtest.h>

#include "tests/unit/core/plugin/manifest_text.hpp"

namespace mtc::plugin {
namespace {

TEST(DescribeTest, AStageIsDescribedInBlocks) {
  const auto manifest = parse_manifest(kManifest, "plugin.toml", {});
  ASSERT_TRUE(manifest);
  EXPECT_EQ(describe_stage(manifest->stages[0]), R"(quantize.ptq (the default of quantize)
  8-bit weights and activations from calibration data.

Inputs
  model  model
         ONNX model
  data   dataset (one or several), optional, with labels; brings the metrics sqnr_db

Target
  --target ID; reads these sections of its document: quant, ops

Parameters
  --calibration      string minmax|percentile|mse, default mse
                     How the range of an activation is taken.
  --percentile       float 0.5..1, default 0.9999
                     Fraction of values inside the range, for calibration = "percentile", counted
                     over all samples that are read.
  --bias-scale       float, default 1
                     Scale.
  --keep-layers      list of string, default ["conv1"]
                     Layers that stay float.
  --threads          int 1 or more, default 1
                     Kernel threads.
  --bias-correction  bool, default false
                     Corrects the mean of outputs.

Outputs
  model  model, model.onnx
  dump   any, dump/
         Every tensor as NPY.

Metrics
  sqnr_db

Checkpoints
  An attempt that is killed, interrupted or fails is continued by the next run.

Example
  mtc quantize model.onnx --data calib.toml --target cpu -o model.int8.onnx
)");
}

TEST(DescribeTest, BlocksThatAStageLacksAreLeftOut) {
  const auto manifest = parse_manifest(kManifest, "plugin.toml", {});
  ASSERT_TRUE(manifest);
  EXPECT_EQ(describe_stage(manifest->stages[1]), "quantize.dynamic\n  Weights alone.\n");
}

TEST(DescribeTest, ATargetIsDescribedWithWhatItNeeds) {
  const auto manifest = parse_manifest(kManifest, "plugin.toml", {});
  ASSERT_TRUE(manifest);
  Target target;
  target.id = "cpu.test";
  target.plugin = "cpu";
  target.summary = "A test.";
  target.requires_isa = {"no_such_flag"};
  target.sections = {{"quant", Json::object()}, {"ops", Json::object()}};
  EXPECT_EQ(describe_target(target, manifest->targets[0]), R"(cpu.test (plugin cpu)
  A test.

Needs the CPU flags
  no_such_flag (this machine lacks no_such_flag)

Sections
  ops, quant

Parameters of compile
  --opt-level  int, default 2
               Level.

Parameters when it runs
  --threads  int 8 or less, default 1
             Threads.
)");
}

}  // namespace
}  // namespace mtc::plugin
