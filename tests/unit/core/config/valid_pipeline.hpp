// SPDX-License-Identifier: Apache-2.0
//
// One pipeline file that uses every construct, for several tests.
#pragma once

namespace mtc::config {

inline constexpr const char* kValidPipeline = R"(mtc = 1
[model]
path = "models/resnet20.onnx"

[data.train]
format = "npy"
inputs = ["train/images_0.npy", "train/images_1.npy"]
labels = ["train/labels_0.npy", "train/labels_1.npy"]
classes = 10
preprocess = "imagenet"
[data.calib]
from = "train"
take = 256
seed = 0
[data.photos]
format = "images"
inputs = "/pictures"
labels = "labels.csv"
label_offset = 1
preprocess = { preset = "imagenet", resize = 256, crop = 224, filter = "area" }
[data.drawn]
stage = "draw.tensors"
preprocess = { scale = 0.5, mean = [1, 2, 3], std = [4, 5, 6], color = "bgr" }

[stage.prune]
uses = "sparsify.magnitude"
model = "model"
with = { pattern = "2:4", layers = ["a", "b"] }
[stage.int8]
uses = "quantize.ptq"
model = "prune.model"
data = "calib"
target = "cpu.x86-64-v3"
matrix.with.calibration = ["mse", "minmax"]
[stage.build]
uses = "compile"
model = "int8.model"
matrix.with.opt_level = [2, 3]
matrix.target = ["cpu.x86-64-v3", "onnxruntime"]
matrix.with.bits = [8]
[stage.score]
uses = "evaluate.classification"
artifact = "build.artifact"
data = "photos"
reports = ["prune.report", "int8[*].report"]
gate = ["top1 >= 0.915", "top1_drop <= 0.003"]

[profile.quick]
stage.int8.with.percentile = 0.99
stage.prune.skip = true
stage.int8.model = "model"
[profile.quick.data.calib]
take = 16
)";

}  // namespace mtc::config
