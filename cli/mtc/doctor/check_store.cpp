// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <cstdint>
#include <map>

#include <fmt/format.h>

#include "cli/mtc/doctor/checks.hpp"
#include "core/base/file.hpp"
#include "core/base/text.hpp"

namespace mtc::cli {
namespace {

constexpr const char* kStore = "store";
constexpr std::uint64_t kLittleSpace = std::uint64_t{2} << 30U;

std::string kind_of_file_system(const std::filesystem::path& folder) {
  static const std::map<std::uint64_t, const char*> kKinds{
      {EXT4_SUPER_MAGIC, "ext4"}, {BTRFS_SUPER_MAGIC, "btrfs"}, {XFS_SUPER_MAGIC, "xfs"},
      {TMPFS_MAGIC, "tmpfs"},     {NFS_SUPER_MAGIC, "nfs"},     {OVERLAYFS_SUPER_MAGIC, "overlay"},
      {FUSE_SUPER_MAGIC, "fuse"}, {0xFE534D42, "smb"},          {V9FS_MAGIC, "9p"}};
  struct statfs status {};
  if (::statfs(folder.c_str(), &status) != 0) return "unknown";
  const auto found = kKinds.find(static_cast<std::uint64_t>(status.f_type));
  return found == kKinds.end() ? fmt::format("type {:#x}", static_cast<std::uint64_t>(status.f_type))
                               : found->second;
}

Check check_lock(const std::filesystem::path& folder) {
  const auto file = folder / "lock";
  const auto held = FileLock::lock(file);
  const auto second = held ? FileLock::try_lock(file) : Result<std::optional<FileLock>>(held.error());
  if (held && second && !*second) return {kStore, "locks", Check::Status::ok, "flock works", {}};
  const std::string why = held && second ? "two holders of one lock" : second.error().message;
  return {kStore, "locks", Check::Status::missing, "flock does not work here: " + why,
          "put the store on a local file system with --store or MTC_STORE"};
}

Check check_reflink(const std::filesystem::path& folder, const std::string& kind) {
  const auto from = folder / "from";
  const auto to = folder / "to";
  if (!write_file_atomic(from, std::string(4096, 'x')))
    return {kStore, "copies", Check::Status::ok, kind, {}};
  const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  const Fd destination(::open(to.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (FileSystem::real().clone(source.get(), destination.get()) == 0)
    return {kStore, "copies", Check::Status::ok, kind + ", outputs share its blocks (reflink)", {}};
  return {kStore, "copies", Check::Status::ok, kind + ", outputs are copied byte by byte (no reflink)", {}};
}

Check check_space(const std::filesystem::path& folder) {
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0)
    return {kStore, "space", Check::Status::warn, "the file system does not say how much is free", {}};
  const std::uint64_t bytes = status.f_bavail * status.f_frsize;
  const std::string text = human_bytes(bytes) + " free";
  if (bytes >= kLittleSpace) return {kStore, "space", Check::Status::ok, text, {}};
  return {kStore, "space", Check::Status::warn, text,
          "mtc cache gc --max-size SIZE, or another folder with --store"};
}

}  // namespace

Checks check_store(const Globals& globals) {
  auto store = open_store(globals);
  auto staging = store ? store->stage() : Result<std::filesystem::path>(store.error());
  if (!staging) {
    const auto& error = staging.error();
    return {{kStore, "folder", Check::Status::missing, error.message, error.hint}};
  }
  Checks checks{{kStore, "folder", Check::Status::ok, store->root().string() + " can be written", {}}};
  checks.push_back(check_lock(*staging));
  checks.push_back(check_reflink(*staging, kind_of_file_system(*staging)));
  checks.push_back(check_space(*staging));
  store->discard(*staging);
  return checks;
}

}  // namespace mtc::cli
