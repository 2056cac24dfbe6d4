// SPDX-License-Identifier: Apache-2.0
//
// A host without a process or a driver: a sink that keeps frames, and specifications for the test plugins.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "core/host/cancel.hpp"
#include "core/host/frame_sink.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::test {

class FrameList final : public host::FrameSink {
 public:
  void send(const Json& frame) noexcept override {
    const std::lock_guard lock(mutex_);
    frames_.push_back(frame);
  }
  [[nodiscard]] std::vector<Json> of_type(const std::string& type) const {
    std::vector<Json> found;
    for (const auto& frame : frames_) {
      if (frame["type"] == type) found.push_back(frame);
    }
    return found;
  }

 private:
  std::mutex mutex_;
  std::vector<Json> frames_;
};

/// A specification of `kind` for the test target `target` of `plugin`, without inputs and outputs.
inline Json target_specification(const TempDir& folder, const std::string& kind, const std::string& plugin,
                                 const std::string& target) {
  return {{"kind", kind},
          {"plugin", MTC_BUILD_DIR "/tests/plugins/" + plugin + ".so"},
          {"name", target},
          {"params", Json::object()},
          {"target", {{"target.id", target}}},
          {"inputs", Json::array()},
          {"outputs", Json::array()},
          {"metrics", Json::array()},
          {"dependencies", Json::object()},
          {"scratch", (folder / "scratch").string()},
          {"source_digest", std::string(64, 'a')}};
}

}  // namespace mtc::test
