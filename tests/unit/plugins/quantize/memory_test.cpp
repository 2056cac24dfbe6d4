// SPDX-License-Identifier: Apache-2.0
//
// Calibration streams: peak memory does not grow with the number of samples.
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "plugins/quantize/ptq.hpp"
#include "tests/unit/plugins/quantize/graph_builder.hpp"
#include "tests/unit/plugins/quantize/real_data.hpp"

namespace mtc::quantize {
namespace {

onnx::ModelProto network() {
  test::GraphBuilder builder;
  builder.input("x", {3, 16, 16})
      .output("y", {16, 16, 16})
      .random("w", {16, 3, 1, 1})
      .random("v", {16, 16, 1, 1});
  builder.node("Conv", {"x", "w"}, "a");
  builder.node("Relu", {"a"}, "b");
  builder.node("Conv", {"b", "v"}, "c");
  builder.node("Relu", {"c"}, "d");
  builder.node("Add", {"b", "d"}, "e");
  builder.node("Conv", {"e", "v"}, "y");
  return builder.model();
}

/// Samples that are made when they are read.
Samples endless(std::size_t count) {
  Samples samples{count, {3, 16, 16}, test::kFloat32, {}};
  samples.read = [](std::span<const std::uint64_t> indices, std::span<std::byte> out) -> Result<void> {
    const std::size_t size = out.size() / sizeof(float);
    for (std::size_t i = 0; i < size; ++i) {
      const auto value = static_cast<float>((indices[0] * 7919 + i * 104729) % 1000) * 0.004F - 2.0F;
      std::memcpy(out.data() + i * sizeof(float), &value, sizeof(float));
    }
    return {};
  };
  return samples;
}

std::size_t peak_kib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  std::size_t value = 0;
  while (status >> word) {
    if (word == "VmHWM:") status >> value;
  }
  return value;
}

/// Peak resident memory, in KiB, of a child process that calibrates on `count` samples.
std::size_t peak_of(std::size_t count) {
  int ends[2];
  if (pipe(ends) != 0) return 0;
  const pid_t child = fork();
  if (child == 0) {
    const bool done = static_cast<bool>(quantize(network(), endless(count), Options{}, test::go_on));
    const std::size_t peak = done ? peak_kib() : 0;
    const auto written = write(ends[1], &peak, sizeof peak);
    _exit(written == sizeof peak ? 0 : 1);
  }
  std::size_t peak = 0;
  const bool told = read(ends[0], &peak, sizeof peak) == sizeof peak;
  close(ends[0]);
  close(ends[1]);
  int status = 0;
  waitpid(child, &status, 0);
  return told ? peak : 0;
}

TEST(QuantizeMemory, DoesNotGrowWithTheNumberOfSamples) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "AddressSanitizer keeps freed memory";
#endif
  const std::size_t few = peak_of(500);
  const std::size_t many = peak_of(5000);
  ASSERT_GT(few, 0U);
  ASSERT_GT(many, 0U);
  EXPECT_LE(static_cast<double>(many), 1.1 * static_cast<double>(few));
}

}  // namespace
}  // namespace mtc::quantize
