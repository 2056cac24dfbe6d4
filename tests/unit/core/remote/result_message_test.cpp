// SPDX-License-Identifier: Apache-2.0
//
// The hand-written encoding against protobuf's own (protoc --encode and --decode with result_message.proto).
#include "core/remote/result_message.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc::remote {
namespace {

const Digest kOne(64, '1');
const Digest kTwo(64, '2');

/// What protoc makes of `input`; `mode` is --encode or --decode.
std::string protoc(const std::string& mode, const std::string& input) {
  const test::TempDir folder;
  folder.write("in", input);
  const std::string command = "protoc -I " MTC_SOURCE_DIR "/tests/unit/core/remote " + mode +
                              "=build.bazel.remote.execution.v2.ActionResult result_message.proto < " +
                              (folder / "in").string() + " > " + (folder / "out").string();
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  return test::read_file(folder / "out");
}

ResultMessage example() {
  return {{{"model", kOne, 5'000'000'000, false},
           {"tree/run.sh", kTwo, 300, true},
           {"tree/empty", kTwo, 0, false}},
          "{\"seconds\": 1.5}\n"};
}

std::string example_text() {
  return "output_files {\n  path: \"model\"\n  digest {\n    hash: \"" + kOne +
         "\"\n    size_bytes: 5000000000\n  }\n}\noutput_files {\n  path: \"tree/run.sh\"\n  digest {\n    "
         "hash: \"" +
         kTwo +
         "\"\n    size_bytes: 300\n  }\n  is_executable: true\n}\noutput_files {\n  path: \"tree/empty\"\n" +
         "  digest {\n    hash: \"" + kTwo + "\"\n  }\n}\nstdout_raw: \"{\\\"seconds\\\": 1.5}\\n\"\n";
}

TEST(ResultMessage, IsWhatProtobufReads) { EXPECT_EQ(protoc("--decode", encode(example())), example_text()); }

TEST(ResultMessage, IsByteForByteWhatProtobufWrites) {
  EXPECT_EQ(encode(example()), protoc("--encode", example_text()));
}

TEST(ResultMessage, ReadsWhatProtobufWritesAndSkipsOtherFields) {
  const auto decoded =
      decode(protoc("--encode", example_text() + "stderr_raw: \"noise\"\nstdout_digest { hash: \"x\" }"));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(*decoded, example());
}

TEST(ResultMessage, RefusesResultsOfFailures) {
  EXPECT_FALSE(decode(protoc("--encode", "exit_code: 1\n")));
  EXPECT_FALSE(decode(protoc("--encode", "exit_code: -1\n")));
}

TEST(ResultMessage, RefusesDigestsThatAreNone) {
  EXPECT_FALSE(
      decode(protoc("--encode", "output_files { path: \"a\" digest { hash: \"../../etc/passwd\" } }\n")));
  EXPECT_FALSE(decode(protoc("--encode", "output_files { path: \"a\" }\n")));
}

TEST(ResultMessage, SurvivesEveryTruncationAndEveryFlippedBit) {
  const std::string bytes = encode(example());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto decoded = decode(std::string_view(bytes).substr(0, length));
    if (decoded) {
      EXPECT_NE(*decoded, example());
    }
  }
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(static_cast<unsigned char>(flipped[bit / 8]) ^ (1U << (bit % 8)));
    static_cast<void>(decode(flipped));  // Any outcome but a crash, which the sanitizers would see.
  }
}

}  // namespace
}  // namespace mtc::remote
