// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/progress/progress.hpp"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include <fmt/format.h>

#include "cli/mtc/terminal.hpp"

namespace mtc::cli {
namespace {

constexpr double kRedrawS = 0.1;

/// Signals are for the threads that wait for them; one that only draws takes none.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

Progress::Progress(ProgressOptions options)
    : mode_(Mode::none), heartbeat_s_(options.heartbeat_s), view_(options.explain) {
  if (options.mode != "none") mode_ = options.mode == "auto" && stderr_is_live() ? Mode::live : Mode::plain;
  spoken_s_ = now_s();
}

Progress::~Progress() {
  {
    const std::lock_guard guard(mutex_);
    ends_ = true;
    write(erase());
  }
  changed_.notify_all();
  if (watcher_.joinable()) watcher_.join();
}

double Progress::now_s() const { return static_cast<double>(Clock::real().monotonic_ns()) * 1e-9; }

void Progress::event(const Json& event) {
  const std::lock_guard guard(mutex_);
  const double now = now_s();
  std::string text;
  for (const auto& line : view_.take(event, now)) {
    if (mode_ != Mode::none || line.warning) text += line.text + "\n";
  }
  if (!text.empty()) spoken_s_ = now;
  if (mode_ != Mode::live) {
    write(text);
  } else if (!text.empty() || now - drawn_s_ >= kRedrawS || view_.idle()) {
    redraw(text, now);
  }
  if (mode_ == Mode::none || view_.idle() || watcher_.joinable()) return;
  const SignalsBlocked blocked;
  watcher_ = std::thread([this] { watch(); });
}

void Progress::watch() {
  const auto period =
      std::chrono::duration<double>(mode_ == Mode::live ? kRedrawS : std::min(heartbeat_s_, 1.0));
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, period, [this] { return ends_; })) tick();
}

void Progress::tick() {
  const double now = now_s();
  if (mode_ == Mode::live) {
    if (now - drawn_s_ >= kRedrawS) redraw({}, now);
    return;
  }
  if (view_.idle() || now - spoken_s_ < heartbeat_s_) return;
  spoken_s_ = now;
  write(view_.heartbeat(now) + "\n");
}

/// `lines` take the place of the block, which moves below them; all in one write, so that nothing flickers.
void Progress::redraw(const std::string& lines, double now_s) {
  std::string text = erase();
  text += lines;
  text += draw(now_s);
  write(text);
}

std::string Progress::draw(double now_s) {
  const auto size = stderr_size();
  drawn_s_ = now_s;
  // The last column stays free: some terminals wrap as soon as it is written.
  const auto lines = view_.block(now_s, static_cast<std::size_t>(std::max(size.columns - 1, 1)),
                                 static_cast<std::size_t>(std::max(size.rows - 1, 1)));
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "" : "\n") + line;
  drawn_ = lines.size();
  return text;
}

std::string Progress::erase() {
  if (drawn_ == 0) return "";
  const std::string text = drawn_ > 1 ? fmt::format("\r\x1b[{}A\x1b[J", drawn_ - 1) : "\r\x1b[J";
  drawn_ = 0;
  return text;
}

void Progress::write(const std::string& text) {
  if (text.empty()) return;
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace mtc::cli
