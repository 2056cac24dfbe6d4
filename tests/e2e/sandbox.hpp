// SPDX-License-Identifier: Apache-2.0
//
// A private folder in which the real mtc runs: its own store, home and plugin path, nothing of the user's.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/fd.hpp"
#include "core/base/json.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::test {

/// Drawn images, a model of two channels, pruned, compiled to C and scored: every kind of action, in a
/// second.
inline constexpr const char* kSmallPipeline = R"(mtc = 1
[stage.images]
uses = "data.generate"
with = { samples = 20 }
[data.test]
stage = "images.tensors"
preprocess = "unit"
classes = 10
[stage.init]
uses = "train.init"
with = { width = 2, stages = 2 }
[stage.pruned]
uses = "sparsify.magnitude"
model = "init.model"
[stage.build]
uses = "compile"
model = "pruned.model"
target = "cpu.portable"
[stage.score]
uses = "evaluate.classification"
artifact = "build.artifact"
data = "test"
)";

/// How a command ended and what it printed.
struct Outcome {
  int exit_code = -1;  ///< -1: it was ended by a signal, or by the test because it took too long.
  std::string out;
  std::string err;

  /// stdout as one JSON document; fails the test and gives null when it is anything else.
  [[nodiscard]] Json json() const;
};

/// The part `name` of a run's report; fails the test and gives null when there is none.
Json stage_of(const Json& report, const std::string& name);

/// {stage name → status} of a run's or a plan's report.
std::map<std::string, std::string> statuses_of(const Json& report);

/// An mtc that runs, and the events that it sends.
class Running {
 public:
  Running(pid_t pid, Fd events, std::filesystem::path out, std::filesystem::path err)
      : pid_(pid), events_(std::move(events)), out_(std::move(out)), err_(std::move(err)) {}
  Running(Running&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)),
        events_(std::move(other.events_)),
        buffer_(std::move(other.buffer_)),
        out_(std::move(other.out_)),
        err_(std::move(other.err_)) {}
  Running& operator=(Running&&) = delete;
  ~Running();

  /// Waits for an event of `type` (of `stage`, where one is named); null when none comes.
  Json event(const std::string& type, const std::string& stage = {});
  /// The same; false when none comes.
  bool wait_for_event(const std::string& type, const std::string& stage = {}) {
    return !event(type, stage).is_null();
  }
  void signal(int number) const;
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Whether it has ended; finish() still says how.
  [[nodiscard]] bool ended() const;
  /// Waits for its end; kills it and fails the test when it takes longer than `limit_ms`.
  Outcome finish(int limit_ms = 60'000);

 private:
  std::optional<std::string> next_line();

  pid_t pid_;
  Fd events_;
  std::string buffer_;
  std::filesystem::path out_;
  std::filesystem::path err_;
};

class Sandbox {
 public:
  Sandbox();

  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }
  std::filesystem::path write(const std::string& name, std::string_view content) const {
    return folder_.write(name, content);
  }
  /// A float32 array of `shape` in C order: 0, 1/8, 2/8 … modulo 16.
  std::filesystem::path write_npy(const std::string& name, const std::vector<std::size_t>& shape) const;
  /// Copies the built plugins to the folder `plugins`, which `--plugin` can name.
  std::filesystem::path copy_plugins() const;

  void set(const std::string& name, const std::string& value) { environment_[name] = value; }
  /// Plugins of tests/conformance are found from here on.
  void use_conformance_plugins();

  /// Runs mtc in the folder.
  Outcome mtc(const std::vector<std::string>& arguments, int limit_ms = 60'000);
  /// Runs mtc on a pseudo-terminal so wide; `out` is all that came there, with the terminal's line ends.
  Outcome mtc_on_terminal(const std::vector<std::string>& arguments, int columns);
  /// Writes `pipeline` to p.toml and runs it with --json and `more`.
  Outcome run(std::string_view pipeline, const std::vector<std::string>& more = {});
  /// Starts mtc with `--events fd:3` added, to watch it and to send it signals.
  Running start(std::vector<std::string> arguments);
  /// Starts mtc as it is.
  Running launch(const std::vector<std::string>& arguments);

  /// Files below cas/ and ac/ of the store.
  [[nodiscard]] std::set<std::string> stored() const;
  /// What lies in the store's tmp/.
  [[nodiscard]] std::set<std::string> staging() const;

 private:
  pid_t spawn(const std::vector<std::string>& arguments, int events);

  TempDir folder_;
  std::map<std::string, std::string> environment_;
  int commands_ = 0;
};

/// Whether a process started by this test, or an orphan of one, still runs. (Sandbox makes this process the
/// parent of orphans.)
bool any_child_left();

/// Waits until `file` is there; false when it does not come.
bool appears(const std::filesystem::path& file);

/// Whether the build has this plugin, as "quantize.so".
bool has_plugin(const std::string& file);

}  // namespace mtc::test
