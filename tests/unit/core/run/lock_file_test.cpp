// SPDX-License-Identifier: Apache-2.0
#include "core/run/lock_file.hpp"

#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::run {
namespace {

using testing::HasSubstr;

const Digest kOne = digest_of("1");
const Digest kTwo = digest_of("2");
const Digest kThree = digest_of("3");

LockFile small_lock() {
  LockFile lock;
  lock.schema = 1;
  lock.plugins["cpu"] = {"0.1.0", {{"linux-x86_64", kOne}, {"linux-aarch64", kTwo}}};
  lock.contents["model"]["models/a b.onnx"] = kThree;
  lock.contents["data"]["${D}/x.npy"] = kOne;
  return lock;
}

/// The state of one machine: plugin `cpu` in `version` with `digest`.
LockFile on_x86(const std::string& version, const Digest& digest) {
  LockFile now;
  now.schema = 1;
  now.plugins["cpu"] = {version, {{"linux-x86_64", digest}}};
  return now;
}

class LockFileTest : public testing::Test {
 protected:
  [[nodiscard]] Error error(const std::string& text) const {
    const auto lock = read_lock(dir_.write("mtc.lock", text));
    if (!lock) return lock.error();
    ADD_FAILURE() << "it is read";
    return {};
  }
  test::TempDir dir_;
};

TEST_F(LockFileTest, ReadsBackWhatItWrites) {
  const std::string text = lock_text(small_lock());
  const auto read = read_lock(dir_.write("mtc.lock", text));
  ASSERT_TRUE(read) << read.error().message << read.error().where;
  EXPECT_EQ(lock_text(*read), text);
  EXPECT_TRUE(drift_of(*read, small_lock()).empty());
}

TEST_F(LockFileTest, IsTomlForPeople) {
  const std::string text = lock_text(small_lock());
  EXPECT_EQ(text.front(), '#');
  EXPECT_THAT(
      text,
      HasSubstr("\nlock = 1\nschema = 1\n\n[plugin.cpu]\nversion = \"0.1.0\"\nsha256.linux-aarch64 = \"" +
                kTwo + "\"\nsha256.linux-x86_64 = \"" + kOne + "\"\n\n[model]\n\"models/a b.onnx\" = \"" +
                kThree + "\"\n\n[data]\n"));
}

TEST_F(LockFileTest, NamesOldAndNewDigest) {
  const auto drifts = drift_of(small_lock(), on_x86("0.1.0", kThree));
  ASSERT_EQ(drifts.size(), 1U);
  EXPECT_FALSE(drifts[0].is_new);
  EXPECT_EQ(describe(drifts[0]),
            "plugin cpu (linux-x86_64): 0.1.0 " + kOne.substr(0, 12) + " -> 0.1.0 " + kThree.substr(0, 12));
}

TEST_F(LockFileTest, AnotherVersionIsADrift) {
  const auto drifts = drift_of(small_lock(), on_x86("0.2.0", kThree));
  ASSERT_EQ(drifts.size(), 1U);
  EXPECT_THAT(describe(drifts[0]), HasSubstr(" -> 0.2.0 "));
}

TEST_F(LockFileTest, AMissingPlatformOrFileIsADrift) {
  LockFile now;
  now.schema = 1;
  now.plugins["cpu"] = {"0.1.0", {{"linux-riscv64", kOne}}};
  now.contents["model"]["b.onnx"] = kOne;
  const auto drifts = drift_of(small_lock(), now);
  ASSERT_EQ(drifts.size(), 2U);
  EXPECT_TRUE(drifts[0].is_new);
  EXPECT_THAT(describe(drifts[0]), HasSubstr("plugin cpu (linux-riscv64): not in the lock file -> 0.1.0 "));
  EXPECT_TRUE(drifts[1].is_new);
  EXPECT_EQ(drifts[1].kind, "model");
}

TEST_F(LockFileTest, WhatOtherPipelinesHaveIsNoDrift) {
  EXPECT_TRUE(drift_of(small_lock(), on_x86("0.1.0", kOne)).empty());
}

TEST_F(LockFileTest, AnotherSchemaEpochIsADrift) {
  auto now = on_x86("0.1.0", kOne);
  now.schema = 2;
  const auto drifts = drift_of(small_lock(), now);
  ASSERT_EQ(drifts.size(), 1U);
  EXPECT_EQ(describe(drifts[0]), "schema epoch: 1 -> 2");
}

TEST_F(LockFileTest, AcceptingKeepsOtherPlatformsOfTheSameVersion) {
  auto lock = small_lock();
  accept(lock, on_x86("0.1.0", kThree));
  EXPECT_EQ(lock.plugins["cpu"].sha256["linux-x86_64"], kThree);
  EXPECT_EQ(lock.plugins["cpu"].sha256["linux-aarch64"], kTwo);
  EXPECT_EQ(lock.contents["data"].size(), 1U);
}

TEST_F(LockFileTest, AcceptingAnotherVersionDropsThem) {
  auto lock = small_lock();
  accept(lock, on_x86("0.2.0", kThree));
  EXPECT_EQ(lock.plugins["cpu"].version, "0.2.0");
  EXPECT_EQ(lock.plugins["cpu"].sha256.size(), 1U);
}

TEST_F(LockFileTest, UpdatesOnlyWhenSomethingDiffers) {
  ASSERT_EQ(update_lock(dir_.path(), small_lock())->size(), 4U);
  const auto before = std::filesystem::last_write_time(dir_ / "mtc.lock");
  EXPECT_TRUE(update_lock(dir_.path(), on_x86("0.1.0", kOne))->empty());
  EXPECT_EQ(std::filesystem::last_write_time(dir_ / "mtc.lock"), before);
  EXPECT_EQ(update_lock(dir_.path(), on_x86("0.1.0", kTwo))->size(), 1U);
  EXPECT_EQ(read_lock(dir_ / "mtc.lock")->plugins["cpu"].sha256["linux-x86_64"], kTwo);
}

TEST_F(LockFileTest, LosesNothingWhenSeveralUpdateAtOnce) {
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      LockFile now;
      now.schema = 1;
      now.contents["model"][std::to_string(i)] = kOne;
      EXPECT_TRUE(update_lock(dir_.path(), now));
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(read_lock(dir_ / "mtc.lock")->contents["model"].size(), 8U);
}

TEST_F(LockFileTest, ADamagedFileIsNotReplaced) {
  dir_.write("mtc.lock", "lock = 1\n<<<<<<<\n");
  const auto updated = update_lock(dir_.path(), small_lock());
  ASSERT_FALSE(updated);
  EXPECT_THAT(updated.error().where, HasSubstr("mtc.lock:2:"));
  EXPECT_EQ(test::read_file(dir_ / "mtc.lock"), "lock = 1\n<<<<<<<\n");
}

TEST_F(LockFileTest, ErrorsHaveAPlace) {
  EXPECT_THAT(error("schema = 1\n").message, HasSubstr("lock is missing"));
  EXPECT_THAT(error("lock = 2\nschema = 1\n").message, HasSubstr("has format 2"));
  EXPECT_THAT(error("lock = 1\nschema = 1\n[model]\nx = \"12\"\n").where, HasSubstr("mtc.lock:4:1"));
  EXPECT_THAT(error("lock = 1\nschema = 1\n[plugins.a]\n").hint, HasSubstr("did you mean \"plugin\"?"));
  EXPECT_THAT(error("lock = 1\nschema = 1\nplugin = 3\n").message, HasSubstr("must be a table"));
  EXPECT_THAT(error("lock = 1\nschema = 1\nmodel = 3\n").message, HasSubstr("must be a table"));
}

}  // namespace
}  // namespace mtc::run
