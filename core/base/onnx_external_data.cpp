// SPDX-License-Identifier: Apache-2.0
//
// Walks the protobuf wire format (field numbers of onnx.proto3, IR version 3 to 10) over a mapped file.
#include "core/base/onnx_external_data.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

#include "core/base/fd.hpp"
#include "core/base/file_system.hpp"

namespace mtc {

namespace {

constexpr int kMaxDepth = 64;  // Graphs in nodes of graphs; protobuf itself stops at 100.

enum class Message { model, graph, node, attribute, tensor, sparse_tensor, function, training, entry };

/// The message that field `number` of `message` holds, if it can lead to an external tensor.
std::optional<Message> nested(Message message, std::uint64_t number) {
  switch (message) {
    case Message::model:  // graph = 7, training_info = 20, functions = 25
      if (number == 7) return Message::graph;
      if (number == 20) return Message::training;
      if (number == 25) return Message::function;
      break;
    case Message::training:  // initialization = 1, algorithm = 2
      if (number == 1 || number == 2) return Message::graph;
      break;
    case Message::graph:  // node = 1, initializer = 5, sparse_initializer = 15
      if (number == 1) return Message::node;
      if (number == 5) return Message::tensor;
      if (number == 15) return Message::sparse_tensor;
      break;
    case Message::function:  // node = 7, attribute_proto = 11
      if (number == 7) return Message::node;
      if (number == 11) return Message::attribute;
      break;
    case Message::node:  // attribute = 5
      if (number == 5) return Message::attribute;
      break;
    case Message::attribute:  // t = 5, g = 6, tensors = 10, graphs = 11, sparse_tensor = 22, sparse_tensors =
                              // 23
      if (number == 5 || number == 10) return Message::tensor;
      if (number == 6 || number == 11) return Message::graph;
      if (number == 22 || number == 23) return Message::sparse_tensor;
      break;
    case Message::sparse_tensor:  // values = 1, indices = 2
      if (number == 1 || number == 2) return Message::tensor;
      break;
    case Message::tensor:  // external_data = 13
      if (number == 13) return Message::entry;
      break;
    case Message::entry:
      break;
  }
  return std::nullopt;
}

struct Field {
  std::uint64_t number = 0;
  std::optional<std::string_view> payload;  ///< Of length-delimited fields.
};

/// Reads the fields of one message, in order.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  /// The next field; nullopt at the end and at the first malformed one (damaged() tells which).
  std::optional<Field> next() {
    if (rest_.empty()) return std::nullopt;
    const auto tag = varint();
    if (!tag || *tag >> 3U == 0) return stop();
    Field field{*tag >> 3U, std::nullopt};
    switch (*tag & 7U) {
      case 0:
        return varint() ? std::optional<Field>(field) : stop();
      case 1:
        return skip(8) ? std::optional<Field>(field) : stop();
      case 2: {
        const auto size = varint();
        if (!size || *size > rest_.size()) return stop();
        field.payload = rest_.substr(0, *size);
        rest_.remove_prefix(*size);
        return field;
      }
      case 5:
        return skip(4) ? std::optional<Field>(field) : stop();
      default:
        return stop();
    }
  }

  [[nodiscard]] bool damaged() const { return damaged_; }

 private:
  std::optional<Field> stop() {
    damaged_ = true;
    return std::nullopt;
  }
  bool skip(std::size_t count) {
    if (rest_.size() < count) return false;
    rest_.remove_prefix(count);
    return true;
  }
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    return std::nullopt;
  }

  std::string_view rest_;
  bool damaged_ = false;
};

/// StringStringEntryProto: key = 1, value = 2. The value when the key is "location".
std::optional<std::string> location_of(std::string_view entry) {
  std::string_view key;
  std::string_view value;
  WireReader reader(entry);
  while (const auto field = reader.next()) {
    if (field->number == 1 && field->payload) key = *field->payload;
    if (field->number == 2 && field->payload) value = *field->payload;
  }
  if (key != "location" || value.empty()) return std::nullopt;
  return std::string(value);
}

void collect(Message message, std::string_view bytes, int depth, std::set<std::string>& found) {
  if (depth > kMaxDepth) return;
  WireReader reader(bytes);
  while (const auto field = reader.next()) {
    if (!field->payload) continue;
    const auto inner = nested(message, field->number);
    if (!inner) continue;
    if (*inner == Message::entry) {
      if (auto location = location_of(*field->payload)) found.insert(std::move(*location));
    } else {
      collect(*inner, *field->payload, depth + 1, found);
    }
  }
}

/// A file mapped for reading. A reader of a file that shrinks meanwhile dies of SIGBUS, so sizes are
/// re-checked by no one: models are not written while a run reads them.
class Mapping {
 public:
  Mapping(void* data, std::size_t size) : data_(data), size_(size) {}
  ~Mapping() { ::munmap(data_, size_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  [[nodiscard]] std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

 private:
  void* data_;
  std::size_t size_;
};

}  // namespace

Result<std::vector<std::string>> onnx_external_data(const std::filesystem::path& file) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error(errno, "cannot open", file);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return errno_error(errno, "cannot read", file);
  if (!S_ISREG(status.st_mode) || status.st_size == 0) return std::vector<std::string>();
  const auto size = static_cast<std::size_t>(status.st_size);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (data == MAP_FAILED) return errno_error(errno, "cannot map", file);
  const Mapping mapping(data, size);
  ::madvise(data, size, MADV_RANDOM);  // Weights are skipped: read ahead would load them.
  std::set<std::string> found;
  collect(Message::model, mapping.bytes(), 0, found);
  return std::vector<std::string>(found.begin(), found.end());
}

}  // namespace mtc
