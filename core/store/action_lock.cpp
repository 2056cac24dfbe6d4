// SPDX-License-Identifier: Apache-2.0
#include "core/store/action_lock.hpp"

#include <unistd.h>

#include <array>

#include <fmt/format.h>

#include "core/base/clock.hpp"
#include "core/base/file.hpp"
#include "core/base/text.hpp"

namespace mtc::store {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMaxHolderBytes = 512;

fs::path lock_file(const fs::path& root, const Digest& key) {
  return root / "locks" / key.substr(0, 2) / key;
}

std::string this_holder() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fmt::format("process {} on {}, since {}", ::getpid(), host.data(),
                     utc_text(Clock::real().now_unix_s()));
}

}  // namespace

ActionLock::ActionLock(ActionLock&& other) noexcept
    : file_(std::exchange(other.file_, fs::path())), lock_(std::move(other.lock_)) {}

ActionLock::~ActionLock() {
  // While it is held, so that nobody can be waiting for a name that is gone: see try_take.
  if (!file_.empty()) ::unlink(file_.c_str());
}

Result<std::optional<ActionLock>> ActionLock::try_take(const fs::path& root, const Digest& key) {
  const fs::path file = lock_file(root, key);
  MTC_TRY(make_directories(file.parent_path()));
  while (true) {
    MTC_ASSIGN(std::optional<FileLock> lock, FileLock::try_lock(file));
    if (!lock) return std::optional<ActionLock>();
    // The holder before us may have removed the file between our opening and locking it: then the name is
    // free for others, and what we hold is worth nothing.
    MTC_ASSIGN(const bool named, lock->is_at(file));
    if (!named) continue;
    MTC_TRY(lock->write(this_holder()));
    return std::optional<ActionLock>(ActionLock(file, *std::move(lock)));
  }
}

std::string ActionLock::holder(const fs::path& root, const Digest& key) {
  const auto text = read_file(lock_file(root, key), kMaxHolderBytes);
  return text ? std::string(trim(*text)) : std::string();
}

}  // namespace mtc::store
