// SPDX-License-Identifier: Apache-2.0
//
// A remote cache inside a test: the Bazel HTTP convention on 127.0.0.1 with its content in memory, which does
// wrong what the test asks it to.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace mtc::test {

struct HttpRequest {
  std::string method;
  std::string path;                            ///< "/ac/<key>"
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
};

struct HttpReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  bool cut = false;     ///< The connection ends in the middle of the body.
  bool silent = false;  ///< Nothing is sent, until the client goes away.
};

/// Understands Content-Encoding: zstd both ways, as bazel-remote does.
class CacheServer {
 public:
  CacheServer();
  ~CacheServer();
  CacheServer(const CacheServer&) = delete;
  CacheServer& operator=(const CacheServer&) = delete;

  [[nodiscard]] std::string url() const;
  /// From here on connections are refused.
  void stop();

  /// What is answered instead of `honest`, or nullopt for the honest answer. Called from the server's
  /// threads.
  using Fault = std::function<std::optional<HttpReply>(const HttpRequest& request, const HttpReply& honest)>;
  void set_fault(Fault fault);
  /// How often the fault gave an answer.
  [[nodiscard]] int faults() const { return faults_; }

  /// All requests so far, as "PUT /cas/<digest>".
  [[nodiscard]] std::vector<std::string> requests() const;
  /// Those that begin with `start`.
  [[nodiscard]] std::size_t count(const std::string& start) const;
  [[nodiscard]] std::vector<HttpRequest> recorded() const;
  /// The content, by path.
  [[nodiscard]] std::map<std::string, std::string> content() const;
  void put(const std::string& path, const std::string& body);
  void erase(const std::string& path);

 private:
  void accept_loop();
  void serve(int socket);
  HttpReply answer(const HttpRequest& request);
  HttpReply honest_answer(const HttpRequest& request);

  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> faults_{0};
  mutable std::mutex mutex_;
  Fault fault_;
  std::map<std::string, std::string> content_;
  std::vector<HttpRequest> requests_;
  std::set<int> sockets_;  ///< Open connections, to be shut down by stop().
  bool stopped_ = false;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace mtc::test
