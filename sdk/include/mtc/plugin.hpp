// SPDX-License-Identifier: Apache-2.0
//
// The C++ side of the plugin ABI, header-only: typed access to the host, and an exception barrier.
//
//   mtc::Result<void> run(mtc::sdk::Host& host, std::string_view stage) {
//     MTC_ASSIGN(const double sparsity, host.number("sparsity"));
//     MTC_ASSIGN(const std::string model, host.input("model"));
//     ...
//   }
//   MTC_STAGE_PLUGIN(run)
//
// A target plugin writes a class with the members that TargetPlugin below asks for, and
// MTC_TARGET_PLUGIN(Class). Everything here is [stage] in the words of plugin.h, but log, progress and
// cancelled, which are [any].
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mtc/plugin.h"
#include "mtc/result.hpp"

namespace mtc::sdk {

inline mtc_string to_abi(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view from_abi(mtc_string text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

/// Samples of one dataset input, preprocessed. Shapes are without the batch axis, row-major.
struct DatasetInfo {
  std::size_t samples = 0;
  std::size_t classes = 0;  ///< 0 = not known.
  bool has_labels = false;
  mtc_dtype dtype{};
  std::vector<std::int64_t> shape;

  /// Elements of one sample.
  [[nodiscard]] std::size_t elements() const {
    std::size_t count = 1;
    for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
    return count;
  }
};

struct ExecResult {
  std::int64_t exit_code = 0;  ///< 128 + signal when the tool was killed.
  std::string output;          ///< stdout and stderr, the last 64 KiB.
};

/// The host's services, typed. A service that this host lacks gives Code::unimplemented.
class Host {
 public:
  explicit Host(const mtc_host* host) : host_(host) {}

  void log(std::int32_t level, std::string_view text) const {
    if (const auto* log = service<mtc_log_v1>("mtc.log/1")) log->write(host_, level, to_abi(text));
  }
  void info(std::string_view text) const { log(MTC_LOG_INFO, text); }
  void warning(std::string_view text) const { log(MTC_LOG_WARNING, text); }

  /// Tells how far the action is: `done` of `total` (0 = unknown) `unit`s of `phase`.
  void progress(std::string_view phase, std::size_t done, std::size_t total, std::string_view unit) const {
    if (const auto* progress = service<mtc_progress_v1>("mtc.progress/1")) {
      progress->update(host_, to_abi(phase), done, total, to_abi(unit));
    }
  }
  [[nodiscard]] bool cancelled() const {
    const auto* cancel = service<mtc_cancel_v1>("mtc.cancel/1");
    return cancel != nullptr && cancel->requested(host_) != 0;
  }
  /// For loops: an error of Code::cancelled once the host wants the action to end.
  [[nodiscard]] Result<void> check_cancelled() const {
    if (cancelled()) return Error{Code::cancelled, "cancelled", {}, {}};
    return {};
  }

  // Parameters (plugin.toml declares them; the host has checked ranges and filled in defaults).
  [[nodiscard]] Result<bool> boolean(std::string_view name) const {
    std::int32_t value = 0;
    MTC_TRY(config([&](const auto& c) { return c.boolean(host_, to_abi(name), 0, &value); }));
    return value != 0;
  }
  [[nodiscard]] Result<std::int64_t> integer(std::string_view name, std::size_t index = 0) const {
    std::int64_t value = 0;
    MTC_TRY(config([&](const auto& c) { return c.integer(host_, to_abi(name), index, &value); }));
    return value;
  }
  [[nodiscard]] Result<double> number(std::string_view name, std::size_t index = 0) const {
    double value = 0;
    MTC_TRY(config([&](const auto& c) { return c.number(host_, to_abi(name), index, &value); }));
    return value;
  }
  [[nodiscard]] Result<std::string> text(std::string_view name, std::size_t index = 0) const {
    mtc_string value{};
    MTC_TRY(config([&](const auto& c) { return c.text(host_, to_abi(name), index, &value); }));
    return std::string(from_abi(value));
  }
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name) const {
    std::uint64_t count = 0;
    MTC_TRY(config([&](const auto& c) { return c.count(host_, to_abi(name), &count); }));
    std::vector<std::string> values;
    for (std::size_t i = 0; i < count; ++i) {
      MTC_ASSIGN(auto value, text(name, i));
      values.push_back(std::move(value));
    }
    return values;
  }
  [[nodiscard]] Result<std::vector<std::int64_t>> integers(std::string_view name) const {
    std::uint64_t count = 0;
    MTC_TRY(config([&](const auto& c) { return c.count(host_, to_abi(name), &count); }));
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i < count; ++i) {
      MTC_ASSIGN(const std::int64_t value, integer(name, i));
      values.push_back(value);
    }
    return values;
  }
  [[nodiscard]] Result<std::vector<double>> numbers(std::string_view name) const {
    std::uint64_t count = 0;
    MTC_TRY(config([&](const auto& c) { return c.count(host_, to_abi(name), &count); }));
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) {
      MTC_ASSIGN(const double value, number(name, i));
      values.push_back(value);
    }
    return values;
  }

