// SPDX-License-Identifier: Apache-2.0
#include "core/base/checkpoint_seal.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include <fmt/format.h>

#include "core/base/fd.hpp"
#include "core/base/file.hpp"

namespace mtc {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kHead = "mtc-checkpoint ";
constexpr std::string_view kFormat = "mtc-checkpoint 1\n";
constexpr std::string_view kLabel = "label ";
constexpr std::size_t kReadBytes = std::size_t{1} << 20U;

Error cannot_hold(const fs::path& path, const char* what) {
  return {Code::invalid_argument,
          std::string("a checkpoint cannot hold ") + what,
          path.string(),
          "write regular files and folders with plain names",
          false,
          true};
}

/// The regular files below `folder`, sorted.
Result<std::vector<fs::path>> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    const fs::file_status status = it->symlink_status(error);
    if (error) break;
    if (fs::is_directory(status)) continue;
    if (!fs::is_regular_file(status)) return cannot_hold(it->path(), "links and devices");
    if (it->path().string().find('\n') != std::string::npos)
      return cannot_hold(it->path(), "a name with a line break");
    files.push_back(it->path());
  }
  if (error) return errno_error(error.value(), "cannot list", folder);
  std::sort(files.begin(), files.end());
  return files;
}

/// CRC-32 (ISO 3309) of what came so far and `bytes`: finds what is damaged where nobody means harm. SHA-256
/// would load OpenSSL into every worker.
std::uint32_t crc_of(std::string_view bytes, std::uint32_t so_far = 0) {
  const auto* data = reinterpret_cast<const Bytef*>(bytes.data());  // NOLINT: zlib's type for bytes
  return static_cast<std::uint32_t>(crc32_z(so_far, data, bytes.size()));
}

struct Sum {
  std::uint32_t crc = 0;
  std::uint64_t bytes = 0;
};

Result<Sum> sum_of(const fs::path& file) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error(errno, "cannot read", file);
  std::string buffer(kReadBytes, '\0');
  Sum sum;
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(errno, "cannot read", file);
    if (got == 0) break;
    sum.crc = crc_of({buffer.data(), static_cast<std::size_t>(got)}, sum.crc);
    sum.bytes += static_cast<std::uint64_t>(got);
  }
  return sum;
}

Error damaged(const char* what) { return {Code::data_loss, what, {}, {}}; }

}  // namespace

Result<CheckpointSeal> seal_of(const fs::path& folder, std::string_view label) {
  if (label.find('\n') != std::string_view::npos)
    return cannot_hold(std::string(label), "a label with a line break");
  CheckpointSeal seal;
  seal.text = fmt::format("{}{}{}\n", kFormat, kLabel, label);
  MTC_ASSIGN(const std::vector<fs::path> files, files_below(folder));
  for (const fs::path& file : files) {
    MTC_ASSIGN(const Sum sum, sum_of(file));
    seal.text +=
        fmt::format("{:08x} {} {}\n", sum.crc, sum.bytes, file.lexically_relative(folder).generic_string());
    ++seal.files;
    seal.bytes += sum.bytes;
  }
  seal.text += fmt::format("end {:08x}\n", crc_of(seal.text));
  return seal;
}

Result<std::string> label_in(std::string_view seal) {
  if (seal.substr(0, kHead.size()) == kHead && seal.substr(0, kFormat.size()) != kFormat)
    return Error{Code::failed_precondition,
                 "it has format " + std::string(seal.substr(kHead.size(), seal.find('\n') - kHead.size())) +
                     ", this mtc knows format 1",
                 {},
                 {}};
  const std::size_t start = kFormat.size() + kLabel.size();
  if (seal.size() < start || seal.substr(0, kFormat.size()) != kFormat) return damaged("its seal is damaged");
  const std::size_t end = seal.find('\n', start);
  if (end == std::string_view::npos) return damaged("its seal is damaged");
  return std::string(seal.substr(start, end - start));
}

Result<void> sync_below(const fs::path& folder, FileSystem& file_system) {
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error))
    MTC_TRY(sync_path(it->path(), file_system));
  if (error) return errno_error(error.value(), "cannot list", folder);
  return sync_path(folder, file_system);
}

}  // namespace mtc
