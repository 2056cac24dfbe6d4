// SPDX-License-Identifier: Apache-2.0
//
// The host as a plugin sees it: an mtc_host with its services, over one action specification.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/base/checkpoint_folder.hpp"
#include "core/data/dataset.hpp"
#include "core/host/action_spec.hpp"
#include "core/host/cancel.hpp"
#include "core/host/frame_sink.hpp"
#include "core/host/process_state.hpp"
#include "mtc/plugin.h"
#include "mtc/result.hpp"

namespace mtc::host {

inline std::string_view view(mtc_string text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}
inline mtc_string abi(std::string_view text) { return {text.data(), text.size()}; }

class Host {
 public:
  /// All three outlive the host. The state of the process that is put back after each plugin call is that of
  /// now.
  Host(const ActionSpec& spec, FrameSink& sink, Cancel& cancel);
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  [[nodiscard]] const mtc_host* raw() const { return &raw_; }
  [[nodiscard]] const ActionSpec& spec() const { return spec_; }
  [[nodiscard]] Cancel& cancel() { return cancel_; }
  [[nodiscard]] FrameSink& sink() { return sink_; }
  static Host& of(const mtc_host* host) { return *static_cast<Host*>(host->context); }

  /// Any thread.
  void log(std::int32_t level, std::string_view text);
  /// Any thread; at most 20 frames a second, and always the last one of a phase.
  void progress(std::string_view phase, std::uint64_t done, std::uint64_t total, std::string_view unit);

  /// The dataset of the input `name`, opened at the first call. Errors: not_found; those of Dataset::open.
  Result<const data::Dataset*> dataset(std::string_view name);
  /// Properties that compile set, by key.
  [[nodiscard]] const std::map<std::string, std::string>& properties() const { return properties_; }
  Result<void> set_property(std::string_view key, std::string_view value);

  /// Runs `body`, a call into the plugin. `doing` says which ("run", "open"). Exceptions are stopped, the
  /// state of the process is put back (with a warning if it had changed), and a code other than MTC_OK
  /// becomes the error that the plugin gave to fail(), or one that blames it for giving none.
  Result<void> call(std::string_view doing, const std::function<mtc_code()>& body);
  /// The last part of call() alone, for calls that are repeated many times.
  Result<void> outcome(std::string_view doing, mtc_code code);
  /// Puts the state of the process back, now.
  void restore_process(std::string_view doing);

  /// For services: runs `body` (Result<void>) and returns its code; an error is kept for last_error().
  template <class Body>
  mtc_code answer(Body&& body) noexcept {
    try {
      const Result<void> result = body();
      return result ? static_cast<mtc_code>(MTC_OK) : refuse(result.error());
    } catch (const std::exception& error) {
      return refuse(Error{Code::internal, error.what(), "host service", "report this"});
    }
  }
  std::string& exec_output() { return exec_output_; }
  CheckpointFolder& checkpoints() { return checkpoints_; }
  /// Keeps a text that a service hands out: it lives as long as the host.
  mtc_string keep(std::string text) { return abi(*texts_.insert(std::move(text)).first); }

 private:
  mtc_code refuse(Error error) noexcept;
  static const void* service(const mtc_host* host, mtc_string id) noexcept;
  static void fail(const mtc_host* host, const mtc_error* error) noexcept;
  static void last_error(const mtc_host* host, mtc_error* error) noexcept;

  const ActionSpec& spec_;
  FrameSink& sink_;
  Cancel& cancel_;
  mtc_host raw_{};
  ProcessState state_;
  std::map<std::string, data::Dataset, std::less<>> datasets_;
  std::map<std::string, std::string> properties_;
  std::string exec_output_;
  CheckpointFolder checkpoints_;
  std::set<std::string> texts_;
  Error last_error_;  // of the last refused service
  std::mutex failure_mutex_;
  std::optional<Error> failure_;  // what the plugin gave to fail()
  std::atomic<std::int64_t> last_progress_ns_{0};
};

}  // namespace mtc::host
