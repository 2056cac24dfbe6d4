// SPDX-License-Identifier: Apache-2.0
#include "cli/cache_http/lane.hpp"

#include <exception>

namespace mtc::cache_http {

Lane::Lane(std::size_t threads, const Settings& settings, Damaged& damaged,
           std::function<void(const Json&, const Answer&)> answer)
    : settings_(settings), damaged_(damaged), answer_(std::move(answer)) {
  for (std::size_t i = 0; i < threads; ++i) std::thread([this] { work(); }).detach();
}

void Lane::add(Json request) {
  const std::lock_guard guard(mutex_);
  requests_.push_back(std::move(request));
  arrived_.notify_one();
}

void Lane::work() {
  Client client(settings_, damaged_);
  while (true) {
    Json request;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [this] { return !requests_.empty(); });
      request = std::move(requests_.front());
      requests_.pop_front();
    }
    Answer answer;
    try {
      answer = client.handle(request);
    } catch (const std::exception& error) {  // Out of memory, or a request of another build.
      answer = {
          "failed", 0, {Code::unknown, error.what(), "mtc-cache-http", "use programs of the same build"}};
    }
    answer_(request, answer);
  }
}

}  // namespace mtc::cache_http
