// SPDX-License-Identifier: Apache-2.0
#include "core/remote/program.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <future>

#include "core/base/error_json.hpp"

namespace mtc::remote {
namespace {

constexpr std::int64_t kEndMs = 1000;

Json item_json(const Item& item) {
  return {{"key", item.key}, {"file", item.file.string()}, {"bytes", item.bytes}};
}

Json items_json(const std::vector<Item>& items) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(item_json(item));
  return list;
}

Reply program_gone() {
  return {Reply::Kind::failed,
          0,
          {Code::aborted, "the program that speaks to the remote cache has ended", "",
           "run it again; report it when it stays so"}};
}

/// Throws nlohmann's exceptions for an answer of another form.
Reply reply_of(const Json& answer) {
  static const std::map<std::string, Reply::Kind, std::less<>> kinds{{"done", Reply::Kind::done},
                                                                     {"missing", Reply::Kind::missing},
                                                                     {"damaged", Reply::Kind::damaged},
                                                                     {"failed", Reply::Kind::failed}};
  const auto kind = kinds.find(answer.at("kind").get<std::string>());
  if (kind == kinds.end()) return program_gone();
  return {kind->second, answer.value("bytes", std::uint64_t{0}),
          error_from_json(answer.value("error", Json()))};
}

/// The part of a URL before "://"; empty when there is none or it could not be part of a file's name.
std::string scheme_of(const std::string& url) {
  const auto end = url.find("://");
  if (end == std::string::npos || end == 0) return {};
  std::string scheme = url.substr(0, end);
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '+';
  };
  return std::ranges::all_of(scheme, plain) ? scheme : std::string();
}

Result<std::filesystem::path> program_for(const std::string& url) {
  const std::string scheme = scheme_of(url);
  if (scheme.empty()) {
    return Error{Code::invalid_argument, "the remote cache's address has no scheme", "--remote",
                 "write it as http://host:port/instance or https://…"};
  }
  const std::string name = "mtc-cache-" + (scheme == "https" ? "http" : scheme);
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto beside = self.parent_path() / name;
  if (!error && std::filesystem::exists(beside, error)) return beside;
  auto program = find_program(name);
  if (program) return program;
  return Error{Code::invalid_argument, "there is no program for remote caches with " + scheme + "://",
               "--remote", "use http:// or https://, or put " + name + " beside mtc or into PATH"};
}

}  // namespace

Result<std::unique_ptr<Program>> Program::start(const Options& options) {
  MTC_ASSIGN(const auto program, program_for(options.url));
  MTC_ASSIGN(auto pair, socket_pair());
  Command command;
  command.argv = {program.string()};
  command.descriptors = {{pair.second.get(), 3}};
  MTC_ASSIGN(auto child, mtc::start(command));
  pair.second.reset();
  auto started = std::make_unique<Program>(std::move(child), std::move(pair.first), options.stop);
  const auto reply = started->call({{"type", "open"},
                                    {"url", options.url},
                                    {"token", options.token},
                                    {"ca_file", options.ca_file},
                                    {"timeout_s", options.timeout_s},
                                    {"zstd", options.zstd}});
  if (reply.kind != Reply::Kind::done) return reply.error;
  return started;
}

Program::Program(Child child, Fd socket, int stop)
    : child_(std::move(child)),
      socket_(std::move(socket)),
      stop_(stop),
      reader_([this] { read_answers(); }) {}

Program::~Program() {
  ::shutdown(socket_.get(), SHUT_RDWR);  // The program ends, and so does read_answers().
  reader_.join();
  static_cast<void>(child_.wait_for(kEndMs));  // Child kills what does not end by itself.
}

Reply Program::find(const Item& entry) {
  Json request = item_json(entry);
  request["type"] = "find";
  return call(std::move(request));
}

Reply Program::fetch(const std::vector<Item>& blobs) {
  return call({{"type", "fetch"}, {"blobs", items_json(blobs)}});
}

void Program::store(const std::vector<Item>& blobs, const Item& entry, Done done) {
  send({{"type", "store"}, {"blobs", items_json(blobs)}, {"entry", item_json(entry)}}, std::move(done));
}

Reply Program::call(Json request) {
  // Shared by this thread and the one that answers: that one may still be in set_value() when get() returns.
  const auto answer = std::make_shared<std::promise<Reply>>();
  auto future = answer->get_future();
  send(std::move(request), [answer](Reply reply) { answer->set_value(std::move(reply)); });
  return future.get();
}

void Program::send(Json request, Done done) {
  std::optional<Reply> gone;
  {
    const std::lock_guard guard(mutex_);
    gone = gone_;
    if (!gone) {
      request["id"] = next_id_;
      waiting_.emplace(next_id_++, std::move(done));
    }
  }
  if (gone) return done(*gone);
  const std::lock_guard guard(write_mutex_);
  // A program that is gone is noticed by read_answers(), which then answers for it.
  static_cast<void>(write_frame(socket_.get(), request.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

void Program::read_answers() {
  FrameReader reader;
  std::array<pollfd, 2> watched{{{socket_.get(), POLLIN, 0}, {stop_, POLLIN, 0}}};
  while (true) {
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[1].revents != 0)
      return give_up({Reply::Kind::failed, 0, {Code::cancelled, "interrupted", "", ""}});
    if (watched[0].revents == 0) continue;
    const auto state = reader.fill(socket_.get());
    while (true) {
      const auto text = reader.next();
      if (!text) return give_up(program_gone());
      if (!*text) break;
      take(**text);
    }
    if (!state || *state == FrameReader::Fill::end) return give_up(program_gone());
  }
}

void Program::take(const std::string& text) {
  Done done;
  Reply reply = program_gone();
  try {
    const Json answer = Json::parse(text);
    const auto id = answer.at("id").get<std::uint64_t>();
    {
      const std::lock_guard guard(mutex_);
      const auto waiting = waiting_.find(id);
      if (waiting == waiting_.end()) return;
      done = std::move(waiting->second);
      waiting_.erase(waiting);
    }
    reply = reply_of(answer);
  } catch (const Json::exception&) {
    if (!done) return;  // Nothing that was asked for; who waits is answered when the socket ends.
  }
  done(std::move(reply));
}

void Program::give_up(const Reply& reply) {
  std::map<std::uint64_t, Done> waiting;
  {
    const std::lock_guard guard(mutex_);
    gone_ = reply;
    waiting.swap(waiting_);
  }
  for (const auto& [id, done] : waiting) done(reply);
}

}  // namespace mtc::remote
