// SPDX-License-Identifier: Apache-2.0
//
// The message build.bazel.remote.execution.v2.ActionResult in protobuf's wire format, as far as a result of
// mtc needs it: caches that check what lies under /ac/ find in it every blob that the result consists of.
//
//   ActionResult { repeated OutputFile output_files = 2; int32 exit_code = 4; bytes stdout_raw = 5; }
//   OutputFile   { string path = 1; Digest digest = 2; bool is_executable = 4; }
//   Digest       { string hash = 1; int64 size_bytes = 2; }
//
// Source: Remote Execution API 2, remote_execution.proto; Protocol Buffers, "Encoding".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.hpp"
#include "mtc/result.hpp"

namespace mtc::remote {

struct OutputFile {
  std::string path;  ///< Relative, parts separated by '/'.
  Digest digest;
  std::uint64_t bytes = 0;
  bool executable = false;
  bool operator==(const OutputFile&) const = default;
};

struct ResultMessage {
  std::vector<OutputFile> output_files;
  std::string stdout_raw;
  bool operator==(const ResultMessage&) const = default;
};

/// The bytes of the message; default values are left out, as protobuf does. exit_code is always 0: failures
/// are never kept.
std::string encode(const ResultMessage& message);

/// The inverse. Fields of other numbers are skipped. Errors: data_loss for what is no such message, for a
/// digest that is none, and for another exit code than 0.
Result<ResultMessage> decode(std::string_view bytes);

}  // namespace mtc::remote
