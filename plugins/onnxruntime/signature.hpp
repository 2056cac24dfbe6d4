// SPDX-License-Identifier: Apache-2.0
//
// Names, types and shapes of a loaded model's inputs and outputs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mtc/plugin.hpp"
#include "mtc/result.hpp"
#include "plugins/onnxruntime/library.hpp"

namespace mtc::onnxruntime {

using Shape = std::vector<std::int64_t>;

/// Inputs or outputs in the model's order. `symbols[i][axis]` names a symbolic extent; "" where it is fixed
/// or has no name.
struct Ports {
  std::vector<sdk::Io> list;
  std::vector<std::vector<std::string>> symbols;
};

struct Signature {
  Ports inputs;
  Ports outputs;
};

/// Reads the signature of `session`, loaded from `model`. Errors: unimplemented for what is no tensor of a
/// known type.
Result<Signature> read_signature(const Library& library, RuntimeSession* session, const std::string& model);

/// Checks that `inputs` have the types and shapes that `ports` takes. Errors: invalid_argument that names the
/// input.
Result<void> check_inputs(const Ports& ports, std::span<const mtc_tensor> inputs, const std::string& model);

/// Shapes of all outputs, as far as declared extents and symbols shared with the inputs tell; none when they
/// do not.
std::optional<std::vector<Shape>> shapes_by_symbol(const Signature& signature,
                                                   std::span<const mtc_tensor> inputs);

/// "[N,3,32,32]": for messages; a symbolic extent without a name is "?".
std::string describe(std::span<const std::int64_t> shape, std::span<const std::string> symbols = {});

}  // namespace mtc::onnxruntime
