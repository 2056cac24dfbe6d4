// SPDX-License-Identifier: Apache-2.0
//
// The small parts of core/host: process state, tensors, conversions, artifact.toml, /proc/cpuinfo.
#include <cmath>
#include <csignal>
#include <cstdint>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/host/artifact_file.hpp"
#include "core/host/batch.hpp"
#include "core/host/convert.hpp"
#include "core/host/machine.hpp"
#include "core/host/npy_writer.hpp"
#include "core/host/process_state.hpp"
#include "core/host/tensor.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::host {
namespace {

using testing::ElementsAre;

constexpr mtc_dtype kFloat{MTC_KIND_FLOAT, 32, 0};
constexpr mtc_dtype kInt8{MTC_KIND_INT, 8, 0};
constexpr mtc_dtype kInt4{MTC_KIND_INT, 4, 0};

TEST(ProcessStateTest, FindsNothingWhereNothingChanged) {
  EXPECT_TRUE(ProcessState::capture().restore().empty());
}

TEST(ProcessStateTest, RestoresFolderAndHandler) {
  const test::TempDir folder;
  const auto before = std::filesystem::current_path();
  const auto state = ProcessState::capture();
  std::filesystem::current_path(folder.path());
  std::signal(SIGUSR2, SIG_IGN);
  EXPECT_THAT(state.restore(), ElementsAre("working folder", "handler of SIGUSR2"));
  EXPECT_EQ(std::filesystem::current_path(), before);
  EXPECT_TRUE(state.restore().empty());
}

TEST(ProcessStateTest, IgnoresStickyFloatingPointFlags) {
  const auto state = ProcessState::capture();
  volatile double zero = 0.0;
  volatile double infinite = 1.0 / zero;  // raises a flag
  EXPECT_TRUE(std::isinf(infinite));
  EXPECT_TRUE(state.restore().empty());
}

TEST(TensorTest, IsAlignedAndNotANumber) {
  auto tensor = Tensor::make(kFloat, {2, 3}, "x");
  ASSERT_TRUE(tensor);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor->raw().data) % 64, 0U);
  EXPECT_EQ(tensor->raw().bytes, 24U);
  EXPECT_TRUE(std::isnan(*static_cast<const float*>(tensor->raw().data)));
}

TEST(TensorTest, PacksElementsUnderAByte) {
  EXPECT_EQ(*tensor_bytes(kInt4, std::vector<std::int64_t>{3, 3}, "x"), 5U);
}

TEST(TensorTest, RefusesShapesThatCannotBe) {
  EXPECT_FALSE(tensor_bytes(kFloat, std::vector<std::int64_t>{2, -1}, "x"));
  EXPECT_FALSE(tensor_bytes(kFloat, std::vector<std::int64_t>{1LL << 40, 1LL << 40}, "x"));
}

TEST(ConvertTest, RoundsHalfToEvenAndSaturates) {
  const Io io{"x", kInt8, {5}, 0.5, 1};
  const std::vector<float> values{0.25F, 0.75F, -0.25F, 1000, -1000};
  std::vector<std::byte> out(5);
  ASSERT_TRUE(from_float(io, values, out));
  const auto at = [&](std::size_t i) { return static_cast<int>(static_cast<std::int8_t>(out[i])); };
  EXPECT_EQ(at(0), 1);  // 0.5 → 0
  EXPECT_EQ(at(1), 3);  // 1.5 → 2
  EXPECT_EQ(at(2), 1);  // -0.5 → 0
  EXPECT_EQ(at(3), 127);
  EXPECT_EQ(at(4), -128);
}

TEST(ConvertTest, DequantizesAndWidens) {
  const std::vector<std::int8_t> q{3, -1};
  EXPECT_THAT(*to_float({"y", kInt8, {2}, 0.5, 1}, std::as_bytes(std::span(q))), ElementsAre(1.0F, -1.0F));
  const std::vector<std::int64_t> classes{7};
  EXPECT_THAT(*to_float({"y", {MTC_KIND_INT, 64, 0}, {1}, 0, 0}, std::as_bytes(std::span(classes))),
              ElementsAre(7.0F));
}

