// SPDX-License-Identifier: Apache-2.0
#include "plugins/onnxruntime/compile.hpp"

#include "plugins/onnxruntime/artifact.hpp"
#include "plugins/onnxruntime/session.hpp"

namespace mtc::onnxruntime {

Result<std::string> compile(const CompileRequest& request) {
  MTC_ASSIGN(const auto session, open_model(request.library, request.model, {request.exact, 1}));
  MTC_ASSIGN(const auto scheme, session->metadata("mtc.quant.scheme"));
  if (scheme && *scheme != request.scheme) {
    return Error{
        Code::invalid_argument,
        "the model is quantized by the scheme " + *scheme + ", but this target runs " + request.scheme,
        request.model, "quantize the model for this target"};
  }
  MTC_TRY(write_artifact(request.model, request.folder, request.exact));
  return scheme.value_or(kFloatScheme);
}

}  // namespace mtc::onnxruntime
