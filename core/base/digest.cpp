// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 by OpenSSL's EVP interface, which uses the CPU's SHA instructions where it has them.
#include "core/base/digest.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <vector>

#include <openssl/evp.h>

#include "core/base/fd.hpp"
#include "core/base/file_system.hpp"

namespace mtc {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr std::size_t kDigestBytes = 32;

std::string hex(std::span<const unsigned char> bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 15U]);
  }
  return text;
}

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

struct Hasher::State {
  std::unique_ptr<EVP_MD_CTX, ContextDeleter> context{EVP_MD_CTX_new()};
};

// OpenSSL fails here only for want of memory: the same exception as any other allocation.
Hasher::Hasher() : state_(std::make_unique<State>()) {
  if (!state_->context || EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::string_view bytes) {
  if (EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1) throw std::bad_alloc();
}

Digest Hasher::finish() {
  std::array<unsigned char, kDigestBytes> bytes{};
  if (EVP_DigestFinal_ex(state_->context.get(), bytes.data(), nullptr) != 1) throw std::bad_alloc();
  return hex(bytes);
}

Digest digest_of(std::string_view bytes) {
  Hasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}

Result<Digest> digest_of_descriptor(int descriptor, const std::filesystem::path& name) {
  Hasher hasher;
  std::vector<char> block(kBlockBytes);
  while (true) {
    const ssize_t got = ::read(descriptor, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      Error error = errno_error(errno, "cannot read", name);
      if (errno == EIO) error.code = Code::data_loss;
      return error;
    }
    if (got == 0) return hasher.finish();
    hasher.update({block.data(), static_cast<std::size_t>(got)});
  }
}

Result<Digest> digest_of_file(const std::filesystem::path& file) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error(errno, "cannot open", file);
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);  // A hint; reading works without it.
  return digest_of_descriptor(fd.get(), file);
}

bool is_digest(std::string_view text) {
  return text.size() == kDigestBytes * 2 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace mtc