  // Files and folders.
  [[nodiscard]] Result<std::size_t> input_count(std::string_view name) const {
    std::uint64_t count = 0;
    MTC_TRY(artifact([&](const auto& a) { return a.input_count(host_, to_abi(name), &count); }));
    return static_cast<std::size_t>(count);
  }
  /// Absolute path of the declared input `name`; read-only.
  [[nodiscard]] Result<std::string> input(std::string_view name, std::size_t index = 0) const {
    mtc_string path{};
    MTC_TRY(artifact([&](const auto& a) { return a.input(host_, to_abi(name), index, &path); }));
    return std::string(from_abi(path));
  }
  /// Absolute path at which to create the declared output `name`.
  [[nodiscard]] Result<std::string> output(std::string_view name) const {
    mtc_string path{};
    MTC_TRY(artifact([&](const auto& a) { return a.output(host_, to_abi(name), &path); }));
    return std::string(from_abi(path));
  }
  /// Sets a property of the artifact that is being compiled.
  [[nodiscard]] Result<void> property(std::string_view key, std::string_view value) const {
    return artifact([&](const auto& a) { return a.property(host_, to_abi(key), to_abi(value)); });
  }

  // Datasets.
  [[nodiscard]] Result<DatasetInfo> dataset(std::string_view name) const {
    mtc_dataset_info raw{};
    raw.struct_size = sizeof raw;
    MTC_TRY(data([&](const auto& d) { return d.info(host_, to_abi(name), &raw); }));
    DatasetInfo info;
    info.samples = raw.samples;
    info.classes = raw.classes;
    info.has_labels = raw.has_labels != 0;
    info.dtype = raw.dtype;
    info.shape.assign(raw.shape, raw.shape + raw.rank);
    return info;
  }
  /// A permutation of the samples of `name` that depends on `seed` alone.
  [[nodiscard]] Result<std::vector<std::uint64_t>> order(std::string_view name, std::uint64_t seed) const {
    MTC_ASSIGN(const auto info, dataset(name));
    std::vector<std::uint64_t> order(info.samples);
    MTC_TRY(data([&](const auto& d) { return d.order(host_, to_abi(name), seed, order.data()); }));
    return order;
  }
  /// Writes the samples `indices` densely to `out`, [indices.size(), shape...].
  [[nodiscard]] Result<void> read(std::string_view name, std::span<const std::uint64_t> indices,
                                  std::span<std::byte> out) const {
    return data([&](const auto& d) {
      return d.read(host_, to_abi(name), indices.data(), indices.size(), out.data(), out.size());
    });
  }
  [[nodiscard]] Result<std::vector<std::int64_t>> labels(std::string_view name,
                                                         std::span<const std::uint64_t> indices) const {
    std::vector<std::int64_t> labels(indices.size());
    MTC_TRY(data([&](const auto& d) {
      return d.labels(host_, to_abi(name), indices.data(), indices.size(), labels.data());
    }));
    return labels;
  }

