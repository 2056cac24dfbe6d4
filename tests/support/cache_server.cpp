// SPDX-License-Identifier: Apache-2.0
#include "tests/support/cache_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <string_view>

namespace mtc::test {
namespace {

std::string packed(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
  return out;
}

std::optional<std::string> unpacked(const std::string& frame, std::size_t bytes) {
  std::string out(bytes, '\0');
  const std::size_t got = ZSTD_decompress(out.data(), out.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) != 0 || got != bytes) return std::nullopt;
  return out;
}

/// Bytes of one connection, read as they are needed.
class Connection {
 public:
  explicit Connection(int socket) : socket_(socket) {}

  std::optional<std::string> line() {
    while (true) {
      const auto end = pending_.find("\r\n");
      if (end != std::string::npos) {
        std::string text = pending_.substr(0, end);
        pending_.erase(0, end + 2);
        return text;
      }
      if (!fill()) return std::nullopt;
    }
  }
  std::optional<std::string> bytes(std::size_t count) {
    while (pending_.size() < count) {
      if (!fill()) return std::nullopt;
    }
    std::string text = pending_.substr(0, count);
    pending_.erase(0, count);
    return text;
  }
  bool fill() {
    std::array<char, 65536> block{};
    const ssize_t got = ::recv(socket_, block.data(), block.size(), 0);
    if (got > 0) pending_.append(block.data(), static_cast<std::size_t>(got));
    return got > 0;
  }
  void send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

 private:
  int socket_;
  std::string pending_;
};

std::optional<HttpRequest> read_request(Connection& connection) {
  const auto first = connection.line();
  if (!first) return std::nullopt;
  HttpRequest request;
  const auto space = first->find(' ');
  request.method = first->substr(0, space);
  request.path = first->substr(space + 1, first->rfind(' ') - space - 1);
  while (true) {
    const auto line = connection.line();
    if (!line) return std::nullopt;
    if (line->empty()) break;
    const auto colon = line->find(':');
    std::string name = line->substr(0, colon);
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    request.headers[name] = line->substr(std::min(line->find_first_not_of(' ', colon + 1), line->size()));
  }
  if (const auto length = request.headers.find("content-length"); length != request.headers.end()) {
    const auto body = connection.bytes(std::stoul(length->second));
    if (!body) return std::nullopt;
    request.body = *body;
  }
  return request;
}

}  // namespace

CacheServer::CacheServer() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT: how sockets are used
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, generic, &size) != 0)
    throw std::runtime_error("no port on 127.0.0.1");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_loop(); });
}

CacheServer::~CacheServer() { stop(); }

std::string CacheServer::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

void CacheServer::stop() {
  if (!acceptor_.joinable()) return;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard guard(mutex_);
    stopped_ = true;
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
}

void CacheServer::accept_loop() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    {
      const std::lock_guard guard(mutex_);
      sockets_.insert(socket);
    }
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void CacheServer::serve(int socket) {
  Connection connection(socket);
  while (const auto request = read_request(connection)) {
    const HttpReply reply = answer(*request);
    if (reply.silent) {
      while (connection.fill()) continue;
      break;
    }
    std::string text = "HTTP/1.1 " + std::to_string(reply.status) +
                       " Test\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n";
    for (const auto& [name, value] : reply.headers) text += name + ": " + value + "\r\n";
    text += "\r\n";
    if (request->method != "HEAD")
      text += reply.cut ? reply.body.substr(0, reply.body.size() / 2) : reply.body;
    connection.send(text);
    if (reply.cut) break;
  }
  const std::lock_guard guard(mutex_);
  sockets_.erase(socket);
  ::close(socket);
}

HttpReply CacheServer::answer(const HttpRequest& request) {
  Fault fault;
  {
    const std::lock_guard guard(mutex_);
    requests_.push_back(request);
    fault = fault_;
  }
  if (fault) {
    // Of an upload that is to fail nothing must stay.
    const HttpReply honest = request.method == "PUT" ? HttpReply{201} : honest_answer(request);
    if (auto wrong = fault(request, honest)) {
      ++faults_;
      return *wrong;
    }
  }
  return honest_answer(request);
}

HttpReply CacheServer::honest_answer(const HttpRequest& request) {
  const std::lock_guard guard(mutex_);
  if (request.method == "PUT") {
    const auto encoding = request.headers.find("content-encoding");
    if (encoding == request.headers.end()) {
      content_[request.path] = request.body;
      return {201};
    }
    const auto body = unpacked(request.body, std::stoul(request.headers.at("x-digest-sizebytes")));
    if (!body) return {400};
    content_[request.path] = *body;
    return {201};
  }
  const auto found = content_.find(request.path);
  if (found == content_.end()) return {404, {}, "no such thing"};
  const auto accepts = request.headers.find("accept-encoding");
  const bool zstd = accepts != request.headers.end() && accepts->second.find("zstd") != std::string::npos;
  if (zstd && request.path.starts_with("/cas/"))
    return {200, {{"Content-Encoding", "zstd"}}, packed(found->second)};
  return {200, {}, found->second};
}

void CacheServer::set_fault(Fault fault) {
  const std::lock_guard guard(mutex_);
  fault_ = std::move(fault);
  faults_ = 0;
}

std::vector<HttpRequest> CacheServer::recorded() const {
  const std::lock_guard guard(mutex_);
  return requests_;
}

std::vector<std::string> CacheServer::requests() const {
  std::vector<std::string> list;
  for (const auto& request : recorded()) list.push_back(request.method + " " + request.path);
  return list;
}

std::size_t CacheServer::count(const std::string& start) const {
  const auto list = requests();
  return static_cast<std::size_t>(
      std::ranges::count_if(list, [&](const std::string& text) { return text.starts_with(start); }));
}

std::map<std::string, std::string> CacheServer::content() const {
  const std::lock_guard guard(mutex_);
  return content_;
}

void CacheServer::put(const std::string& path, const std::string& body) {
  const std::lock_guard guard(mutex_);
  content_[path] = body;
}

void CacheServer::erase(const std::string& path) {
  const std::lock_guard guard(mutex_);
  content_.erase(path);
}

}  // namespace mtc::test
