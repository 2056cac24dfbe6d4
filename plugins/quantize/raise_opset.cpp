// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <string>

#include <onnx/version_converter/convert.h>

#include "plugins/quantize/prepare.hpp"
#include "plugins/support/onnx/model.hpp"

namespace mtc::quantize {
namespace {

constexpr int kFirstPerChannelOpset = 13;

/// The converter wants every initializer to be a graph input as well (IR 3) or IR 4 and up; it is given the
/// latter.
Result<onnx::ModelProto> convert(const onnx::ModelProto& model) {
  try {
    onnx::ModelProto source = model;
    source.set_ir_version(std::max<std::int64_t>(source.ir_version(), 7));
    return onnx::version_conversion::ConvertVersion(source, kFirstPerChannelOpset);
  } catch (const std::exception& error) {
    return Error{Code::unimplemented,
                 "the model's opset " + std::to_string(model::opset(model)) +
                     " cannot be raised to 13: " + error.what(),
                 {},
                 "export the model with opset 13 or newer"};
  }
}

}  // namespace

Result<void> raise_opset(onnx::ModelProto& model) {
  if (model::opset(model) >= kFirstPerChannelOpset) return {};
  MTC_ASSIGN(auto converted, convert(model));
  for (const auto& [key, value] : model::metadata(model)) model::set_metadata(converted, key, value);
  model = std::move(converted);
  return {};
}

}  // namespace mtc::quantize
