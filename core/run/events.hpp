// SPDX-License-Identifier: Apache-2.0
//
// What happens in a run, as it happens: one stream of JSON objects (schema mtc.events/1) that the log file of
// the run, --events and the live progress all read. docs/events.md lists the events;
// docs/schema/events.schema.json is the schema that tests hold them to.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

/// Sends every event to all sinks, with "seq" and "time_ms" (since the run began) added. emit() is safe from
/// any thread: events come to each sink one at a time, in the order of "seq".
class Events {
 public:
  using Sink = std::function<void(const Json&)>;
  Events();
  void add(Sink sink);
  void emit(const std::string& type, Json fields);

 private:
  std::mutex mutex_;
  std::vector<Sink> sinks_;
  std::uint64_t sequence_ = 0;
  std::chrono::steady_clock::time_point start_;
};

/// A sink that appends JSON lines to `file`. Errors: permission_denied, not_found.
Result<Events::Sink> file_sink(const std::filesystem::path& file);
/// The same to an open descriptor, which stays the caller's.
Events::Sink descriptor_sink(int descriptor);

}  // namespace mtc::run
