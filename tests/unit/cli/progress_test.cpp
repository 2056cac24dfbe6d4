// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/progress/progress.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/fd.hpp"

namespace mtc::cli {
namespace {

/// What comes on stderr until `wanted` did, while `body` lives.
std::string stderr_until(const std::string& wanted, const ProgressOptions& options) {
  std::array<int, 2> ends{-1, -1};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const Fd reader(ends[0]);
  Fd writer(ends[1]);
  std::fflush(stderr);
  const Fd saved(::dup(STDERR_FILENO));
  ::dup2(writer.get(), STDERR_FILENO);
  writer = Fd();
  std::string text;
  {
    Progress progress(options);
    progress.event({{"type", "worker.started"}, {"stage", "dense"}, {"kind", "stage"}});
    for (pollfd entry{reader.get(), POLLIN, 0};
         text.find(wanted) == std::string::npos && ::poll(&entry, 1, 30'000) > 0;) {
      std::array<char, 4096> bytes{};
      const auto count = ::read(reader.get(), bytes.data(), bytes.size());
      if (count <= 0) break;
      text.append(bytes.data(), static_cast<std::size_t>(count));
    }
  }
  std::fflush(stderr);
  ::dup2(saved.get(), STDERR_FILENO);
  return text;
}

TEST(ProgressTest, SaysFromTimeToTimeThatSomethingStillRuns) {
  const auto text = stderr_until("still running", {"plain", false, 0.05});
  EXPECT_THAT(text, testing::StartsWith("started     dense\nstill running: dense, 0 s, stage\n"));
}

}  // namespace
}  // namespace mtc::cli
