// SPDX-License-Identifier: Apache-2.0
//
// The program mtc-cache-SCHEME, which moves bytes between a remote cache and files. It has the socket as
// descriptor 3 and gets frames (core/base/frame.hpp) of JSON; it answers each, in any order, by its "id", and
// ends when the socket does.
//
//   {"id":0, "type":"open", "url":U, "token":T, "ca_file":F, "timeout_s":S, "zstd":B}
//   {"id":N, "type":"find", "key":K, "file":F, "bytes":M}        download ac/K; at most M bytes
//   {"id":N, "type":"fetch", "blobs":[{"key":K, "file":F, "bytes":M}…]}   download cas/K, checked against K
//   {"id":N, "type":"store", "blobs":[…], "entry":{…}}           upload blobs that are absent, then ac/K
//   ← {"id":N, "kind":"done|missing|damaged|failed", "bytes":moved, "error":{…}}
//
// Error codes of "failed": unavailable, deadline_exceeded, permission_denied, failed_precondition and aborted
// mean that the next request will fail too; any other, that it may fare better.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/base/frame.hpp"
#include "core/base/json.hpp"
#include "core/base/process.hpp"
#include "core/remote/options.hpp"
#include "core/remote/transport.hpp"
#include "mtc/result.hpp"

namespace mtc::remote {

class Program final : public Transport {
 public:
  /// Looks for the program beside this one, then in PATH. Errors: as Cache::open().
  static Result<std::unique_ptr<Program>> start(const Options& options);
  /// `stop`: see Options.
  Program(Child child, Fd socket, int stop);
  ~Program() override;

  Reply find(const Item& entry) override;
  Reply fetch(const std::vector<Item>& blobs) override;
  void store(const std::vector<Item>& blobs, const Item& entry, std::function<void(Reply)> done) override;
  [[nodiscard]] pid_t pid() const override { return child_.pid(); }

 private:
  using Done = std::function<void(Reply)>;
  Reply call(Json request);
  void send(Json request, Done done);
  void read_answers();
  void take(const std::string& text);
  /// Answers everything that waits, and all that is yet to come, with `reply`.
  void give_up(const Reply& reply);

  Child child_;
  Fd socket_;
  int stop_;
  std::mutex write_mutex_;
  std::mutex mutex_;
  std::uint64_t next_id_ = 0;
  std::optional<Reply> gone_;  ///< Why no more is sent.
  std::map<std::uint64_t, Done> waiting_;
  std::thread reader_;
};

}  // namespace mtc::remote
