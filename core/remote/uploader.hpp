// SPDX-License-Identifier: Apache-2.0
//
// Uploads beside the run: results wait here in order, a few are on their way at any time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string_view>
#include <vector>

#include "core/remote/health.hpp"
#include "core/remote/transport.hpp"
#include "core/store/store.hpp"

namespace mtc::remote {

/// Safe from any thread. The transport must be gone, or have answered everything, before the uploader is.
class Uploader {
 public:
  Uploader(store::Store& store, Health& health) : store_(store), health_(health) {}

  /// Takes a result that is in the store; returns at once. Errors: troubles of this machine.
  Result<void> add(Transport& transport, std::string_view document, const store::ActionResult& result);
  /// Results that wait or are on their way.
  [[nodiscard]] std::size_t pending() const;
  /// Waits until nothing is pending, at most for `time`; false when something still is.
  bool wait(std::chrono::milliseconds time);

 private:
  struct Job {
    std::filesystem::path staging;
    std::vector<Item> blobs;
    Item entry;
  };
  Result<void> prepare(Job& job, std::string_view document, const store::ActionResult& result);
  /// Sends what may be sent; drops all that waits while the cache is not to be asked.
  void pump(Transport& transport);

  static constexpr std::size_t kInFlight = 2;
  store::Store& store_;
  Health& health_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  std::size_t in_flight_ = 0;
};

}  // namespace mtc::remote
