// SPDX-License-Identifier: Apache-2.0
#include "core/store/size_ledger.hpp"

#include <algorithm>
#include <string>

#include "core/base/file.hpp"
#include "core/base/text.hpp"

namespace mtc::store {

namespace {

std::optional<std::uint64_t> read_number(const std::filesystem::path& file) {
  const auto text = read_file(file);
  const auto number = text ? parse_integer(trim(*text)) : std::nullopt;
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

/// The lock lies beside the file, which every change replaces.
Result<FileLock> size_lock(const std::filesystem::path& file) {
  return FileLock::lock(file.string() + ".lock");
}

}  // namespace

SizeLedger::~SizeLedger() {
  if (added_ != 0) static_cast<void>(get());  // What cannot be written is found by the next walk.
}

Result<void> SizeLedger::set(std::uint64_t bytes) {
  MTC_ASSIGN(const FileLock lock, size_lock(file_));
  added_ = 0;
  return write_file_atomic(file_, std::to_string(bytes) + "\n");
}

Result<std::optional<std::uint64_t>> SizeLedger::get() {
  MTC_ASSIGN(const FileLock lock, size_lock(file_));
  auto size = read_number(file_);
  const std::int64_t added = added_.exchange(0);
  if (!size || added == 0) return size;
  *size = static_cast<std::uint64_t>(std::max<std::int64_t>(0, static_cast<std::int64_t>(*size) + added));
  MTC_TRY(write_file_atomic(file_, std::to_string(*size) + "\n"));
  return size;
}

}  // namespace mtc::store
