// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/sandbox.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <gtest/gtest.h>

namespace mtc::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPlugins = MTC_BUILD_DIR "/lib/mtc/plugins";
constexpr int kWaitMs = 30'000;

/// Waits for the end of the child `pid`; false when it still runs after `limit_ms`.
bool ends_within(pid_t pid, int limit_ms) {
  const Fd descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd entry{descriptor.get(), POLLIN, 0};
  return ::poll(&entry, 1, limit_ms) > 0;
}

std::set<std::string> files_below(const fs::path& root, const std::vector<std::string>& folders) {
  std::set<std::string> files;
  for (const auto& folder : folders) {
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder, error)) {
      if (!entry.is_directory()) files.insert(entry.path().lexically_relative(root).string());
    }
  }
  return files;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

Json Outcome::json() const {
  auto document = Json::parse(out, nullptr, false);
  if (!document.is_discarded()) return document;
  ADD_FAILURE() << "stdout is not one JSON document:\n" << out << "\nstderr:\n" << err;
  return {};
}

Json stage_of(const Json& report, const std::string& name) {
  if (report.is_object()) {
    for (const auto& stage : report.value("stages", Json::array())) {
      if (stage.at("name") == name) return stage;
    }
  }
  ADD_FAILURE() << "no stage '" << name << "' in " << report.dump(2);
  return {};
}

std::map<std::string, std::string> statuses_of(const Json& report) {
  std::map<std::string, std::string> statuses;
  if (!report.is_object()) return statuses;
  for (const auto& stage : report.value("stages", Json::array()))
    statuses[stage.at("name")] = stage.at("status");
  return statuses;
}

