// SPDX-License-Identifier: Apache-2.0
//
// mtc.checkpoint/1: what a stage has reached, for the next attempt. Absent where the specification names no
// folder.
#include <string>
#include <utility>
#include <vector>

#include "core/host/host.hpp"
#include "core/host/services.hpp"

namespace mtc::host {
namespace {

/// Tells the driver of a checkpoint that was found or saved.
void tell(Host& host, const char* what, const Checkpoint& checkpoint) {
  host.sink().send(
      {{"type", "checkpoint"}, {"what", what}, {"label", checkpoint.label}, {"bytes", checkpoint.bytes}});
}

mtc_code newest(const mtc_host* raw, mtc_string* folder) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    std::vector<Error> damaged;
    auto found = host.checkpoints().newest(damaged);
    for (const Error& error : damaged)
      host.log(MTC_LOG_WARNING, "a checkpoint is not used: " + error.message + " (" + error.where + ")");
    MTC_TRY(found);
    *folder = mtc_string{};
    if (!*found) return {};
    tell(host, "found", **found);
    *folder = host.keep((*found)->folder.string());
    return {};
  });
}

mtc_code begin(const mtc_host* raw, mtc_string* folder) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    MTC_ASSIGN(const auto path, host.checkpoints().begin());
    *folder = host.keep(path.string());
    return {};
  });
}

mtc_code commit(const mtc_host* raw, mtc_string label) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    MTC_ASSIGN(const auto checkpoint, host.checkpoints().commit(view(label)));
    tell(host, "saved", checkpoint);
    return {};
  });
}

mtc_code discard(const mtc_host* raw) {
  Host& host = Host::of(raw);
  return host.answer([&] { return host.checkpoints().discard(); });
}

}  // namespace

const mtc_checkpoint_v1 kCheckpointService{sizeof(mtc_checkpoint_v1), 0, newest, begin, commit, discard};

}  // namespace mtc::host
