// SPDX-License-Identifier: Apache-2.0
#include "cli/cache_http/retry.hpp"

namespace mtc::cache_http {

std::optional<std::int64_t> Retry::next(std::int64_t elapsed_ms) {
  if (retries_ == kRetries || elapsed_ms >= budget_ms_) return std::nullopt;
  const std::int64_t most = kFirstWaitMs << retries_++;
  return std::uniform_int_distribution<std::int64_t>(most / 2, most)(random_);
}

}  // namespace mtc::cache_http
