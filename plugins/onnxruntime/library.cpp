// SPDX-License-Identifier: Apache-2.0
#include "plugins/onnxruntime/library.hpp"

#include <dlfcn.h>

namespace mtc::onnxruntime {

namespace {

constexpr const char* kInstallHint = "run scripts/setup, or name the library in MTC_ONNXRUNTIME";

/// Source: OrtErrorCode.
Code code_of(int ort_code) {
  switch (ort_code) {
    case 2:
      return Code::invalid_argument;
    case 3:
      return Code::not_found;
    case 4:  // no model
    case 7:  // not protobuf
      return Code::data_loss;
    case 9:
      return Code::unimplemented;
    case 10:
      return Code::invalid_argument;
    default:
      return Code::unknown;
  }
}

const char* hint_of(Code code) {
  switch (code) {
    case Code::data_loss:
      return "the file is damaged or no ONNX model: export it again";
    case Code::unimplemented:
      return "ONNX Runtime has no kernel for it: use another opset or element type, or target reference";
    case Code::not_found:
      return "check the path";
    default:
      return "the message is ONNX Runtime's own";
  }
}

}  // namespace

Result<std::shared_ptr<const Library>> Library::load(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) {
    const char* reason = dlerror();
    return Error{Code::not_found,
                 std::string("cannot load ONNX Runtime: ") + (reason != nullptr ? reason : "unknown"), path,
                 kInstallHint};
  }
  const auto base_of = reinterpret_cast<const ApiBase* (*)()>(dlsym(handle, kApiBaseSymbol));
  if (base_of == nullptr) {
    return Error{Code::failed_precondition, std::string("the library has no symbol ") + kApiBaseSymbol, path,
                 kInstallHint};
  }
  const Api* api = base_of()->get_api(kApiVersion);
  if (api == nullptr) {
    return Error{Code::failed_precondition,
                 std::string("ONNX Runtime ") + base_of()->version() + " does not offer version " +
                     std::to_string(kApiVersion) + " of its API",
                 path, kInstallHint};
  }
  Env* env = nullptr;
  Status* status = api->create_env(kLogWarning, "mtc", &env);
  const std::shared_ptr<const Library> library(new Library(api, Owned<Env>(env, api->release_env)));
  MTC_TRY(library->check(status, path));
  return library;
}

Result<void> Library::check(Status* status, const std::string& where) const {
  if (status == nullptr) return {};
  const Owned<Status> owner(status, api_->release_status);
  const Code code = code_of(api_->get_error_code(status));
  return Error{code, std::string("ONNX Runtime: ") + api_->get_error_message(status), where, hint_of(code)};
}

}  // namespace mtc::onnxruntime
