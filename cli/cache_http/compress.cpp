// SPDX-License-Identifier: Apache-2.0
#include "cli/cache_http/compress.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "core/base/file.hpp"

namespace mtc::cache_http {
namespace {

constexpr int kLevel = 3;

}  // namespace

Result<void> compress_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  const Fd in(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in) return errno_error(errno, "cannot read", from);
  const Fd out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!out) return errno_error(errno, "cannot write", to);
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  std::vector<char> block(ZSTD_CStreamInSize());
  std::vector<char> packed(ZSTD_CStreamOutSize());
  while (true) {
    const ssize_t got = ::read(in.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(errno, "cannot read", from);
    ZSTD_inBuffer input{block.data(), static_cast<std::size_t>(got), 0};
    std::size_t left = 1;
    while (got == 0 ? left != 0 : input.pos < input.size) {
      ZSTD_outBuffer output{packed.data(), packed.size(), 0};
      left = ZSTD_compressStream2(context.get(), &output, &input, got == 0 ? ZSTD_e_end : ZSTD_e_continue);
      if (ZSTD_isError(left) != 0)
        return Error{Code::internal, std::string("zstd: ") + ZSTD_getErrorName(left), from.string(), ""};
      MTC_TRY(write_all(out.get(), {packed.data(), output.pos}, to));
    }
    if (got == 0) return {};
  }
}

}  // namespace mtc::cache_http
