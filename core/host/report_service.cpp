// SPDX-License-Identifier: Apache-2.0
//
// mtc.log/1, mtc.progress/1, mtc.cancel/1, mtc.metric/1: what a plugin tells while it works.
#include <algorithm>
#include <cmath>

#include "core/base/text.hpp"
#include "core/host/host.hpp"
#include "core/host/services.hpp"

namespace mtc::host {
namespace {

Result<void> report(Host& host, std::string_view name, double value) {
  const auto& declared = host.spec().metrics;
  if (std::find(declared.begin(), declared.end(), name) == declared.end()) {
    return Error{Code::invalid_argument,
                 "the metric \"" + std::string(name) + "\" is not declared",
                 host.spec().name,
                 "list it in metrics of plugin.toml",
                 false,
                 true};
  }
  if (!std::isfinite(value)) {
    return Error{Code::invalid_argument,
                 "the metric " + std::string(name) + " is " + number_text(value),
                 host.spec().name,
                 "report finite numbers, or leave the metric out",
                 false,
                 true};
  }
  host.sink().send({{"type", "metric"}, {"name", std::string(name)}, {"value", value}});
  return {};
}

}  // namespace

const mtc_log_v1 kLogService{sizeof(mtc_log_v1), 0,
                             [](const mtc_host* host, std::int32_t level, mtc_string message) {
                               Host& self = Host::of(host);
                               // Nothing is lost but a line that cannot be kept (out of memory).
                               self.answer([&]() -> Result<void> {
                                 self.log(level, view(message));
                                 return {};
                               });
                             }};

const mtc_progress_v1 kProgressService{
    sizeof(mtc_progress_v1), 0,
    [](const mtc_host* host, mtc_string phase, std::uint64_t done, std::uint64_t total, mtc_string unit) {
      Host& self = Host::of(host);
      self.answer([&]() -> Result<void> {
        self.progress(view(phase), done, total, view(unit));
        return {};
      });
    }};

const mtc_cancel_v1 kCancelService{sizeof(mtc_cancel_v1), 0, [](const mtc_host* host) -> std::int32_t {
                                     return Host::of(host).cancel().requested() ? 1 : 0;
                                   }};

const mtc_metric_v1 kMetricService{sizeof(mtc_metric_v1), 0,
                                   [](const mtc_host* host, mtc_string name, double value) -> mtc_code {
                                     Host& self = Host::of(host);
                                     return self.answer([&] { return report(self, view(name), value); });
                                   }};

}  // namespace mtc::host
