// SPDX-License-Identifier: Apache-2.0
//
// Whether exact integers cost anything here.
#pragma once

#include "mtc/result.hpp"
#include "plugins/onnxruntime/library.hpp"

namespace mtc::onnxruntime {

/// Whether ONNX Runtime's products of uint8 and int8 saturate on this CPU when nothing is asked of it (pairs
/// of products are added in 16 bits where there is no VNNI). Found by running a model of two convolutions,
/// some 2 ms. Errors: those of the library.
Result<bool> products_saturate(const Library& library);

}  // namespace mtc::onnxruntime
