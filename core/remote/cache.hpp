// SPDX-License-Identifier: Apache-2.0
//
// A cache of results beyond this machine. No trouble with it ever fails a run: it becomes a warning and a
// miss.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/digest.hpp"
#include "core/remote/fetcher.hpp"
#include "core/remote/health.hpp"
#include "core/remote/options.hpp"
#include "core/remote/transport.hpp"
#include "core/remote/uploader.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::remote {

/// Safe from any thread.
class Cache {
 public:
  /// Starts the program that speaks the protocol of `options.url`; from a thread that lives as long as the
  /// cache. Errors: invalid_argument for a URL without a program; failed_precondition when that cannot be
  /// started.
  static Result<std::unique_ptr<Cache>> open(const Options& options, store::Store& store);

  Cache(std::unique_ptr<Transport> transport, store::Store& store, const Options& options,
        const Clock& clock = Clock::real());

  /// Brings the result of the action `document` into the store; false on a miss.
  bool fetch(std::string_view document);
  /// The result of the action `document` as the cache has it, without its blobs; nullopt on a miss. Counts as
  /// neither hit nor miss.
  std::optional<store::ActionResult> find(std::string_view document);
  /// Downloads the action document `key`; nullopt when the cache does not have it.
  std::optional<std::string> find_document(const Digest& key);
  /// Uploads a published result beside the run; nothing happens when the cache is read-only.
  void offer(std::string_view document, const store::ActionResult& result);

  /// Uploads that are not finished.
  [[nodiscard]] std::size_t pending() const { return uploader_.pending(); }
  /// Waits for them, at most for `time`; false when some are still not finished.
  bool wait(std::chrono::milliseconds time) { return uploader_.wait(time); }

  /// Warnings since the last call; each trouble once.
  std::vector<Error> take_warnings() { return health_.take_warnings(); }
  [[nodiscard]] Statistics statistics() const { return health_.statistics(); }
  [[nodiscard]] bool strict() const { return strict_; }
  /// The process that speaks to the cache.
  [[nodiscard]] pid_t pid() const { return transport_->pid(); }

 private:
  /// What `work` gives, with a private folder of the store; nullopt for a trouble of this machine.
  template <class Value>
  std::optional<Value> with_fetcher(const std::function<Result<std::optional<Value>>(Fetcher&)>& work);

  store::Store& store_;
  bool read_only_;
  bool strict_;
  Health health_;
  Uploader uploader_;
  std::unique_ptr<Transport> transport_;  // Last: it is gone before those whom it answers.
};

}  // namespace mtc::remote
