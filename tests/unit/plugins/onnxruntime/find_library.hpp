// SPDX-License-Identifier: Apache-2.0
//
// Where tests find ONNX Runtime: $MTC_ONNXRUNTIME, else what scripts/setup put into build/third_party.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace mtc::test {

/// Path of libonnxruntime.so.1; empty when there is none.
inline std::string find_library() {
  const char* named = std::getenv("MTC_ONNXRUNTIME");
  const std::filesystem::path file =
      named != nullptr ? named : MTC_SOURCE_DIR "/build/third_party/onnxruntime/libonnxruntime.so.1";
  return std::filesystem::exists(file) ? file.string() : std::string();
}

}  // namespace mtc::test

/// Declares `variable` as the path of ONNX Runtime's library, or skips the running test.
#define MTC_REQUIRE_ONNXRUNTIME(variable)                 \
  const std::string variable = mtc::test::find_library(); \
  if (variable.empty()) GTEST_SKIP() << "no ONNX Runtime: run scripts/setup or name it in MTC_ONNXRUNTIME"
