// SPDX-License-Identifier: Apache-2.0
//
// One ONNX model loaded into ONNX Runtime's CPU provider, as a session of the SDK.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "mtc/plugin.hpp"
#include "mtc/result.hpp"

namespace mtc::onnxruntime {

struct Options {
  /// Integer products are exact on every CPU (`session.x64quantprecision`, where products_saturate()). false:
  /// what ONNX Runtime does by default, which saturates pairs of 8-bit products on x86 CPUs without VNNI.
  bool exact = true;
  int threads = 1;  ///< Threads within an operator, >= 1; operators run one after another.
};

/// A session that can also read what the model says of itself.
class ModelSession : public sdk::Session {
 public:
  /// The entry `key` of the model's metadata_props; none when it has none.
  [[nodiscard]] virtual Result<std::optional<std::string>> metadata(const std::string& key) const = 0;
};

/// Loads the ONNX file `model` (external data beside it included) with the library at `library`.
/// Inputs and outputs are tensors of any element type that the ABI knows; symbolic extents are -1.
/// Errors: not_found (library or model); data_loss and whatever ONNX Runtime refuses, with its message and
/// the model's path; unimplemented for inputs or outputs that are no tensors.
Result<std::unique_ptr<ModelSession>> open_model(const std::string& library, const std::string& model,
                                                 const Options& options);

/// The same, as the plain session that tests and the host work with.
Result<std::unique_ptr<sdk::Session>> open_session(const std::string& library, const std::string& model,
                                                   const Options& options = {});

}  // namespace mtc::onnxruntime
