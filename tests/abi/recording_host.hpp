// SPDX-License-Identifier: Apache-2.0
//
// A host for one call of a stage: hands out fixed parameters and paths, and records metrics and failures. It
// knows nothing of mtc but plugin.h, as the host of another implementation would.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "mtc/plugin.h"

namespace mtc::test {

class RecordingHost {
 public:
  std::map<std::string, std::int64_t> integers;  ///< Parameters.
  std::map<std::string, std::string> inputs;     ///< Paths.
  std::map<std::string, std::string> outputs;    ///< Paths.
  std::map<std::string, double> metrics;         ///< What the plugin reported.
  mtc_code code = MTC_OK;                        ///< Of the last failure that the plugin explained.
  std::string message;
  std::string where;

  RecordingHost();
  RecordingHost(const RecordingHost&) = delete;
  RecordingHost& operator=(const RecordingHost&) = delete;

  [[nodiscard]] const mtc_host* abi() const { return &host_; }

 private:
  static RecordingHost& of(const mtc_host* host) { return *static_cast<RecordingHost*>(host->context); }
  static const void* service(const mtc_host* host, mtc_string id);
  static void fail(const mtc_host* host, const mtc_error* error);
  static void last_error(const mtc_host* host, mtc_error* error);
  static mtc_code integer(const mtc_host* host, mtc_string name, std::uint64_t index, std::int64_t* value);
  static mtc_code input(const mtc_host* host, mtc_string name, std::uint64_t index, mtc_string* path);
  static mtc_code output(const mtc_host* host, mtc_string name, mtc_string* path);
  static mtc_code report(const mtc_host* host, mtc_string name, double value);

  mtc_host host_{};
  mtc_config_v1 config_{};
  mtc_artifact_v1 artifact_{};
  mtc_metric_v1 metric_{};
};

}  // namespace mtc::test
