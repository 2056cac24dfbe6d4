// SPDX-License-Identifier: Apache-2.0
//
// A few threads, each with its own connection, that answer requests in the order of their arrival.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/cache_http/client.hpp"
#include "core/base/json.hpp"

namespace mtc::cache_http {

class Lane {
 public:
  /// What it is given must outlive it; `answer` is called from any of the threads. The threads live as long
  /// as the process.
  Lane(std::size_t threads, const Settings& settings, Damaged& damaged,
       std::function<void(const Json& request, const Answer&)> answer);
  void add(Json request);

 private:
  [[noreturn]] void work();

  const Settings& settings_;
  Damaged& damaged_;
  std::function<void(const Json&, const Answer&)> answer_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Json> requests_;
};

}  // namespace mtc::cache_http
