// SPDX-License-Identifier: Apache-2.0
//
// A manifest that uses every key, for several tests.
#pragma once

namespace mtc::plugin {

inline constexpr const char* kManifest = R"(mtc = 1
id = "quantize"
version = "0.1.0"
summary = "Post-training quantization."

[[library]]
file = "libtorch_cpu.so.1.13"
[[tool]]
name = "cc"

[[stage]]
name = "quantize.ptq"
default = true
summary = "8-bit weights and activations from calibration data."
example = "mtc quantize model.onnx --data calib.toml --target cpu -o model.int8.onnx"
target = ["quant", "ops"]
numeric = ["isa", "threads"]
checkpoints = true
metrics = ["sqnr_db"]

  [[stage.input]]
  name = "model"
  type = "model"
  help = "ONNX model"
  [[stage.input]]
  name = "data"
  type = "dataset"
  optional = true
  many = true
  labels = true
  metrics = ["sqnr_db"]

  [[stage.output]]
  name = "model"
  type = "model"
  file = "model.onnx"
  [[stage.output]]
  name = "dump"
  type = "any"
  file = "dump"
  help = "Every tensor as NPY."

  [[stage.param]]
  name = "calibration"
  type = "string"
  default = "mse"
  choices = ["minmax", "percentile", "mse"]
  help = "How the range of an activation is taken."
  [[stage.param]]
  name = "percentile"
  type = "float"
  default = 0.9999
  min = 0.5
  max = 1.0
  help = "Fraction of values inside the range, for calibration = \"percentile\", counted over all samples that are read."
  [[stage.param]]
  name = "bias_scale"
  type = "float"
  default = 1
  help = "Scale."
  [[stage.param]]
  name = "keep_layers"
  type = "string"
  list = true
  default = ["conv1"]
  help = "Layers that stay float."
  [[stage.param]]
  name = "threads"
  type = "int"
  default = 1
  min = 1
  help = "Kernel threads."
  affects_output = false
  action = "predict"
  [[stage.param]]
  name = "bias_correction"
  type = "bool"
  default = false
  help = "Corrects the mean of outputs."

[[stage]]
name = "quantize.dynamic"
summary = "Weights alone."

[[target]]
name = "cpu"
numeric = ["isa"]
  [target.compare]
  name = "careful"
  summary = "careful sums"
  with = { threads = 8 }
  cpu_flags = ["avx2", "fma"]
  [[target.param]]
  name = "threads"
  type = "int"
  default = 1
  max = 8
  help = "Threads."
  action = "run"
  [[target.param]]
  name = "opt_level"
  type = "int"
  default = 2
  help = "Level."
)";

}  // namespace mtc::plugin
