// SPDX-License-Identifier: Apache-2.0
//
// A target whose run sleeps for 5 ms (parameter `milliseconds`) on the clock that the host measures with, and
// copies x [N,4] to y [N,4].
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "mtc/plugin.hpp"

namespace {

using mtc::Result;

constexpr mtc_dtype kFloat{MTC_KIND_FLOAT, 32, MTC_FORMAT_IEEE};

class Sleeper final : public mtc::sdk::Session {
 public:
  explicit Sleeper(long sleep_ns) : sleep_ns_(sleep_ns) {}
  [[nodiscard]] const std::vector<mtc::sdk::Io>& inputs() const override { return inputs_; }
  [[nodiscard]] const std::vector<mtc::sdk::Io>& outputs() const override { return outputs_; }
  Result<std::vector<std::vector<std::int64_t>>> resolve_shapes(std::span<const mtc_tensor> inputs) override {
    return std::vector<std::vector<std::int64_t>>{{inputs[0].shape[0], 4}};
  }
  Result<void> run(std::span<const mtc_tensor> inputs, std::span<mtc_tensor> outputs) override {
    timespec until{};
    ::clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += sleep_ns_;
    if (until.tv_nsec >= 1'000'000'000) {
      until.tv_nsec -= 1'000'000'000;
      ++until.tv_sec;
    }
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) continue;
    std::memcpy(outputs[0].data, inputs[0].data, std::min(inputs[0].bytes, outputs[0].bytes));
    return {};
  }

 private:
  long sleep_ns_;
  std::vector<mtc::sdk::Io> inputs_{{"x", kFloat, {-1, 4}, 0, 0}};
  std::vector<mtc::sdk::Io> outputs_{{"y", kFloat, {-1, 4}, 0, 0}};
};

class SleepTarget final : public mtc::sdk::TargetPlugin {
 public:
  Result<void> compile(mtc::sdk::Host& host, std::string_view) override {
    MTC_ASSIGN(const std::string folder, host.output("artifact"));
    std::ofstream(folder + "/sleep.txt") << "5 ms\n";
    MTC_TRY(host.property("compare", "slow"));
    return host.property("entry", "sleep.txt");
  }
  Result<std::unique_ptr<mtc::sdk::Session>> open(mtc::sdk::Host& host, const std::string&) override {
    MTC_ASSIGN(const std::int64_t milliseconds, host.integer("milliseconds"));
    return std::unique_ptr<mtc::sdk::Session>(std::make_unique<Sleeper>(milliseconds * 1'000'000));
  }
};

}  // namespace

MTC_TARGET_PLUGIN(SleepTarget)
