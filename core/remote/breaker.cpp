// SPDX-License-Identifier: Apache-2.0
#include "core/remote/breaker.hpp"

#include <algorithm>

namespace mtc::remote {

bool Breaker::allow() {
  if (!open_) return true;
  if (probing_ || clock_.monotonic_ns() < until_ns_) return false;
  probing_ = true;
  return true;
}

void Breaker::succeeded() {
  failures_ = 0;
  open_ = false;
  probing_ = false;
  pause_ns_ = kPauseNs;
}

void Breaker::failed(bool down) {
  if (open_ && !probing_) return;  // A request from before it opened.
  ++failures_;
  if (probing_) pause_ns_ = std::min(2 * pause_ns_, kLongestPauseNs);
  probing_ = false;
  if (!open_ && !down && failures_ < kFailures) return;
  open_ = true;
  until_ns_ = clock_.monotonic_ns() + pause_ns_;
}

}  // namespace mtc::remote
