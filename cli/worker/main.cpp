// SPDX-License-Identifier: Apache-2.0
//
// mtc-worker: runs the one action that the driver sends on descriptor 3, with one plugin, and exits 0 or 1.
#include <unistd.h>

#include <cstdio>
#include <string_view>

#include "cli/worker/channel.hpp"
#include "cli/worker/crash.hpp"
#include "core/base/process.hpp"
#include "core/host/run_action.hpp"

int main(int argc, char** argv) {
  constexpr int kDriver = 3;
  if (argc > 1 && std::string_view(argv[1]) == "--version") return std::puts("mtc-worker " MTC_VERSION) < 0;
  if (argc > 1 || !mtc::worker::Channel::is_open(kDriver)) {
    std::fputs(
        "mtc-worker runs one action of a pipeline with one plugin. `mtc` starts it and talks to it over\n"
        "descriptor 3; there is nothing to do by hand. Try `mtc --help`.\n",
        stderr);
    return 2;
  }
  static mtc::worker::Channel channel(kDriver);  // static: a plugin may still use both while the process ends
  static mtc::host::Cancel cancel;
  // What the plugin leaves running stays below this process while it lives, and goes to the driver at its
  // end.
  if (const auto reaper = mtc::become_subreaper(); !reaper) std::fputs("warning: no subreaper\n", stderr);
  channel.send({{"type", "hello"}, {"pid", ::getpid()}});
  const auto run = [&]() -> mtc::Result<void> {
    MTC_ASSIGN(const mtc::Json specification, channel.read_specification());
    const std::string action = mtc::host::action_label(specification);
    mtc::worker::report_crashes(action);
    mtc::worker::report_exit(channel, action);
    channel.watch(cancel);
    return mtc::host::run_action(specification, channel, cancel);
  };
  const auto result = run();
  channel.send(result ? mtc::Json{{"type", "done"}} : mtc::host::error_frame(result.error()));
  std::fflush(nullptr);
  ::_exit(result ? 0 : 1);  // no destructors: a library's may hang or crash, and the work is done
}
