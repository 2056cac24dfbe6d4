// SPDX-License-Identifier: Apache-2.0
#include "core/store/checkpoints.hpp"

#include <string>

#include "core/base/checkpoint_folder.hpp"
#include "core/base/file.hpp"
#include "core/base/text.hpp"

namespace mtc::store {

namespace {

constexpr const char* kCounted = "counted";

}  // namespace

Result<std::filesystem::path> Checkpoints::make(const Digest& key) {
  std::filesystem::path folder = layout_.checkpoints(key);
  MTC_TRY(make_directories(folder));
  // What a killed run left. That it cannot be counted, on a full disk, must not cost the checkpoint.
  if (any(key)) static_cast<void>(count(key));
  return folder;
}

bool Checkpoints::any(const Digest& key) const {
  const auto found = checkpoints_in(layout_.checkpoints(key));
  return found && !found->empty();
}

std::uint64_t Checkpoints::counted(const Digest& key) const {
  const auto text = read_file(layout_.checkpoints(key) / kCounted);
  const auto number = text ? parse_integer(trim(*text)) : std::nullopt;
  return number && *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
}

Result<void> Checkpoints::count(const Digest& key) {
  const std::filesystem::path file = layout_.checkpoints(key) / kCounted;
  const std::uint64_t before = counted(key);
  MTC_ASSIGN(const std::uint64_t now, bytes_under(file.parent_path()));
  MTC_TRY(write_file_atomic(file, std::to_string(now) + "\n"));
  size_.add(now);
  size_.remove(before);
  return {};
}

Result<void> Checkpoints::remove(const Digest& key) {
  const std::filesystem::path folder = layout_.checkpoints(key);
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) return {};
  size_.remove(counted(key));
  return remove_tree(folder);
}

}  // namespace mtc::store
