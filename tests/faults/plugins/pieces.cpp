// SPDX-License-Identifier: Apache-2.0
//
// Stages that write much, slowly enough to be met while they do, and whose bytes follow from their inputs.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "mtc/plugin.hpp"

namespace {

using mtc::Result;
using mtc::sdk::Host;

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::int64_t kFiles = 8;

mtc::Error write_error(int number, const std::string& path) {
  const bool full = number == ENOSPC || number == EDQUOT;
  return {full ? mtc::Code::resource_exhausted : mtc::Code::data_loss,
          std::string("cannot write: ") + std::strerror(number), path,
          full ? "free space" : "check the disk"};
}

/// splitmix64.
std::uint64_t next(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

/// FNV-1a of a file; a file that cannot be read is an empty one.
std::uint64_t digest(const std::string& path) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  std::ifstream stream(path, std::ios::binary);
  std::array<char, kPieceBytes> block{};
  while (stream.read(block.data(), block.size()) || stream.gcount() > 0) {
    for (std::streamsize i = 0; i < stream.gcount(); ++i)
      hash = (hash ^ static_cast<unsigned char>(block[static_cast<std::size_t>(i)])) * 0x100000001b3ULL;
  }
  return hash;
}

/// Bytes that follow from `state`, slowly.
struct Source {
  std::uint64_t state = 0;
  std::chrono::microseconds pace{0};
};

Result<void> write_pieces(const std::string& path, std::int64_t count, Source& source) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return write_error(errno, path);
  int failed = 0;
  std::array<std::uint64_t, kPieceBytes / sizeof(std::uint64_t)> piece{};
  for (std::int64_t i = 0; i < count && failed == 0; ++i) {
    for (auto& word : piece) word = next(source.state);
    const auto* rest = reinterpret_cast<const char*>(piece.data());
    for (std::size_t left = kPieceBytes; left > 0 && failed == 0;) {
      const ssize_t wrote = ::write(file, rest, left);
      if (wrote < 0 && errno != EINTR) failed = errno;
      if (wrote > 0) {
        rest += wrote;
        left -= static_cast<std::size_t>(wrote);
      }
    }
    if (source.pace.count() > 0) std::this_thread::sleep_for(source.pace);
  }
  if (::close(file) != 0 && failed == 0) failed = errno;
  if (failed != 0) return write_error(failed, path);
  return {};
}

Result<void> note(const std::string& ledger) {
  if (ledger.empty()) return {};
  const int file = ::open(ledger.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const bool noted = file >= 0 && ::write(file, "ran\n", 4) == 4;
  if (file >= 0) ::close(file);
  if (!noted) return write_error(errno, ledger);
  return {};
}

Result<void> wait_for(const Host& host, const std::string& gate) {
  while (!gate.empty() && ::access(gate.c_str(), F_OK) != 0) {
    MTC_TRY(host.check_cancelled());
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return {};
}

Result<void> pieces(Host& host) {
  MTC_ASSIGN(const std::string ledger, host.text("ledger"));
  MTC_TRY(note(ledger));
  MTC_ASSIGN(const std::string gate, host.text("wait_for"));
  MTC_ASSIGN(const std::int64_t count, host.integer("pieces"));
  MTC_ASSIGN(const std::int64_t seed, host.integer("seed"));
  MTC_ASSIGN(const std::int64_t linger_ms, host.integer("linger_ms"));
  MTC_ASSIGN(const std::int64_t pace_us, host.integer("pace_us"));
  Source source{static_cast<std::uint64_t>(seed) * 0x2545f4914f6cdd1dULL, std::chrono::microseconds(pace_us)};
  MTC_ASSIGN(const std::size_t inputs, host.input_count("from"));
  if (inputs > 0) {
    MTC_ASSIGN(const std::string from, host.input("from"));
    source.state ^= digest(from);
  }
  MTC_ASSIGN(const std::string large, host.output("large"));
  MTC_TRY(write_pieces(large, count, source));
  MTC_ASSIGN(const std::string parts, host.output("parts"));
  ::mkdir((parts + "/sub").c_str(), 0755);  // What fails here fails below.
  for (std::int64_t i = 0; i < kFiles; ++i) {
    const std::string name = parts + (i % 2 == 0 ? "/" : "/sub/") + "part" + std::to_string(i);
    MTC_TRY(write_pieces(name, (count + 4 * kFiles - 1) / (4 * kFiles), source));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(linger_ms));
  return wait_for(host, gate);
}

Result<void> scheme(Host& host) {
  MTC_ASSIGN(const std::string text, host.text("target.quant.scheme"));
  MTC_ASSIGN(const std::string path, host.output("text"));
  std::ofstream stream(path);
  stream << text << '\n' << std::flush;
  if (!stream) return write_error(EIO, path);
  return {};
}

Result<void> run(Host& host, std::string_view stage) {
  return stage == "convert.scheme" ? scheme(host) : pieces(host);
}

}  // namespace

MTC_STAGE_PLUGIN(run)
