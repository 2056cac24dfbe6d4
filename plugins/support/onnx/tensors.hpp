// SPDX-License-Identifier: Apache-2.0
//
// A walk over every tensor that a model holds: initializers and what attributes carry, in subgraphs too.
#pragma once

#include <functional>

#include <onnx/onnx_pb.h>

#include "mtc/result.hpp"

namespace mtc::model {

/// Where a tensor lies: among a graph's initializers, or in an attribute (a Constant's value, say).
enum class TensorPlace { initializer, attribute };

/// Calls visit(tensor, place) for each: of the graph, its functions and training graphs, of sparse tensors
/// values and indices. Ends at the first error.
Result<void> for_each_tensor(
    onnx::ModelProto& model,
    const std::function<Result<void>(onnx::TensorProto& tensor, TensorPlace place)>& visit);

}  // namespace mtc::model
