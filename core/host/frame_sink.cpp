// SPDX-License-Identifier: Apache-2.0
#include "core/host/frame_sink.hpp"

namespace mtc::host {

const char* code_name(Code code) {
  switch (code) {
    case Code::cancelled:
      return "cancelled";
    case Code::unknown:
      return "unknown";
    case Code::invalid_argument:
      return "invalid_argument";
    case Code::deadline_exceeded:
      return "deadline_exceeded";
    case Code::not_found:
      return "not_found";
    case Code::already_exists:
      return "already_exists";
    case Code::permission_denied:
      return "permission_denied";
    case Code::resource_exhausted:
      return "resource_exhausted";
    case Code::failed_precondition:
      return "failed_precondition";
    case Code::aborted:
      return "aborted";
    case Code::out_of_range:
      return "out_of_range";
    case Code::unimplemented:
      return "unimplemented";
    case Code::internal:
      return "internal";
    case Code::unavailable:
      return "unavailable";
    case Code::data_loss:
      return "data_loss";
  }
  return "unknown";  // a number that a plugin made up
}

Json error_frame(const Error& error) {
  return {{"type", "error"},
          {"code", code_name(error.code)},
          {"message", error.message},
          {"where", error.where},
          {"hint", error.hint},
          {"retryable", error.retryable},
          {"plugin_fault", error.plugin_fault}};
}

}  // namespace mtc::host
