// SPDX-License-Identifier: Apache-2.0
#include "core/host/host.hpp"

#include <array>
#include <filesystem>
#include <utility>

#include "core/base/clock.hpp"
#include "core/base/error_json.hpp"
#include "core/base/text.hpp"
#include "core/host/services.hpp"

namespace mtc::host {
namespace {

constexpr std::int64_t kProgressIntervalNs = 50'000'000;

Error from_abi(const mtc_error& raw) {
  const auto text = [&](bool present, mtc_string value) {
    return present ? std::string(view(value)) : std::string();
  };
  Error error;
  error.code = static_cast<Code>(raw.code);
  error.message = text(MTC_HAS_FIELD(&raw, mtc_error, message), raw.message);
  error.where = text(MTC_HAS_FIELD(&raw, mtc_error, where), raw.where);
  error.hint = text(MTC_HAS_FIELD(&raw, mtc_error, hint), raw.hint);
  error.retryable = (raw.flags & MTC_ERROR_RETRYABLE) != 0;
  error.plugin_fault = (raw.flags & MTC_ERROR_PLUGIN_FAULT) != 0;
  return error;
}

const char* level_name(std::int32_t level) {
  constexpr std::array<const char*, 4> kNames{"debug", "info", "warning", "error"};
  return kNames.at(static_cast<std::size_t>(std::clamp(level, std::int32_t{0}, std::int32_t{3})));
}

}  // namespace

Host::Host(const ActionSpec& spec, FrameSink& sink, Cancel& cancel)
    : spec_(spec),
      sink_(sink),
      cancel_(cancel),
      state_(ProcessState::capture()),
      checkpoints_(spec.checkpoints) {
  raw_.struct_size = sizeof raw_;
  raw_.context = this;
  raw_.service = service;
  raw_.fail = fail;
  raw_.last_error = last_error;
}

void Host::log(std::int32_t level, std::string_view text) {
  sink_.send({{"type", "log"}, {"level", level_name(level)}, {"text", std::string(text)}});
}

void Host::progress(std::string_view phase, std::uint64_t done, std::uint64_t total, std::string_view unit) {
  const std::int64_t now = Clock::real().monotonic_ns();
  std::int64_t last = last_progress_ns_;
  const bool final = total != 0 && done >= total;
  if (!final && now - last < kProgressIntervalNs) return;
  if (!last_progress_ns_.compare_exchange_strong(last, now) && !final) return;  // another thread just told
  sink_.send({{"type", "progress"},
              {"phase", std::string(phase)},
              {"done", done},
              {"total", total},
              {"unit", std::string(unit)}});
}

Result<const data::Dataset*> Host::dataset(std::string_view name) {
  const auto open = datasets_.find(name);
  if (open != datasets_.end()) return &open->second;
  const SpecInput* input = spec_.input(name);
  if (input == nullptr || input->dataset.is_null()) {
    return Error{Code::not_found, "there is no dataset \"" + std::string(name) + "\"", spec_.name,
                 "declare an input of type dataset in plugin.toml, and give it"};
  }
  MTC_ASSIGN(auto dataset, data::Dataset::open(input->dataset));
  return &datasets_.emplace(std::string(name), std::move(dataset)).first->second;
}

Result<void> Host::set_property(std::string_view key, std::string_view value) {
  constexpr std::array<std::string_view, 6> kTaken{"target", "plugin", "source", "batch", "input", "output"};
  const bool plain =
      !key.empty() && key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == key.npos;
  if (spec_.kind != ActionKind::compile || !plain ||
      std::find(kTaken.begin(), kTaken.end(), key) != kTaken.end()) {
    return Error{
        Code::invalid_argument,
        "the property \"" + std::string(key) + "\" cannot be set",
        spec_.name,
        "set snake_case properties other than " + join({kTaken.begin(), kTaken.end()}, ", ") + ", in compile",
        false,
        true};
  }
  properties_.insert_or_assign(std::string(key), std::string(value));
  return {};
}

Result<void> Host::call(std::string_view doing, const std::function<mtc_code()>& body) {
  mtc_code code = MTC_INTERNAL;
  std::optional<std::string> thrown;
  try {
    code = body();
  } catch (const std::exception& error) {
    thrown = error.what();
  } catch (...) {
    thrown = "an exception of unknown type";
  }
  restore_process(doing);
  if (thrown) {
    return Error{Code::internal,
                 "a C++ exception left the plugin: " + *thrown,
                 spec_.plugin_id + ", " + spec_.name,
                 "catch it in the plugin (mtc::sdk::guarded)",
                 false,
                 true};
  }
  return outcome(doing, code);
}

Result<void> Host::outcome(std::string_view doing, mtc_code code) {
  std::optional<Error> given;
  {
    const std::lock_guard lock(failure_mutex_);
    given = std::exchange(failure_, std::nullopt);
  }
  if (code == MTC_OK) return {};
  if (cancel_.requested()) return Error{Code::cancelled, "cancelled", spec_.name, "run it again"};
  if (given) {
    given->code = static_cast<Code>(code);
    if (given->where.empty()) given->where = spec_.name;
    if (given->hint.empty() && given->plugin_fault)
      given->hint =
          "report it to the author of the plugin \"" + spec_.plugin_id + "\", with the action's log";
    return *std::move(given);
  }
  return Error{static_cast<Code>(code),
               std::string(doing) + " failed with code " + std::to_string(code) + " (" +
                   code_name(static_cast<Code>(code)) + ") and no explanation",
               spec_.plugin_id + ", " + spec_.name,
               "the plugin should call host->fail() before it returns an error",
               false,
               true};
}

void Host::restore_process(std::string_view doing) {
  const auto changed = state_.restore();
  if (changed.empty()) return;
  log(MTC_LOG_WARNING, "plugin " + spec_.plugin_id + " changed in " + std::string(doing) + ": " +
                           join(changed, ", ") + "; it was put back");
}

mtc_code Host::refuse(Error error) noexcept {
  last_error_ = std::move(error);
  return static_cast<mtc_code>(last_error_.code);
}

const void* Host::service(const mtc_host* host, mtc_string id) noexcept {
  const std::string_view wanted = view(id);
  if (wanted == "mtc.log/1") return &kLogService;
  if (wanted == "mtc.progress/1") return &kProgressService;
  if (wanted == "mtc.cancel/1") return &kCancelService;
  if (wanted == "mtc.config/1") return &kConfigService;
  if (wanted == "mtc.artifact/1") return &kArtifactService;
  if (wanted == "mtc.dataset/1") return &kDatasetService;
  if (wanted == "mtc.metric/1") return &kMetricService;
  if (wanted == "mtc.scratch/1") return &kScratchService;
  if (wanted == "mtc.dependency/1") return &kDependencyService;
  if (wanted == "mtc.exec/1") return &kExecService;
  if (wanted == "mtc.checkpoint/1" && !of(host).spec_.checkpoints.empty()) return &kCheckpointService;
  return nullptr;
}

void Host::fail(const mtc_host* host, const mtc_error* error) noexcept {
  Host& self = of(host);
  const std::lock_guard lock(self.failure_mutex_);
  self.failure_ = from_abi(*error);
}

void Host::last_error(const mtc_host* host, mtc_error* error) noexcept {
  const Error& last = of(host).last_error_;
  mtc_error raw{};
  raw.flags = (last.retryable ? static_cast<std::uint32_t>(MTC_ERROR_RETRYABLE) : 0U) |
              (last.plugin_fault ? static_cast<std::uint32_t>(MTC_ERROR_PLUGIN_FAULT) : 0U);
  raw.code = static_cast<mtc_code>(last.code);
  raw.message = abi(last.message);
  raw.where = abi(last.where);
  raw.hint = abi(last.hint);
  fill(*error, raw);
}

}  // namespace mtc::host
