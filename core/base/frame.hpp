// SPDX-License-Identifier: Apache-2.0
//
// Frames between driver and worker: uint32 little-endian length, then that many bytes of UTF-8 JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mtc/result.hpp"

namespace mtc {

inline constexpr std::uint32_t kMaxFrameBytes = 64U << 20U;

/// Writes one frame, waiting where the descriptor is non-blocking and full. Two threads must not write at
/// once. Errors: out_of_range over kMaxFrameBytes; aborted when the other side closed (no SIGPIPE on
/// sockets).
Result<void> write_frame(int descriptor, std::string_view text);

/// Takes frames apart from bytes that arrive in pieces; works with blocking and non-blocking descriptors.
///
///   while (true) {                       // when poll() says readable
///     MTC_ASSIGN(const auto state, reader.fill(fd));
///     while (true) { MTC_ASSIGN(auto text, reader.next()); if (!text) break; handle(*text); }
///     if (state == FrameReader::Fill::end) break;
///   }
class FrameReader {
 public:
  enum class Fill { data, would_block, end };

  /// Reads once. At the end of the stream with half a frame pending, after next() has given all whole frames,
  /// the error is data_loss from finish(). A connection reset counts as the end.
  Result<Fill> fill(int descriptor);
  /// Adds bytes that were read elsewhere.
  void feed(std::string_view bytes);
  /// The next whole frame, or nullopt. Errors: data_loss for a length over kMaxFrameBytes.
  Result<std::optional<std::string>> next();
  /// To be called at the end of the stream. Errors: data_loss when it ended inside a frame.
  [[nodiscard]] Result<void> finish() const;

 private:
  std::string pending_;
  std::size_t start_ = 0;  ///< What of pending_ was given out.
};

/// Blocks for the next frame through `reader`; nullopt at a clean end. Errors: data_loss (ended inside a
/// frame, too long).
Result<std::optional<std::string>> read_frame(int descriptor, FrameReader& reader);

}  // namespace mtc
