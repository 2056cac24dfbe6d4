// SPDX-License-Identifier: Apache-2.0
#include "core/store/file_digests.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/base/fd.hpp"
#include "core/base/file_system.hpp"

namespace mtc::store {

namespace {

constexpr std::int64_t kTrustedAgeNs = 2'000'000'000;
constexpr int kReadAttempts = 3;

}  // namespace

Result<Digest> digest_by_stat(const std::filesystem::path& file, StatCache& stats, const Clock& clock) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error(errno, "cannot open", file);
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return errno_error(errno, "cannot read", file);
    const FileIdentity before(status);
    if (const auto known = stats.find(before)) return *known;
    const std::int64_t age_ns = clock.now_unix_ns() - std::max(before.mtime_ns, before.ctime_ns);
    if (::lseek(fd.get(), 0, SEEK_SET) < 0) return errno_error(errno, "cannot read", file);
    MTC_ASSIGN(Digest digest, digest_of_descriptor(fd.get(), file));
    if (::fstat(fd.get(), &status) != 0) return errno_error(errno, "cannot read", file);
    if (FileIdentity(status) != before) continue;
    if (age_ns >= kTrustedAgeNs) stats.record(before, digest);
    return digest;
  }
  return Error{Code::aborted, "the file changes while it is read", file.string(),
               "wait until whatever writes it has finished", true};
}

void remember(const std::filesystem::path& file, const Digest& digest, StatCache& stats) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode))
    stats.record(FileIdentity(status), digest);
}

}  // namespace mtc::store
