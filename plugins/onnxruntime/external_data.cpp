// SPDX-License-Identifier: Apache-2.0
#include "plugins/onnxruntime/external_data.hpp"

#include <cstdint>
#include <string_view>

namespace mtc::onnxruntime {

namespace {

// Source: https://protobuf.dev/programming-guides/encoding
enum Wire : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// Field numbers of onnx.proto.
constexpr std::uint64_t kModelGraph = 7;
constexpr std::uint64_t kModelFunctions = 25;
constexpr std::uint64_t kGraphNode = 1;
constexpr std::uint64_t kGraphInitializer = 5;
constexpr std::uint64_t kFunctionNode = 7;
constexpr std::uint64_t kNodeAttribute = 5;
constexpr std::uint64_t kAttributeTensor = 5;
constexpr std::uint64_t kAttributeGraph = 6;
constexpr std::uint64_t kAttributeTensors = 10;
constexpr std::uint64_t kAttributeGraphs = 11;
constexpr std::uint64_t kTensorExternalData = 13;
constexpr std::uint64_t kEntryKey = 1;
constexpr std::uint64_t kEntryValue = 2;

using Bytes = std::span<const std::byte>;

/// Reads the fields of one message in turn.
class Fields {
 public:
  explicit Fields(Bytes message) : rest_(message) {}

  /// Moves to the next field; false at the end or when the message is broken (then `ok` is false).
  bool next() {
    if (rest_.empty() || !ok_) return false;
    const std::uint64_t tag = varint();
    number_ = tag >> 3U;
    content_ = {};
    switch (tag & 7U) {
      case kVarint:
        varint();
        break;
      case kFixed64:
        take(8);
        break;
      case kBytes:
        content_ = take(varint());
        break;
      case kFixed32:
        take(4);
        break;
      default:
        ok_ = false;
    }
    return ok_;
  }
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] Bytes content() const { return content_; }
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(content_.data()), content_.size()};
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = std::to_integer<std::uint64_t>(rest_.front());
      rest_ = rest_.subspan(1);
      value |= (byte & 0x7FU) << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }
  Bytes take(std::uint64_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      return {};
    }
    const Bytes taken = rest_.first(static_cast<std::size_t>(count));
    rest_ = rest_.subspan(static_cast<std::size_t>(count));
    return taken;
  }

  Bytes rest_;
  Bytes content_;
  std::uint64_t number_ = 0;
  bool ok_ = true;
};

/// Collects locations; each visit returns false when its message is broken.
struct Collector {
  std::set<std::string> locations;

  bool entry(Bytes message) {
    Fields fields(message);
    bool is_location = false;
    std::string value;
    while (fields.next()) {
      if (fields.number() == kEntryKey) is_location = fields.text() == "location";
      if (fields.number() == kEntryValue) value = fields.text();
    }
    if (is_location) locations.insert(std::move(value));
    return fields.ok();
  }
  bool tensor(Bytes message) {
    Fields fields(message);
    while (fields.next()) {
      if (fields.number() == kTensorExternalData && !entry(fields.content())) return false;
    }
    return fields.ok();
  }
  bool attribute(Bytes message) {
    Fields fields(message);
    while (fields.next()) {
      const auto number = fields.number();
      if ((number == kAttributeTensor || number == kAttributeTensors) && !tensor(fields.content()))
        return false;
      if ((number == kAttributeGraph || number == kAttributeGraphs) && !graph(fields.content())) return false;
    }
    return fields.ok();
  }
  bool node(Bytes message) {
    Fields fields(message);
    while (fields.next()) {
      if (fields.number() == kNodeAttribute && !attribute(fields.content())) return false;
    }
    return fields.ok();
  }
  bool graph(Bytes message) {
    Fields fields(message);
    while (fields.next()) {
      if (fields.number() == kGraphNode && !node(fields.content())) return false;
      if (fields.number() == kGraphInitializer && !tensor(fields.content())) return false;
    }
    return fields.ok();
  }
  bool function(Bytes message) {
    Fields fields(message);
    while (fields.next()) {
      if (fields.number() == kFunctionNode && !node(fields.content())) return false;
    }
    return fields.ok();
  }
  bool model(Bytes message) {
    Fields fields(message);
    while (fields.next()) {
      if (fields.number() == kModelGraph && !graph(fields.content())) return false;
      if (fields.number() == kModelFunctions && !function(fields.content())) return false;
    }
    return fields.ok();
  }
};

}  // namespace

Result<std::set<std::string>> external_locations(std::span<const std::byte> file) {
  Collector collector;
  if (!collector.model(file)) {
    return Error{Code::data_loss, "the model is truncated or not protobuf", {}, "export the model again"};
  }
  return std::move(collector.locations);
}

}  // namespace mtc::onnxruntime
