// SPDX-License-Identifier: Apache-2.0
//
// The training loop. torch stays in trainer.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"
#include "plugins/train/augment.hpp"
#include "plugins/train/checkpoint.hpp"
#include "plugins/train/epoch.hpp"

namespace mtc::train {

/// Labelled samples, read piece by piece.
struct Dataset {
  std::size_t count = 0;
  std::vector<std::int64_t> shape;  ///< Of one sample, without the batch axis.
  mtc_dtype dtype{};                ///< float32 or int64.
  std::function<Result<void>(std::span<const std::uint64_t> indices, std::span<std::byte> out)> read;
  std::function<Result<std::vector<std::int64_t>>(std::span<const std::uint64_t> indices)> labels;
  /// A permutation of the samples that depends on the seed alone.
  std::function<Result<std::vector<std::uint64_t>>(std::uint64_t seed)> order;
};

struct Options {
  std::size_t epochs = 10;
  std::size_t batch = 64;
  double lr = 0.05;
  double momentum = 0.9;
  double weight_decay = 5e-4;
  bool cosine = true;
  double warmup_epochs = 0.5;
  Augmentation augmentation;
  double label_smoothing = 0.0;
  std::uint64_t seed = 0;
  int threads = 1;
};

struct Outcome {
  onnx::ModelProto model;  ///< The input with the weights of the best epoch.
  std::vector<Epoch> epochs;
  std::size_t best = 0;  ///< 0-based.
  std::string softmax;   ///< The final Softmax to whose input the loss was applied; empty when there is none.
  std::size_t masked = 0;  ///< Pruned tensors whose zeros were kept.
};

/// Asked between two batches; an error means that training shall end.
using Monitor = std::function<Result<void>(const std::string& phase, std::size_t done, std::size_t total,
                                           const std::string& unit)>;

/// Trains `model` (one input, first output [N, classes]) by SGD with Nesterov momentum on the cross-entropy
/// of that output, or of the input of a final Softmax. The best epoch has the highest validation top-1,
/// without validation the least training loss; the earlier of equal ones. Tensors listed in
/// mtc.sparsity.tensors keep their zeros. Same inputs, options, and numeric environment give the same bytes,
/// also when training continues from a snapshot of the same run. `continuation` may keep one after each epoch
/// but the last.
/// Sources: Sutskever et al. 2013, ICML (Nesterov momentum, in torch's form); Szegedy et al. 2016,
/// arXiv:1512.00567, section 7 (label smoothing). Errors: unimplemented (quantized model; operators that the
/// executor lacks); invalid_argument (data without samples, of another shape, a label outside the classes; a
/// loss that is not finite); cancelled through `monitor`.
Result<Outcome> train(const onnx::ModelProto& model, const Dataset& data,
                      const std::optional<Dataset>& validation, const Options& options,
                      const Monitor& monitor, const Continuation& continuation = {});

}  // namespace mtc::train
