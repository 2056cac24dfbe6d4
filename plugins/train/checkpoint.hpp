// SPDX-License-Identifier: Apache-2.0
//
// What training has reached after an epoch, as files that the next attempt continues from:
//
//   state.json     {"format": "mtc.train.checkpoint", "version": 1, "epochs": [{lr, loss, train_top1, top1}],
//                  "best": index, "random": state of the generator, "momentum": [{name, elements}]}
//   weights.onnx   the model with the weights and statistics after the last epoch
//   best.onnx      the same of the best epoch, where that is another one
//   momentum.npy   float32: the momentum of the tensors that state.json names, one after the other
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"
#include "plugins/train/epoch.hpp"

namespace mtc::train {

/// The momentum of one parameter that had a gradient, row-major.
struct Momentum {
  std::string name;
  std::vector<float> values;  ///< Empty for training without momentum.
};

struct Snapshot {
  std::vector<Epoch> epochs;  ///< Those that are done; at least one.
  std::size_t best = 0;       ///< 0-based.
  std::string random;         ///< The generator of augmentation, as its operator<< writes it.
  onnx::ModelProto weights;   ///< Of the last epoch.
  onnx::ModelProto kept;      ///< Of the best one.
  std::vector<Momentum> momentum;
};

/// Writes `snapshot` to the empty folder `folder`. Errors: resource_exhausted (disk full); invalid_argument
/// (model over 2 GiB).
Result<void> save_snapshot(const Snapshot& snapshot, const std::string& folder);

/// Reads it back, exactly. Errors: failed_precondition for another version; data_loss, not_found.
Result<Snapshot> load_snapshot(const std::string& folder);

/// How a run continues, and lets itself be continued. Every function may be empty.
struct Continuation {
  std::optional<Snapshot> from;
  std::function<void(std::size_t epochs)> accepted;  ///< Training goes on after so many of `from`.
  std::function<void(const Error&)> refused;         ///< `from` does not fit; training starts over.
  std::function<void(const Error&)> failed;          ///< What is reached cannot be described; none is kept.
  std::function<bool()> due;                         ///< Whether a snapshot of this moment is wanted.
  std::function<void(const Snapshot&)> keep;
};

}  // namespace mtc::train
