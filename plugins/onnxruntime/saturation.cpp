// SPDX-License-Identifier: Apache-2.0
#include "plugins/onnxruntime/saturation.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "plugins/onnxruntime/element_type.hpp"
#include "plugins/onnxruntime/probe_model.hpp"

namespace mtc::onnxruntime {
namespace {

constexpr const char* kWhat = "the probe of integer products";
constexpr mtc_dtype kByteType = {MTC_KIND_UINT, 8, MTC_FORMAT_IEEE};

/// A value over `bytes`.
Result<Owned<Value>> wrap(const Library& library, const MemoryInfo* memory, std::vector<std::uint8_t>& bytes,
                          const std::vector<std::int64_t>& shape) {
  Value* value = nullptr;
  MTC_TRY(
      library.check(library.api().create_tensor(memory, bytes.data(), bytes.size(), shape.data(),
                                                shape.size(), onnx_type_of(kByteType).value_or(0), &value),
                    kWhat));
  return Owned<Value>(value, library.api().release_value);
}

}  // namespace

Result<bool> products_saturate(const Library& library) {
  const Api& api = library.api();
  SessionConfig* raw_config = nullptr;
  MTC_TRY(library.check(api.create_session_options(&raw_config), kWhat));
  const Owned<SessionConfig> config(raw_config, api.release_session_options);
  MTC_TRY(library.check(api.set_intra_op_threads(raw_config, 1), kWhat));
  const std::string model = probe_model();
  RuntimeSession* raw_session = nullptr;
  MTC_TRY(library.check(
      api.create_session_from_array(library.env(), model.data(), model.size(), raw_config, &raw_session),
      kWhat));
  const Owned<RuntimeSession> session(raw_session, api.release_session);
  MemoryInfo* raw_memory = nullptr;
  MTC_TRY(library.check(api.create_cpu_memory_info(kArenaAllocator, kMemoryDefault, &raw_memory), kWhat));
  const Owned<MemoryInfo> memory(raw_memory, api.release_memory_info);

  constexpr auto channels = static_cast<std::size_t>(kProbeChannels);
  std::vector<std::uint8_t> x(channels, kProbeInput), d(channels * 9, kProbeInput), full(1), deep(channels);
  MTC_ASSIGN(const auto x_value, wrap(library, raw_memory, x, {1, kProbeChannels, 1, 1}));
  MTC_ASSIGN(const auto d_value, wrap(library, raw_memory, d, {1, kProbeChannels, 3, 3}));
  MTC_ASSIGN(const auto full_value, wrap(library, raw_memory, full, {1, 1, 1, 1}));
  MTC_ASSIGN(const auto deep_value, wrap(library, raw_memory, deep, {1, kProbeChannels, 1, 1}));
  const std::array<const char*, 2> input_names = {"x", "d"};
  const std::array<const char*, 2> output_names = {"full", "deep"};
  const std::array<const Value*, 2> inputs = {x_value.get(), d_value.get()};
  std::array<Value*, 2> outputs = {full_value.get(), deep_value.get()};
  MTC_TRY(library.check(api.run(session.get(), nullptr, input_names.data(), inputs.data(), 2,
                                output_names.data(), 2, outputs.data()),
                        kWhat));
  const auto exact = [](std::uint8_t value) { return value == kProbeOutput; };
  return !std::ranges::all_of(full, exact) || !std::ranges::all_of(deep, exact);
}

}  // namespace mtc::onnxruntime
