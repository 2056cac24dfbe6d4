// SPDX-License-Identifier: Apache-2.0
#include "core/remote/result_message.hpp"

#include <optional>

namespace mtc::remote {
namespace {

enum WireType : unsigned { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80U; value >>= 7U) out.push_back(static_cast<char>((value & 0x7FU) | 0x80U));
  out.push_back(static_cast<char>(value));
}

void put_number(std::string& out, unsigned field, std::uint64_t value) {
  if (value == 0) return;
  put_varint(out, field << 3U | kVarint);
  put_varint(out, value);
}

void put_bytes(std::string& out, unsigned field, std::string_view bytes) {
  if (bytes.empty()) return;
  put_varint(out, field << 3U | kBytes);
  put_varint(out, bytes.size());
  out.append(bytes);
}

/// One field of a message; `number` for varints and fixed widths, `bytes` for the rest.
struct Field {
  unsigned id = 0;
  WireType type = kVarint;
  std::uint64_t number = 0;
  std::string_view bytes;
};

/// Takes a message apart from front to back.
class Fields {
 public:
  explicit Fields(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }

  /// The next field; nullopt for bytes that are no message.
  std::optional<Field> next() {
    const auto tag = varint();
    if (!tag || *tag >> 3U == 0 || *tag >> 32U != 0) return std::nullopt;
    Field field;
    field.id = static_cast<unsigned>(*tag >> 3U);
    field.type = static_cast<WireType>(*tag & 7U);
    std::optional<std::uint64_t> length;
    switch (field.type) {
      case kVarint: {
        const auto number = varint();
        if (!number) return std::nullopt;
        field.number = *number;
        return field;
      }
      case kFixed64:
        length = 8;
        break;
      case kFixed32:
        length = 4;
        break;
      case kBytes:
        length = varint();
        break;
      default:
        return std::nullopt;
    }
    if (!length || *length > rest_.size()) return std::nullopt;
    field.bytes = rest_.substr(0, *length);
    rest_.remove_prefix(*length);
    return field;
  }

 private:
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    return std::nullopt;
  }
  std::string_view rest_;
};

bool read_digest(std::string_view bytes, OutputFile& file) {
  for (Fields fields(bytes); !fields.done();) {
    const auto field = fields.next();
    if (!field) return false;
    if (field->id == 1 && field->type == kBytes) file.digest = Digest(field->bytes);
    if (field->id == 2 && field->type == kVarint) file.bytes = field->number;
  }
  return is_digest(file.digest);
}

bool read_file(std::string_view bytes, OutputFile& file) {
  bool digest = false;
  for (Fields fields(bytes); !fields.done();) {
    const auto field = fields.next();
    if (!field) return false;
    if (field->id == 1 && field->type == kBytes) file.path = std::string(field->bytes);
    if (field->id == 2 && field->type == kBytes) digest = read_digest(field->bytes, file);
    if (field->id == 4 && field->type == kVarint) file.executable = field->number != 0;
  }
  return digest && !file.path.empty();
}

Error damaged() {
  return {Code::data_loss, "the entry is no ActionResult of a success", "",
          "check what else writes to /ac/ of the remote cache"};
}

}  // namespace

std::string encode(const ResultMessage& message) {
  std::string out;
  for (const auto& file : message.output_files) {
    std::string digest;
    put_bytes(digest, 1, file.digest);
    put_number(digest, 2, file.bytes);
    std::string inner;
    put_bytes(inner, 1, file.path);
    put_bytes(inner, 2, digest);
    put_number(inner, 4, file.executable ? 1 : 0);
    put_bytes(out, 2, inner);
  }
  put_bytes(out, 5, message.stdout_raw);
  return out;
}

Result<ResultMessage> decode(std::string_view bytes) {
  ResultMessage message;
  for (Fields fields(bytes); !fields.done();) {
    const auto field = fields.next();
    if (!field) return damaged();
    if (field->id == 2 && field->type == kBytes) {
      OutputFile file;
      if (!read_file(field->bytes, file)) return damaged();
      message.output_files.push_back(std::move(file));
    }
    if (field->id == 4 && field->number != 0) return damaged();
    if (field->id == 5 && field->type == kBytes) message.stdout_raw = std::string(field->bytes);
  }
  return message;
}

}  // namespace mtc::remote
