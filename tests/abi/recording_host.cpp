// SPDX-License-Identifier: Apache-2.0
#include "tests/abi/recording_host.hpp"

namespace mtc::test {
namespace {

std::string text(mtc_string string) { return {string.data, string.size}; }
mtc_string to_abi(const std::string& string) { return {string.data(), string.size()}; }

/// Hands out what `map` holds under `name`, or refuses.
mtc_code hand_out(const std::map<std::string, std::string>& map, mtc_string name, mtc_string* value) {
  const auto found = map.find(text(name));
  if (found == map.end()) return MTC_INVALID_ARGUMENT;
  *value = to_abi(found->second);
  return MTC_OK;
}

}  // namespace

RecordingHost::RecordingHost() {
  host_.struct_size = sizeof host_;
  host_.context = this;
  host_.service = service;
  host_.fail = fail;
  host_.last_error = last_error;
  config_.struct_size = sizeof config_;
  config_.integer = integer;
  artifact_.struct_size = sizeof artifact_;
  artifact_.input = input;
  artifact_.output = output;
  metric_.struct_size = sizeof metric_;
  metric_.report = report;
}

const void* RecordingHost::service(const mtc_host* host, mtc_string id) {
  const std::string name = text(id);
  if (name == "mtc.config/1") return &of(host).config_;
  if (name == "mtc.artifact/1") return &of(host).artifact_;
  if (name == "mtc.metric/1") return &of(host).metric_;
  return nullptr;
}

void RecordingHost::fail(const mtc_host* host, const mtc_error* error) {
  of(host).code = error->code;
  of(host).message = text(error->message);
  of(host).where = text(error->where);
}

void RecordingHost::last_error(const mtc_host* /*host*/, mtc_error* error) {
  static const std::string refused = "refused";
  error->code = MTC_INVALID_ARGUMENT;
  error->message = to_abi(refused);
}

mtc_code RecordingHost::integer(const mtc_host* host, mtc_string name, std::uint64_t index,
                                std::int64_t* value) {
  const auto found = of(host).integers.find(text(name));
  if (found == of(host).integers.end() || index != 0) return MTC_INVALID_ARGUMENT;
  *value = found->second;
  return MTC_OK;
}

mtc_code RecordingHost::input(const mtc_host* host, mtc_string name, std::uint64_t /*index*/,
                              mtc_string* path) {
  return hand_out(of(host).inputs, name, path);
}

mtc_code RecordingHost::output(const mtc_host* host, mtc_string name, mtc_string* path) {
  return hand_out(of(host).outputs, name, path);
}

mtc_code RecordingHost::report(const mtc_host* host, mtc_string name, double value) {
  of(host).metrics[text(name)] = value;
  return MTC_OK;
}

}  // namespace mtc::test
