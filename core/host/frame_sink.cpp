// SPDX-License-Identifier: Apache-2.0
#include "core/host/frame_sink.hpp"

#include "core/base/error_json.hpp"

namespace mtc::host {

Json error_frame(const Error& error) {
  Json frame = error_to_json(error);
  frame["type"] = "error";
  return frame;
}

}  // namespace mtc::host