  [[nodiscard]] Result<void> metric(std::string_view name, double value) const {
    return call<mtc_metric_v1>("mtc.metric/1",
                               [&](const auto& m) { return m.report(host_, to_abi(name), value); });
  }
  [[nodiscard]] Result<std::string> scratch() const {
    mtc_string path{};
    MTC_TRY(call<mtc_scratch_v1>("mtc.scratch/1", [&](const auto& s) { return s.folder(host_, &path); }));
    return std::string(from_abi(path));
  }
  /// Folder of the newest checkpoint, read-only and there until the next save_checkpoint(); nullopt when
  /// there is none, or the host keeps none (plugin.toml: checkpoints = true). One that cannot be read is a
  /// warning.
  [[nodiscard]] std::optional<std::string> newest_checkpoint() const {
    mtc_string folder{};
    if (service<mtc_checkpoint_v1>(kCheckpoint) == nullptr) return std::nullopt;
    if (const auto found = checkpoint([&](const auto& c) { return c.newest(host_, &folder); }); !found) {
      warning("starts over, since checkpoints cannot be read: " + found.error().message);
      return std::nullopt;
    }
    if (folder.size == 0) return std::nullopt;
    return std::string(from_abi(folder));
  }
  /// Lets `write` (std::string folder → Result<void>) fill an empty folder and makes that the newest
  /// checkpoint; `label` tells people what it is: "after epoch 3 of 10". What fails is a warning: the stage
  /// goes on, with the checkpoint that it had. Does nothing where the host keeps none.
  template <class Write>
  void save_checkpoint(std::string_view label, Write&& write) const {
    if (service<mtc_checkpoint_v1>(kCheckpoint) == nullptr) return;
    const auto save = [&]() -> Result<void> {
      mtc_string folder{};
      MTC_TRY(checkpoint([&](const auto& c) { return c.begin(host_, &folder); }));
      MTC_TRY(write(std::string(from_abi(folder))));
      return checkpoint([&](const auto& c) { return c.commit(host_, to_abi(label)); });
    };
    const auto saved = save();
    if (saved) return;
    const Error& error = saved.error();
    warning("goes on without the checkpoint \"" + std::string(label) + "\": " + error.message +
            (error.where.empty() ? "" : " (" + error.where + ")") +
            (error.hint.empty() ? "" : "; " + error.hint));
    // What cannot be dropped now is dropped by the next begin.
    static_cast<void>(checkpoint([&](const auto& c) { return c.discard(host_); }));
  }
  /// Where the declared library or tool `name` was found.
  [[nodiscard]] Result<std::string> dependency(std::string_view name) const {
    mtc_string path{};
    MTC_TRY(call<mtc_dependency_v1>("mtc.dependency/1",
                                    [&](const auto& d) { return d.path(host_, to_abi(name), &path); }));
    return std::string(from_abi(path));
  }
  /// Runs a declared tool; `argv[0]` is its declared name. The result says how it ended.
  [[nodiscard]] Result<ExecResult> exec(const std::vector<std::string>& argv, std::string_view folder = {},
                                        const std::vector<std::string>& environment = {}) const {
    std::vector<mtc_string> raw_argv(argv.size());
    for (std::size_t i = 0; i < argv.size(); ++i) raw_argv[i] = to_abi(argv[i]);
    std::vector<mtc_string> raw_environment(environment.size());
    for (std::size_t i = 0; i < environment.size(); ++i) raw_environment[i] = to_abi(environment[i]);
    mtc_exec exec{};
    exec.struct_size = sizeof exec;
    exec.argv = raw_argv.data();
    exec.argc = raw_argv.size();
    exec.folder = to_abi(folder);
    exec.environment = raw_environment.data();
    exec.environment_count = raw_environment.size();
    MTC_TRY(call<mtc_exec_v1>("mtc.exec/1", [&](const auto& e) { return e.run(host_, &exec); }));
    return ExecResult{exec.exit_code, std::string(from_abi(exec.output))};
  }

  /// Hands `error` to the host and returns its code, for the last line of an ABI function.
  mtc_code fail(const Error& error) const noexcept {
    mtc_error raw{};
    raw.struct_size = sizeof raw;
    raw.flags = (error.retryable ? static_cast<std::uint32_t>(MTC_ERROR_RETRYABLE) : 0U) |
                (error.plugin_fault ? static_cast<std::uint32_t>(MTC_ERROR_PLUGIN_FAULT) : 0U);
    raw.code = static_cast<mtc_code>(error.code);
    raw.message = to_abi(error.message);
    raw.where = to_abi(error.where);
    raw.hint = to_abi(error.hint);
    host_->fail(host_, &raw);
    return raw.code;
  }

