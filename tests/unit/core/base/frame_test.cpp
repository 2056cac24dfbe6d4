// SPDX-License-Identifier: Apache-2.0
#include "core/base/frame.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include <gtest/gtest.h>

#include "core/base/process.hpp"

namespace mtc {
namespace {

class FrameTest : public testing::Test {
 protected:
  void SetUp() override {
    auto ends = socket_pair();
    ASSERT_TRUE(ends);
    left_ = std::move(ends->first);
    right_ = std::move(ends->second);
  }
  Fd left_;
  Fd right_;
  FrameReader reader_;
};

TEST_F(FrameTest, OnTheWireIsALittleEndianLengthThenTheText) {
  ASSERT_TRUE(write_frame(left_.get(), "{\"a\":1}"));
  char bytes[16] = {};
  ASSERT_EQ(::read(right_.get(), bytes, sizeof bytes), 11);
  EXPECT_EQ(std::string(bytes, 11), std::string("\x07\0\0\0{\"a\":1}", 11));
}

TEST_F(FrameTest, FramesArriveInOrderAndEndCleanly) {
  ASSERT_TRUE(write_frame(left_.get(), "one"));
  ASSERT_TRUE(write_frame(left_.get(), ""));
  ASSERT_TRUE(write_frame(left_.get(), "three"));
  left_.reset();
  for (const char* expected : {"one", "", "three"}) {
    const auto text = read_frame(right_.get(), reader_);
    ASSERT_TRUE(text && *text);
    EXPECT_EQ(**text, expected);
  }
  const auto end = read_frame(right_.get(), reader_);
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->has_value());
}

TEST_F(FrameTest, AFrameMayArriveByteByByte) {
  const std::string wire("\x02\0\0\0ok\x01\0\0\0!", 11);
  std::string seen;
  for (const char byte : wire) {
    reader_.feed({&byte, 1});
    const auto text = reader_.next();
    ASSERT_TRUE(text);
    if (*text) seen += **text + ";";
  }
  EXPECT_EQ(seen, "ok;!;");
  EXPECT_TRUE(reader_.finish());
}

TEST_F(FrameTest, LargerThanTheSocketBufferPassesBetweenNonBlockingEnds) {
  ASSERT_EQ(::fcntl(left_.get(), F_SETFL, O_NONBLOCK), 0);   // NOLINT: variadic by POSIX
  ASSERT_EQ(::fcntl(right_.get(), F_SETFL, O_NONBLOCK), 0);  // NOLINT: variadic by POSIX
  const std::string large(8U << 20U, 'x');
  std::thread writer([&] { EXPECT_TRUE(write_frame(left_.get(), large)); });
  const auto text = read_frame(right_.get(), reader_);
  writer.join();
  ASSERT_TRUE(text && *text);
  EXPECT_EQ(**text, large);
}

TEST_F(FrameTest, WithoutDataANonBlockingReaderSaysSo) {
  ASSERT_EQ(::fcntl(right_.get(), F_SETFL, O_NONBLOCK), 0);  // NOLINT: variadic by POSIX
  const auto state = reader_.fill(right_.get());
  ASSERT_TRUE(state);
  EXPECT_EQ(*state, FrameReader::Fill::would_block);
}

TEST_F(FrameTest, AnEndInsideAFrameIsDataLoss) {
  ASSERT_EQ(::write(left_.get(), "\x09\0\0\0half", 8), 8);
  left_.reset();
  const auto text = read_frame(right_.get(), reader_);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::data_loss);
}

TEST_F(FrameTest, ALengthOverTheLimitIsDataLoss) {
  reader_.feed(std::string_view("\xff\xff\xff\xff", 4));
  const auto text = reader_.next();
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::data_loss);
}

TEST_F(FrameTest, WritingToAClosedEndFailsInsteadOfKillingTheProcess) {
  right_.reset();
  const auto written = write_frame(left_.get(), "anyone?");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::aborted);
}

}  // namespace
}  // namespace mtc