Running::~Running() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::optional<std::string> Running::next_line() {
  while (true) {
    if (const auto end = buffer_.find('\n'); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    pollfd entry{events_.get(), POLLIN, 0};
    if (::poll(&entry, 1, kWaitMs) <= 0) return std::nullopt;
    std::array<char, 4096> bytes{};
    const auto count = ::read(events_.get(), bytes.data(), bytes.size());
    if (count <= 0) return std::nullopt;
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

Json Running::event(const std::string& type, const std::string& stage) {
  while (const auto line = next_line()) {
    auto event = Json::parse(*line, nullptr, false);
    if (!event.is_object() || event.value("type", "") != type) continue;
    if (stage.empty() || event.value("stage", "") == stage) return event;
  }
  return {};
}

void Running::signal(int number) const { ::kill(pid_, number); }

bool Running::ended() const { return ends_within(pid_, 0); }

Outcome Running::finish(int limit_ms) {
  Outcome outcome;
  if (!ends_within(pid_, limit_ms)) {
    ADD_FAILURE() << "mtc still runs after " << limit_ms << " ms\n" << read_file(err_);
    ::kill(pid_, SIGKILL);
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  outcome.out = read_file(out_);
  outcome.err = read_file(err_);
  return outcome;
}

Sandbox::Sandbox() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const char* path = std::getenv("PATH");
  environment_ = {{"PATH", path == nullptr ? "/usr/bin:/bin" : path},
                  {"HOME", (folder_ / "home").string()},
                  {"MTC_STORE", (folder_ / "store").string()},
                  {"NO_COLOR", "1"},
                  {"OPENBLAS_NUM_THREADS", "1"},
                  {"OMP_NUM_THREADS", "1"}};
  for (const char* name :
       {"LD_LIBRARY_PATH", "MTC_ONNXRUNTIME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name); value != nullptr) environment_[name] = value;
  }
  const std::string fetched = MTC_SOURCE_DIR "/build/third_party/onnxruntime/libonnxruntime.so.1";
  if (!environment_.contains("MTC_ONNXRUNTIME") && fs::exists(fetched))
    environment_["MTC_ONNXRUNTIME"] = fetched;
}

fs::path Sandbox::write_npy(const std::string& name, const std::vector<std::size_t>& shape) const {
  std::string extents;
  std::size_t count = 1;
  for (const auto extent : shape) {
    extents += std::to_string(extent) + ",";
    count *= extent;
  }
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + extents + "), }";
  header.resize((header.size() + 11) / 64 * 64 + 64 - 11, ' ');
  header.back() = '\n';
  std::string content("\x93NUMPY\x01\x00", 8);
  content += static_cast<char>(header.size() & 0xFFU);
  content += static_cast<char>(header.size() >> 8U);
  content += header;
  for (std::size_t i = 0; i < count; ++i) {
    const float value = static_cast<float>(i % 128) / 8;
    std::array<char, sizeof value> bytes{};
    std::memcpy(bytes.data(), &value, sizeof value);
    content.append(bytes.data(), bytes.size());
  }
  return write(name, content);
}

fs::path Sandbox::copy_plugins() const {
  const auto copy = folder_ / "plugins";
  fs::copy(kPlugins, copy);
  return copy;
}

void Sandbox::use_conformance_plugins() { set("MTC_PLUGIN_PATH", MTC_BUILD_DIR "/tests/plugins"); }

pid_t Sandbox::spawn(const std::vector<std::string>& arguments, int events) {
  std::vector<std::string> argv{MTC_BUILD_DIR "/bin/mtc"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment_) variables.push_back(name + "=" + value);
  const auto arguments_c = pointers(argv);
  const auto variables_c = pointers(variables);
  const std::string number = std::to_string(commands_++);
  const std::string out = write("stdout." + number, "").string();
  const std::string err = write("stderr." + number, "").string();
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  // Only what is safe after fork.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int null = ::open("/dev/null", O_RDONLY);
  const int to_out = ::open(out.c_str(), O_WRONLY);
  const int to_err = ::open(err.c_str(), O_WRONLY);
  if (::chdir(path().c_str()) != 0 || null < 0 || to_out < 0 || to_err < 0) ::_exit(126);
  ::dup2(null, 0);
  ::dup2(to_out, 1);
  ::dup2(to_err, 2);
  if (events == 3) ::fcntl(3, F_SETFD, 0);
  if (events > 3) ::dup2(events, 3);
  ::execve(arguments_c[0], arguments_c.data(), variables_c.data());
  ::_exit(127);
}

Running Sandbox::start(std::vector<std::string> arguments) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) ADD_FAILURE() << "no pipe";
  Fd events(ends[0]);
  const Fd writer(ends[1]);
  arguments.insert(arguments.end(), {"--events", "fd:3"});
  const std::string number = std::to_string(commands_);
  const pid_t pid = spawn(arguments, writer.get());
  return {pid, std::move(events), folder_ / ("stdout." + number), folder_ / ("stderr." + number)};
}

Running Sandbox::launch(const std::vector<std::string>& arguments) {
  const std::string number = std::to_string(commands_);
  const pid_t pid = spawn(arguments, -1);
  return {pid, Fd(), folder_ / ("stdout." + number), folder_ / ("stderr." + number)};
}

Outcome Sandbox::mtc(const std::vector<std::string>& arguments, int limit_ms) {
  return launch(arguments).finish(limit_ms);
}

Outcome Sandbox::mtc_on_terminal(const std::vector<std::string>& arguments, int columns) {
  std::vector<std::string> argv{MTC_BUILD_DIR "/bin/mtc"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment_) variables.push_back(name + "=" + value);
  if (!environment_.contains("TERM")) variables.emplace_back("TERM=xterm");
  const auto arguments_c = pointers(argv);
  const auto variables_c = pointers(variables);
  winsize size{24, static_cast<unsigned short>(columns), 0, 0};
  int terminal = -1;
  const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (pid == 0) {
    if (::chdir(path().c_str()) == 0) ::execve(arguments_c[0], arguments_c.data(), variables_c.data());
    ::_exit(127);
  }
  const Fd owner(terminal);
  Outcome outcome;
  std::array<char, 4096> bytes{};
  for (ssize_t count = 0; (count = ::read(terminal, bytes.data(), bytes.size())) > 0;)  // EIO is the end.
    outcome.out.append(bytes.data(), static_cast<std::size_t>(count));
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

Outcome Sandbox::run(std::string_view pipeline, const std::vector<std::string>& more) {
  write("p.toml", pipeline);
  std::vector<std::string> arguments{"run", "p.toml", "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return mtc(arguments);
}

std::set<std::string> Sandbox::stored() const { return files_below(folder_ / "store", {"cas", "ac"}); }

std::set<std::string> Sandbox::staging() const {
  std::set<std::string> entries;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_ / "store" / "tmp", error))
    entries.insert(entry.path().filename().string());
  return entries;
}

bool any_child_left() {
  while (true) {
    const pid_t pid = ::waitpid(-1, nullptr, WNOHANG);
    if (pid <= 0) return pid == 0;  // 0: some run; -1: there is none.
  }
}

bool appears(const fs::path& file) {
  const Fd watch(::inotify_init1(IN_CLOEXEC));
  if (::inotify_add_watch(watch.get(), file.parent_path().c_str(), IN_CREATE) < 0) return false;
  while (!fs::exists(file)) {
    pollfd entry{watch.get(), POLLIN, 0};
    if (::poll(&entry, 1, kWaitMs) <= 0) return false;
    std::array<char, 4096> events{};
    if (::read(watch.get(), events.data(), events.size()) <= 0) return false;
  }
  return true;
}

bool has_plugin(const std::string& file) { return fs::exists(fs::path(kPlugins) / file); }

}  // namespace mtc::test