 private:
  [[nodiscard]] Error last_error() const {
    mtc_error raw{};
    raw.struct_size = sizeof raw;
    host_->last_error(host_, &raw);
    return Error{static_cast<Code>(raw.code),
                 std::string(from_abi(raw.message)),
                 std::string(from_abi(raw.where)),
                 std::string(from_abi(raw.hint)),
                 (raw.flags & MTC_ERROR_RETRYABLE) != 0,
                 (raw.flags & MTC_ERROR_PLUGIN_FAULT) != 0};
  }
  template <class Service>
  [[nodiscard]] const Service* service(std::string_view id) const {
    return static_cast<const Service*>(host_->service(host_, to_abi(id)));
  }
  /// Calls one function of the service `id`; a refusal comes back with the host's own explanation.
  template <class Service, class Call>
  [[nodiscard]] Result<void> call(std::string_view id, Call&& function) const {
    const auto* found = service<Service>(id);
    if (found == nullptr) {
      return Error{Code::unimplemented, "this host has no service " + std::string(id), {}, "update mtc"};
    }
    if (function(*found) == MTC_OK) return {};
    return last_error();
  }
  static constexpr std::string_view kCheckpoint = "mtc.checkpoint/1";
  template <class Call>
  [[nodiscard]] Result<void> checkpoint(Call&& function) const {
    return call<mtc_checkpoint_v1>(kCheckpoint, std::forward<Call>(function));
  }
  template <class Call>
  [[nodiscard]] Result<void> config(Call&& function) const {
    return call<mtc_config_v1>("mtc.config/1", std::forward<Call>(function));
  }
  template <class Call>
  [[nodiscard]] Result<void> artifact(Call&& function) const {
    return call<mtc_artifact_v1>("mtc.artifact/1", std::forward<Call>(function));
  }
  template <class Call>
  [[nodiscard]] Result<void> data(Call&& function) const {
    return call<mtc_dataset_v1>("mtc.dataset/1", std::forward<Call>(function));
  }

  const mtc_host* host_;
};

/// Runs `body` (returning Result<void>) so that no exception passes; hands an error to the host.
template <class Body>
mtc_code guarded(const Host& host, Body&& body) noexcept {
  try {
    const Result<void> result = body();
    return result ? static_cast<mtc_code>(MTC_OK) : host.fail(result.error());
  } catch (const std::bad_alloc&) {
    return host.fail(Error{Code::resource_exhausted, "out of memory", {}, "use a smaller batch or model"});
  } catch (const std::exception& error) {
    return host.fail(Error{Code::internal, error.what(), {}, {}, false, true});
  } catch (...) {
    return host.fail(Error{Code::internal, "an exception of unknown type", {}, {}, false, true});
  }
}

/// What a plugin instance keeps: the host, and for a target the plugin's own object.
template <class Object>
struct Instance {
  explicit Instance(const mtc_host* raw) : host(raw) {}
  Host host;
  Object object;
};

template <class Object>
mtc_code create_instance(const mtc_host* host, void** instance) noexcept {
  return guarded(Host(host), [&]() -> Result<void> {
    *instance = std::make_unique<Instance<Object>>(host).release();  // destroy_instance takes it back
    return {};
  });
}

template <class Object>
void destroy_instance(void* instance) noexcept {
  const std::unique_ptr<Instance<Object>> owner(static_cast<Instance<Object>*>(instance));
}

/// Negotiation: the highest ABI version within both ranges.
inline mtc_code answer_query(const mtc_query_in* in, mtc_query_out* out, const mtc_plugin* plugin) noexcept {
  out->abi_min = MTC_ABI_VERSION;
  out->abi_max = MTC_ABI_VERSION;
#if defined(__SANITIZE_ADDRESS__)
  out->sanitizer = MTC_SANITIZER_ADDRESS;
#elif defined(__SANITIZE_THREAD__)
  out->sanitizer = MTC_SANITIZER_THREAD;
#else
  out->sanitizer = MTC_SANITIZER_NONE;
#endif
  if (in->abi_min > MTC_ABI_VERSION || in->abi_max < MTC_ABI_VERSION) {
    out->abi = 0;
    return MTC_FAILED_PRECONDITION;
  }
  out->abi = MTC_ABI_VERSION;
  out->plugin = plugin;
  return MTC_OK;
}

