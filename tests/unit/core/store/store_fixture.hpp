// SPDX-License-Identifier: Apache-2.0
//
// A store in a private folder, a clock that stands where it is set, and shorthands for outputs.
#pragma once

#include <fcntl.h>

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/clock.hpp"
#include "core/base/file.hpp"
#include "core/store/store.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::store {

class FixedClock : public Clock {
 public:
  std::int64_t unix_ns = 0;
  [[nodiscard]] std::int64_t now_unix_ns() const override { return unix_ns; }
};

/// The real file system without the wait for the disk, which tests of what is found afterwards do not need.
class UnsyncedFileSystem : public FileSystem {
 public:
  int fsync(int /*descriptor*/) override { return 0; }
};

class StoreFixture : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path root() const { return folder_ / "store"; }

  Store open(const Clock* clock = nullptr, const std::string& boot = {}) {
    auto store = Store::open(root(), {&unsynced_, clock, boot});
    EXPECT_TRUE(store) << (store ? "" : store.error().message);
    return *std::move(store);
  }

  /// Writes a file, fast.
  static void write(const std::filesystem::path& file, const std::string& content) {
    const Fd fd(FileSystem::real().open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644));
    EXPECT_TRUE(fd && write_all(fd.get(), content, file));
  }

  /// Puts one output of one file into the store.
  static StoredOutput add_file(Store& store, const std::string& name, const std::string& content) {
    return add_files(store, name, {{name, content}}, name);
  }

  /// Puts the output `name` into the store, which lies at `path` after `files` were written to the staging
  /// folder.
  static StoredOutput add_files(Store& store, const std::string& name,
                                const std::vector<std::pair<std::string, std::string>>& files,
                                const std::string& path) {
    const auto staging = store.stage();
    EXPECT_TRUE(staging);
    for (const auto& [file, content] : files) {
      EXPECT_TRUE(make_directories((*staging / file).parent_path()));
      write(*staging / file, content);
    }
    const auto outputs = store.add(*staging, {{name, path}});
    EXPECT_TRUE(outputs) << (outputs ? "" : outputs.error().message);
    store.discard(*staging);
    return outputs ? outputs->front() : StoredOutput();
  }

  [[nodiscard]] std::filesystem::path blob(const Digest& digest) const {
    return root() / "cas" / digest.substr(0, 2) / digest;
  }
  [[nodiscard]] std::filesystem::path result(const Digest& key) const {
    return root() / "ac" / key.substr(0, 2) / key;
  }

  /// Overwrites a read-only file in place, as a failing disk or a careless root would.
  static void damage(const std::filesystem::path& file, const std::string& content) {
    std::filesystem::permissions(file, std::filesystem::perms::owner_write,
                                 std::filesystem::perm_options::add);
    const Fd fd(FileSystem::real().open(file.c_str(), O_WRONLY | O_TRUNC, 0));
    EXPECT_TRUE(fd);
    EXPECT_TRUE(write_all(fd.get(), content, file));
  }

  /// Regular files below root()/`part`.
  [[nodiscard]] std::size_t files_under(const std::string& part) const {
    std::size_t count = 0;
    if (!std::filesystem::exists(root() / part)) return 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root() / part))
      if (entry.is_regular_file()) ++count;
    return count;
  }

  test::TempDir folder_;
  UnsyncedFileSystem unsynced_;
};

}  // namespace mtc::store