TEST(ConvertTest, RefusesTypesThatItDoesNotKnow) {
  const auto values = to_float({"y", {MTC_KIND_FLOAT, 16, MTC_FORMAT_BFLOAT}, {1}, 0, 0}, {});
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error().code, Code::unimplemented);
  EXPECT_EQ(values.error().where, "y");
}

TEST(BatchTest, IsTheFirstExtentOfTheFirstInput) {
  EXPECT_EQ(fixed_batch({{"x", kFloat, {-1, 3}, 0, 0}}), 0);
  EXPECT_EQ(fixed_batch({{"x", kFloat, {4, 3}, 0, 0}}), 4);
  EXPECT_EQ(*choose_batch({{"x", kFloat, {-1, 3}, 0, 0}}, 0, 32), 32);
  EXPECT_EQ(*choose_batch({{"x", kFloat, {1, 3}, 0, 0}}, 0, 32), 1);
  EXPECT_FALSE(choose_batch({{"x", kFloat, {1, 3}, 0, 0}}, 2, 32));
  EXPECT_FALSE(choose_batch({{"x", kFloat, {-1, 3}, 0, 0}}, -2, 32));
}

TEST(ArtifactFileTest, EscapesNamesAndReadsThemBack) {
  ArtifactInfo info;
  info.target = "t";
  info.properties = {{"entry", "a \"b\"\\\n.so"}};
  EXPECT_EQ(artifact_property(artifact_toml(info), "entry"), "a \"b\"\\\n.so");
  EXPECT_EQ(artifact_property(artifact_toml(info), "name"), "");
}

TEST(ArtifactFileTest, WritesWhatTomlAllows) {
  ArtifactInfo info;
  info.target = "t";
  info.inputs = {{"\xF0\x9F\x98\x80\x7f\x01", kFloat, {1}, 0, 0}};
  EXPECT_THAT(artifact_toml(info), HasSubstr("name = \"\xF0\x9F\x98\x80\\u007f\\u0001\""))
      << "TOML has no surrogates and no raw DEL";
}

TEST(ArtifactFileTest, CountsTheEntryOrAllFiles) {
  const test::TempDir folder;
  folder.write("a/model.bin", "12345");
  folder.write("a/source.c", "1234567890");
  EXPECT_EQ(*artifact_bytes((folder / "a").string()), 15U);
  folder.write("a/artifact.toml", "target = \"t\"\nentry = \"model.bin\"\n");
  EXPECT_EQ(*artifact_bytes((folder / "a").string()), 5U);
  EXPECT_EQ(*artifact_bytes((folder / "a/source.c").string()), 10U);
  EXPECT_FALSE(artifact_bytes((folder / "none").string()));
}

TEST(NpyWriterTest, MissesElementsThatDidNotCome) {
  const test::TempDir folder;
  auto writer = NpyWriter::create((folder / "a.npy").string(), {2, 2});
  ASSERT_TRUE(writer);
  writer->append(std::vector<float>{1, 2});
  EXPECT_FALSE(writer->finish());
}

TEST(MachineTest, ReadsModelAndFlags) {
  const Machine x86 =
      parse_cpuinfo("processor : 0\nmodel name\t: A CPU @ 3 GHz\nflags\t\t: fpu avx2\n\nmodel name : B\n");
  EXPECT_EQ(x86.cpu_model, "A CPU @ 3 GHz");
  EXPECT_THAT(x86.cpu_flags, ElementsAre("fpu", "avx2"));
  EXPECT_THAT(parse_cpuinfo("Features\t: fp asimd\n").cpu_flags, ElementsAre("fp", "asimd"));
}

}  // namespace
}  // namespace mtc::host
