// SPDX-License-Identifier: Apache-2.0
//
// Small ONNX models, sound and broken.
#pragma once

#include <string>
#include <vector>

namespace mtc::test {

/// Conv 3×3 without padding from [N,1,height,height] to one channel, then GlobalAveragePool and Flatten to
/// [N,1]; its node is called "conv1" and its weight "conv1.weight" with the values `weight` (9).
std::string conv_model(int height, const std::vector<float>& weight);

/// The same with the batch fixed to 1 and the weight's bytes in the file `location` beside the model.
std::string external_conv_model(int height, const std::string& location);
/// What that file holds: `weight` as little-endian floats.
std::string external_bytes(const std::vector<float>& weight);

/// A classifier of [N,3,height,height] by the mean of channel 0: of `centres` (the classes) it finds the one
/// that is nearest, by Conv 1×1, GlobalAveragePool and Flatten. Its output has `background` further classes
/// in front that never win.
std::string nearest_level_model(int height, const std::vector<float>& centres, int background = 0);

/// A model with version and opset, but without a graph.
std::string model_without_graph();

}  // namespace mtc::test
