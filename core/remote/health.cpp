// SPDX-License-Identifier: Apache-2.0
#include "core/remote/health.hpp"

#include <utility>

namespace mtc::remote {
namespace {

/// Whether the next request can be expected to fail as this one did.
bool is_down(const Error& error) {
  switch (error.code) {
    case Code::unavailable:
    case Code::deadline_exceeded:
    case Code::permission_denied:
    case Code::failed_precondition:
    case Code::aborted:
    case Code::cancelled:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool Health::allow(Way way) {
  const std::lock_guard guard(mutex_);
  const bool allowed = (way == Way::down ? down_ : up_).allow();
  if (!allowed) ++statistics_.failures;
  return allowed;
}

void Health::report(Way way, const Reply& reply) {
  const std::lock_guard guard(mutex_);
  auto& breaker = way == Way::down ? down_ : up_;
  (way == Way::down ? statistics_.bytes_down : statistics_.bytes_up) += reply.bytes;
  if (reply.kind == Reply::Kind::failed) {
    ++statistics_.failures;
    breaker.failed(is_down(reply.error));
    warn(reply.error);
    return;
  }
  breaker.succeeded();
  if (reply.kind == Reply::Kind::damaged) warn(reply.error);
}

void Health::hit() {
  const std::lock_guard guard(mutex_);
  ++statistics_.hits;
}

void Health::miss() {
  const std::lock_guard guard(mutex_);
  ++statistics_.misses;
}

void Health::uploaded() {
  const std::lock_guard guard(mutex_);
  ++statistics_.uploads;
}

void Health::local_trouble(Error error) {
  const std::lock_guard guard(mutex_);
  warn(std::move(error));
}

std::vector<Error> Health::take_warnings() {
  const std::lock_guard guard(mutex_);
  return std::exchange(warnings_, {});
}

Statistics Health::statistics() const {
  const std::lock_guard guard(mutex_);
  return statistics_;
}

void Health::warn(Error error) {
  if (error.code == Code::cancelled) return;  // The user knows.
  if (told_.insert(error.message).second) warnings_.push_back(std::move(error));
}

}  // namespace mtc::remote