/// One input or output of a model as a target's C++ class describes it.
struct Io {
  std::string name;
  mtc_dtype dtype{};
  std::vector<std::int64_t> shape;  ///< -1 = symbolic.
  double scale = 0;                 ///< 0 = not quantized.
  std::int64_t zero_point = 0;
};

/// A loaded artifact. `run` gets dense tensors; output memory is the caller's, of the resolved shape.
class Session {
 public:
  virtual ~Session() = default;
  [[nodiscard]] virtual const std::vector<Io>& inputs() const = 0;
  [[nodiscard]] virtual const std::vector<Io>& outputs() const = 0;
  /// Shapes of all outputs for inputs of these shapes.
  [[nodiscard]] virtual Result<std::vector<std::vector<std::int64_t>>> resolve_shapes(
      std::span<const mtc_tensor> inputs) = 0;
  [[nodiscard]] virtual Result<void> run(std::span<const mtc_tensor> inputs,
                                         std::span<mtc_tensor> outputs) = 0;
  /// Asks a running `run` to end early; any thread.
  virtual void interrupt() {}
};

/// What MTC_TARGET_PLUGIN takes: derive, default-constructible.
class TargetPlugin {
 public:
  virtual ~TargetPlugin() = default;
  /// Reads the input `model`, writes the output folder `artifact`.
  [[nodiscard]] virtual Result<void> compile(Host& host, std::string_view target) = 0;
  /// Loads what compile wrote (a folder), or an ONNX file where the target takes one as it is.
  [[nodiscard]] virtual Result<std::unique_ptr<Session>> open(Host& host, const std::string& path) = 0;
};

/// The mtc_session_v1 functions over a Session.
struct SessionHandle {
  Host host;
  std::unique_ptr<Session> session;

  static SessionHandle& of(void* raw) { return *static_cast<SessionHandle*>(raw); }
  static void close(void* raw) noexcept {
    const std::unique_ptr<SessionHandle> owner(static_cast<SessionHandle*>(raw));
  }
  static mtc_code io_count(void* raw, std::uint64_t* inputs, std::uint64_t* outputs) noexcept {
    *inputs = of(raw).session->inputs().size();
    *outputs = of(raw).session->outputs().size();
    return MTC_OK;
  }
  static mtc_code describe(const Host& host, const std::vector<Io>& list, std::uint64_t index,
                           mtc_io* io) noexcept {
    return guarded(host, [&]() -> Result<void> {
      const Io& from = list.at(index);
      io->name = to_abi(from.name);
      io->dtype = from.dtype;
      io->rank = static_cast<std::uint32_t>(from.shape.size());
      for (std::size_t i = 0; i < from.shape.size() && i < MTC_MAX_RANK; ++i) io->shape[i] = from.shape[i];
      io->scale = from.scale;
      io->zero_point = from.zero_point;
      return {};
    });
  }
  static mtc_code input(void* raw, std::uint64_t index, mtc_io* io) noexcept {
    return describe(of(raw).host, of(raw).session->inputs(), index, io);
  }
  static mtc_code output(void* raw, std::uint64_t index, mtc_io* io) noexcept {
    return describe(of(raw).host, of(raw).session->outputs(), index, io);
  }
  static mtc_code resolve_shapes(void* raw, const mtc_tensor* inputs, std::uint64_t input_count,
                                 mtc_io* outputs, std::uint64_t output_count) noexcept {
    return guarded(of(raw).host, [&]() -> Result<void> {
      MTC_ASSIGN(const auto shapes, of(raw).session->resolve_shapes({inputs, input_count}));
      for (std::size_t i = 0; i < shapes.size() && i < output_count; ++i) {
        outputs[i].rank = static_cast<std::uint32_t>(shapes[i].size());
        for (std::size_t axis = 0; axis < shapes[i].size() && axis < MTC_MAX_RANK; ++axis) {
          outputs[i].shape[axis] = shapes[i][axis];
        }
      }
      return {};
    });
  }
  static mtc_code run(void* raw, const mtc_tensor* inputs, std::uint64_t input_count, mtc_tensor* outputs,
                      std::uint64_t output_count) noexcept {
    return guarded(of(raw).host, [&] {
      return of(raw).session->run({inputs, input_count}, {outputs, output_count});
    });
  }
  static void interrupt(void* raw) noexcept { of(raw).session->interrupt(); }
};

