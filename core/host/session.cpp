// SPDX-License-Identifier: Apache-2.0
#include "core/host/session.hpp"

#include <ctime>
#include <optional>
#include <utility>

#include "core/data/array_file.hpp"

namespace mtc::host {
namespace {

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

Error fault(const Host& host, std::string message, const std::string& where) {
  return Error{Code::internal,
               std::move(message),
               where.empty() ? host.spec().name : where,
               "report this to the authors of plugin " + host.spec().plugin_id,
               false,
               true};
}

bool is_complete(const mtc_session_v1* session) {
  return MTC_HAS_FIELD(session, mtc_session_v1, run) && session->open != nullptr &&
         session->close != nullptr && session->io_count != nullptr && session->input != nullptr &&
         session->output != nullptr && session->resolve_shapes != nullptr && session->run != nullptr;
}

}  // namespace

Session::Session(Host& host, const mtc_session_v1* interface)
    : host_(host), interface_(interface), control_(floating_point_control()) {}

Session::Session(Session&& other) noexcept
    : host_(other.host_),
      interface_(other.interface_),
      session_(std::exchange(other.session_, nullptr)),
      inputs_(std::move(other.inputs_)),
      outputs_(std::move(other.outputs_)),
      control_(other.control_),
      interrupt_(std::move(other.interrupt_)) {}

Session::~Session() {
  interrupt_.reset();  // first: from here on a cancel may not touch the session
  if (session_ != nullptr) interface_->close(session_);
}

Result<Session> Session::open(Host& host, const LoadedPlugin& plugin, const std::string& path) {
  MTC_ASSIGN(const auto* interface, plugin.interface<mtc_session_v1>("mtc.session/1"));
  if (!is_complete(interface)) return fault(host, "mtc.session/1 of the plugin is not complete", {});
  Session session(host, interface);
  MTC_TRY(
      host.call("open", [&] { return interface->open(plugin.instance(), abi(path), &session.session_); }));
  MTC_TRY(session.describe());
  if (MTC_HAS_FIELD(interface, mtc_session_v1, interrupt) && interface->interrupt != nullptr) {
    session.interrupt_ = std::make_unique<Cancel::Hook>(
        host.cancel(), [interface, raw = session.session_] { interface->interrupt(raw); });
  }
  return session;
}

Result<Io> Session::describe_one(bool is_input, std::uint64_t index) {
  mtc_io raw{};
  raw.struct_size = sizeof raw;
  const auto function = is_input ? interface_->input : interface_->output;
  MTC_TRY(host_.call("describe", [&] { return function(session_, index, &raw); }));
  Io io;
  io.name = view(raw.name);
  if (raw.rank > MTC_MAX_RANK) return fault(host_, "a tensor has rank " + std::to_string(raw.rank), io.name);
  io.dtype = raw.dtype;
  io.shape.assign(std::begin(raw.shape), std::begin(raw.shape) + raw.rank);
  io.scale = raw.scale;
  io.zero_point = raw.zero_point;
  return io;
}

Result<void> Session::describe() {
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  MTC_TRY(host_.call("io_count", [&] { return interface_->io_count(session_, &inputs, &outputs); }));
  for (std::uint64_t i = 0; i < inputs; ++i) {
    MTC_ASSIGN(auto io, describe_one(true, i));
    inputs_.push_back(std::move(io));
  }
  for (std::uint64_t i = 0; i < outputs; ++i) {
    MTC_ASSIGN(auto io, describe_one(false, i));
    outputs_.push_back(std::move(io));
  }
  if (outputs_.empty()) return fault(host_, "the model has no outputs", {});
  return {};
}

Result<std::vector<Tensor>> Session::make_outputs(const std::vector<mtc_tensor>& inputs) {
  std::vector<mtc_io> resolved(outputs_.size());
  for (auto& io : resolved) io.struct_size = sizeof io;
  MTC_TRY(host_.call("resolve_shapes", [&] {
    return interface_->resolve_shapes(session_, inputs.data(), inputs.size(), resolved.data(),
                                      resolved.size());
  }));
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < resolved.size(); ++i) {
    const auto& io = resolved[i];
    if (io.rank > MTC_MAX_RANK)
      return fault(host_, "an output has rank " + std::to_string(io.rank), outputs_[i].name);
    std::vector<std::int64_t> shape(std::begin(io.shape), std::begin(io.shape) + io.rank);
    auto tensor = Tensor::make(outputs_[i].dtype, std::move(shape), "output " + outputs_[i].name);
    if (!tensor) {
      tensor.error().plugin_fault = tensor.error().code == Code::invalid_argument;
      return tensor.error();
    }
    tensors.push_back(*std::move(tensor));
  }
  return tensors;
}

Result<void> Session::run(const std::vector<mtc_tensor>& inputs, std::vector<mtc_tensor>& outputs,
                          Interval* interval) {
  if (host_.cancel().requested())
    return Error{Code::cancelled, "cancelled", host_.spec().name, "run it again"};
  mtc_code code = MTC_INTERNAL;
  std::optional<std::string> thrown;
  const std::int64_t start = now_ns();
  try {
    code = interface_->run(session_, inputs.data(), inputs.size(), outputs.data(), outputs.size());
  } catch (const std::exception& error) {
    thrown = error.what();
  } catch (...) {
    thrown = "an exception of unknown type";
  }
  const std::int64_t end = now_ns();
  if (interval != nullptr) *interval = {start, end};
  if (thrown) return fault(host_, "a C++ exception left the plugin: " + *thrown, {});
  // The rest of the process's state is checked when the loop over runs ends; this costs a nanosecond.
  if (floating_point_control() != control_) host_.restore_process("run");
  return host_.outcome("run", code);
}

}  // namespace mtc::host
