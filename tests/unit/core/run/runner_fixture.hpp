// SPDX-License-Identifier: Apache-2.0
//
// A project, a store and a worker that is a script: whole runs without a plugin's code.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/run/inspect.hpp"
#include "core/run/runner.hpp"
#include "tests/unit/core/pipeline/project.hpp"
#include "tests/unit/core/run/script_worker.hpp"

namespace mtc::run {

// Writes into each output what its parameters are; level 0 finds no memory, 7 fails, 8 forgets its outputs, 9
// crashes.
inline constexpr const char* kWorker = R"SH(
level=$(echo "$spec" | sed -n 's/.*"params":{[^}]*"level":\([0-9]*\).*/\1/p')
case "$level" in
  0) frame '{"type":"error","code":"resource_exhausted","message":"no memory"}'; exit 1;;
  7) frame '{"type":"error","code":"data_loss","message":"bad level"}'; exit 1;;
  8) frame '{"type":"done"}'; exit 0;;
  9) kill -SEGV $$;;
esac
outputs | while read -r path; do
  if [ -d "$path" ]; then echo "level $level" > "$path/data"; else echo "level $level" > "$path"; fi
done
case "$spec" in *'"score"'*) frame '{"type":"metric","name":"score","value":0.5}';; esac
case "$spec" in *'"latency_p50_ms"'*) frame '{"type":"metric","name":"latency_p50_ms","value":2}';; esac
frame '{"type":"done"}'
)SH";

class RunnerTest : public testing::Test {
 protected:
  RunnerTest() {
    options_.worker = test::script_worker(project_.folder(), "worker", kWorker);
    options_.out = project_.folder() / "mtc-out";
  }
  RunReport run(const std::string& stages) {
    const auto plan = project_.plan(test::kModelAndData + stages);
    Events events;
    events.add([this](const Json& event) { events_.push_back(event); });
    auto report = run_plan(plan, store_, events, options_);
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    return report ? *report : RunReport();
  }
  static std::vector<std::string> statuses(const RunReport& report) {
    std::vector<std::string> list;
    for (const auto& stage : report.stages) list.push_back(stage.status);
    return list;
  }
  std::vector<PlannedStage> inspect(const std::string& stages) {
    const auto plan = project_.plan(test::kModelAndData + stages);
    auto planned = inspect_plan(plan, store_);
    EXPECT_TRUE(planned) << (planned ? "" : planned.error().message);
    return planned ? *planned : std::vector<PlannedStage>();
  }

  test::Project project_;
  store::Store store_ = *store::Store::open(project_.folder() / "store");
  RunOptions options_;
  std::vector<Json> events_;
};

inline std::string copy(const std::string& name, int level, const std::string& model = "model") {
  return "[stage." + name + "]\nuses = \"convert\"\nmodel = \"" + model +
         "\"\nwith = { level = " + std::to_string(level) + " }\n";
}
inline constexpr const char* kSpeed = "[stage.speed]\nuses = \"bench\"\nartifact = \"model\"\n";

}  // namespace mtc::run