template <class Plugin>
mtc_code target_compile(void* raw, mtc_string target) noexcept {
  auto& instance = *static_cast<Instance<Plugin>*>(raw);
  return guarded(instance.host, [&] { return instance.object.compile(instance.host, from_abi(target)); });
}

template <class Plugin>
mtc_code target_open(void* raw, mtc_string path, void** session) noexcept {
  auto& instance = *static_cast<Instance<Plugin>*>(raw);
  return guarded(instance.host, [&]() -> Result<void> {
    MTC_ASSIGN(auto opened, instance.object.open(instance.host, std::string(from_abi(path))));
    *session = std::make_unique<SessionHandle>(SessionHandle{instance.host, std::move(opened)}).release();
    return {};
  });
}

struct NoObject {};

}  // namespace mtc::sdk

/// Defines the plugin's entry. `run` is mtc::Result<void>(mtc::sdk::Host&, std::string_view stage).
#define MTC_STAGE_PLUGIN(run_function)                                                                    \
  namespace {                                                                                             \
  mtc_code mtc_stage_run(void* raw, mtc_string stage) noexcept {                                          \
    auto& instance = *static_cast<mtc::sdk::Instance<mtc::sdk::NoObject>*>(raw);                          \
    return mtc::sdk::guarded(instance.host,                                                               \
                             [&] { return run_function(instance.host, mtc::sdk::from_abi(stage)); });     \
  }                                                                                                       \
  const void* mtc_stage_interface(mtc_string id) noexcept {                                               \
    static const mtc_stage_v1 stage{sizeof(mtc_stage_v1), 0, mtc_stage_run};                              \
    return mtc::sdk::from_abi(id) == "mtc.stage/1" ? &stage : nullptr;                                    \
  }                                                                                                       \
  const mtc_plugin mtc_stage_plugin{sizeof(mtc_plugin), 0, mtc::sdk::create_instance<mtc::sdk::NoObject>, \
                                    mtc::sdk::destroy_instance<mtc::sdk::NoObject>, mtc_stage_interface}; \
  }                                                                                                       \
  extern "C" MTC_EXPORT mtc_code mtc_plugin_query_dev(const mtc_query_in* in, mtc_query_out* out) {       \
    return mtc::sdk::answer_query(in, out, &mtc_stage_plugin);                                            \
  }

/// Defines the entry of a target plugin. `Class` derives from mtc::sdk::TargetPlugin.
#define MTC_TARGET_PLUGIN(Class)                                                                    \
  namespace {                                                                                       \
  const void* mtc_target_interface(mtc_string id) noexcept {                                        \
    using Handle = mtc::sdk::SessionHandle;                                                         \
    static const mtc_target_v1 target{sizeof(mtc_target_v1), 0, mtc::sdk::target_compile<Class>};   \
    static const mtc_session_v1 session{sizeof(mtc_session_v1),                                     \
                                        0,                                                          \
                                        mtc::sdk::target_open<Class>,                               \
                                        Handle::close,                                              \
                                        Handle::io_count,                                           \
                                        Handle::input,                                              \
                                        Handle::output,                                             \
                                        Handle::resolve_shapes,                                     \
                                        Handle::run,                                                \
                                        Handle::interrupt};                                         \
    if (mtc::sdk::from_abi(id) == "mtc.target/1") return &target;                                   \
    return mtc::sdk::from_abi(id) == "mtc.session/1" ? &session : nullptr;                          \
  }                                                                                                 \
  const mtc_plugin mtc_target_plugin{sizeof(mtc_plugin), 0, mtc::sdk::create_instance<Class>,       \
                                     mtc::sdk::destroy_instance<Class>, mtc_target_interface};      \
  }                                                                                                 \
  extern "C" MTC_EXPORT mtc_code mtc_plugin_query_dev(const mtc_query_in* in, mtc_query_out* out) { \
    return mtc::sdk::answer_query(in, out, &mtc_target_plugin);                                     \
  }
