// SPDX-License-Identifier: Apache-2.0
//
// ONNX Runtime's shared library, loaded when it is first needed: its function table and its environment.
#pragma once

#include <memory>
#include <string>

#include "mtc/result.hpp"
#include "plugins/onnxruntime/api.hpp"

namespace mtc::onnxruntime {

/// Owns a pointer of the library and gives it back with the release function that belongs to it.
template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

class Library {
 public:
  /// Loads `path`, or what the loader finds under a bare file name. The library stays in the process: its
  /// threads may outlive any one session. Errors: not_found; failed_precondition when it is no ONNX Runtime
  /// or too old.
  static Result<std::shared_ptr<const Library>> load(const std::string& path);

  [[nodiscard]] const Api& api() const { return *api_; }
  [[nodiscard]] const Env* env() const { return env_.get(); }

  /// Turns a status of the API into a Result and releases it. `where` names the model.
  [[nodiscard]] Result<void> check(Status* status, const std::string& where) const;

 private:
  Library(const Api* api, Owned<Env> env) : api_(api), env_(std::move(env)) {}

  const Api* api_;
  Owned<Env> env_;
};

}  // namespace mtc::onnxruntime
