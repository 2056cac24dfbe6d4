// SPDX-License-Identifier: Apache-2.0
#include "core/base/checkpoint_folder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/checkpoint_seal.hpp"
#include "core/base/file.hpp"
#include "core/base/text.hpp"

namespace mtc {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kNumberDigits = 8;

std::optional<std::int64_t> number_of(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.size() >= kNumberDigits ? parse_integer(name) : std::nullopt;
}

Error misuse(const char* what, const fs::path& folder) {
  return {
      Code::failed_precondition, what, folder.string(), "write a file between begin and commit", false, true};
}

}  // namespace

Result<std::vector<fs::path>> checkpoints_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    if (number_of(it->path())) found.push_back(it->path());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return errno_error(error.value(), "cannot list", folder);
  std::sort(found.begin(), found.end(),
            [](const fs::path& a, const fs::path& b) { return number_of(a) > number_of(b); });
  return found;
}

Result<Checkpoint> read_checkpoint(const fs::path& path) {
  const auto text = read_file(path / "seal");
  if (!text && text.error().code == Code::not_found)
    return Error{Code::data_loss, "it has no seal", path.string(), {}};
  if (!text) return text.error();
  Checkpoint checkpoint;
  checkpoint.folder = path / "files";
  auto label = label_in(*text);
  if (!label) {
    label.error().where = path.string();
    return label.error();
  }
  checkpoint.label = *std::move(label);
  const auto seal = seal_of(checkpoint.folder, checkpoint.label);
  if (!seal && seal.error().code == Code::resource_exhausted) return seal.error();
  if (!seal || seal->text != *text)
    return Error{Code::data_loss,
                 seal ? "its files are not what was written" : seal.error().message,
                 path.string(),
                 {}};
  checkpoint.bytes = seal->bytes;
  return checkpoint;
}

Result<std::optional<Checkpoint>> newest_checkpoint(const fs::path& folder, std::vector<Error>& damaged) {
  MTC_ASSIGN(const std::vector<fs::path> paths, checkpoints_in(folder));
  for (const fs::path& path : paths) {
    auto checkpoint = read_checkpoint(path);
    if (checkpoint) return std::optional<Checkpoint>(*std::move(checkpoint));
    damaged.push_back(std::move(checkpoint).error());
  }
  return std::optional<Checkpoint>();
}

Result<void> CheckpointFolder::own() {
  if (lock_) return {};
  MTC_TRY(make_directories(folder_));
  MTC_ASSIGN(lock_, FileLock::lock(folder_ / "lock"));
  return {};
}

Result<std::optional<Checkpoint>> CheckpointFolder::newest(std::vector<Error>& damaged) {
  MTC_TRY(own());
  return newest_checkpoint(folder_, damaged);
}

Result<fs::path> CheckpointFolder::begin() {
  MTC_TRY(discard());
  const fs::path files = folder_ / "new" / "files";
  MTC_TRY(make_directories(files));
  begun_ = true;
  return files;
}

Result<Checkpoint> CheckpointFolder::commit(std::string_view label) {
  const fs::path fresh = folder_ / "new";
  if (!begun_) return misuse("a checkpoint is committed that was not begun", fresh);
  MTC_ASSIGN(const CheckpointSeal seal, seal_of(fresh / "files", label));
  if (seal.files == 0) return misuse("a checkpoint is committed that holds no file", fresh);
  MTC_TRY(sync_below(fresh / "files", file_system_));
  MTC_TRY(write_file_atomic(fresh / "seal", seal.text, 0644, file_system_, Outlasts::power_cut));
  MTC_ASSIGN(const std::vector<fs::path> older, checkpoints_in(folder_));
  const std::int64_t number = older.empty() ? 1 : *number_of(older.front()) + 1;
  const fs::path place = folder_ / fmt::format("{:0{}}", number, kNumberDigits);
  MTC_TRY(rename_path(fresh, place, file_system_));
  begun_ = false;
  MTC_TRY(sync_path(folder_, file_system_));
  // One that cannot be removed is older than the newest, and is tried again by the next commit.
  for (const fs::path& path : older) static_cast<void>(remove_tree(path));
  return Checkpoint{place / "files", std::string(label), seal.bytes};
}

Result<void> CheckpointFolder::discard() {
  MTC_TRY(own());
  begun_ = false;
  return remove_tree(folder_ / "new");
}

}  // namespace mtc
