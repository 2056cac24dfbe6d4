// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/worker_run.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include <gtest/gtest.h>

namespace mtc::test {
namespace {

constexpr int kLimitMs = 60'000;

}  // namespace

Json WorkerRun::last(const std::string& type) const {
  const auto found =
      std::find_if(frames.rbegin(), frames.rend(), [&](const Json& f) { return f["type"] == type; });
  return found == frames.rend() ? Json::object() : *found;
}

bool WorkerRun::logged(const std::string& part) const {
  return std::any_of(frames.begin(), frames.end(), [&](const Json& frame) {
    return frame["type"] == "log" && frame["text"].get<std::string>().find(part) != std::string::npos;
  });
}

Worker::Worker(const TempDir& folder) : log_((folder / "worker.log").string()) {
  auto ends = socket_pair();
  const Fd log(::open(log_.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_APPEND | O_CLOEXEC, 0644));
  if (!ends || !log) {
    ADD_FAILURE() << "cannot prepare a worker";
    return;
  }
  socket_ = std::move(ends->first);
  Command command;
  command.argv = {MTC_BUILD_DIR "/bin/mtc-worker"};
  command.folder = folder.path();
  command.descriptors = {{ends->second.get(), 3}};
  command.output = log.get();
  auto child = start(command);
  if (!child) {
    ADD_FAILURE() << child.error().message << ": " << command.argv.front();
    return;
  }
  child_ = std::move(*child);
}

void Worker::send_text(const std::string& text) { EXPECT_TRUE(write_frame(socket_.get(), text)); }

void Worker::signal(int number) { ::kill(child_->pid(), number); }

bool Worker::read_until(const std::string& type) {
  while (socket_) {
    while (true) {
      const auto text = reader_.next();
      if (!text || !*text) break;
      frames_.push_back(Json::parse(**text));
      if (frames_.back()["type"] == type) return true;
    }
    pollfd entry{socket_.get(), POLLIN, 0};
    if (::poll(&entry, 1, kLimitMs) <= 0) {
      ADD_FAILURE() << "the worker said nothing for a minute";
      return false;
    }
    const auto state = reader_.fill(socket_.get());
    if (!state || *state == FrameReader::Fill::end) {
      EXPECT_TRUE(reader_.finish());
      return false;
    }
  }
  return false;
}

bool Worker::wait_for(const std::string& type) { return read_until(type); }

WorkerRun Worker::finish() {
  read_until("");
  const auto status = child_->wait_for(kLimitMs);
  if (status && *status) return collect(**status);
  ADD_FAILURE() << "the worker did not end";
  return kill(0);
}

WorkerRun Worker::kill(std::int64_t grace_ms) {
  const auto status = child_->kill_group(grace_ms);
  EXPECT_TRUE(status);
  read_until("");
  return collect(status ? *status : ExitStatus{});
}

WorkerRun Worker::collect(const ExitStatus& status) { return {std::move(frames_), status, read_file(log_)}; }

std::string test_plugin(const std::string& name) { return MTC_BUILD_DIR "/tests/plugins/" + name + ".so"; }

Json stage_specification(const TempDir& folder, const std::string& plugin, const std::string& name,
                         const Json& params) {
  return {
      {"kind", "stage"},
      {"plugin", test_plugin(plugin)},
      {"name", name},
      {"params", params},
      {"target", Json::object()},
      {"inputs", Json::array()},
      {"outputs",
       {{{"name", "out"}, {"type", "report"}, {"path", (folder / "out.txt").string()}, {"folder", false}}}},
      {"metrics", Json::array()},
      {"dependencies", {{"sh", "/bin/sh"}}},
      {"scratch", (folder / "scratch").string()}};
}

WorkerRun run_worker(const TempDir& folder, const Json& specification) {
  Worker worker(folder);
  worker.send(specification);
  return worker.finish();
}

}  // namespace mtc::test
