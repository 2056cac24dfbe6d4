// SPDX-License-Identifier: Apache-2.0
#include "plugins/quantize/prepare.hpp"

#include <algorithm>

#include "plugins/support/onnx/transform.hpp"

namespace mtc::quantize {

Result<void> prepare(onnx::ModelProto& model) {
  MTC_TRY(model::fold_constants(model));
  MTC_TRY(model::fold_batch_norms(model));
  MTC_TRY(fold_shifts(model));
  model::remove_unused(model);
  MTC_TRY(raise_opset(model));
  // The converter turns attributes into Constant nodes (Clip, Squeeze, Slice).
  MTC_TRY(model::fold_constants(model));
  model::remove_unused(model);
  model.set_ir_version(std::max<std::int64_t>(model.ir_version(), 7));
  return {};
}

}  // namespace mtc::quantize
