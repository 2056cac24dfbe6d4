// SPDX-License-Identifier: Apache-2.0
//
// Machines with a store each, which share one remote cache through the real mtc-cache-http.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/file.hpp"
#include "core/remote/cache.hpp"
#include "tests/support/cache_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::remote {

inline constexpr const char* kDocument = "mtc-action 1\nkind stage\nname toy\n";
inline const Digest kKey = digest_of(kDocument);

/// A store, and its end of the cache.
class Machine {
 public:
  explicit Machine(const Options& options) {
    auto opened = Cache::open(options, store_);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    cache_ = *std::move(opened);
  }

  store::Store& store() { return store_; }
  Cache& cache() { return *cache_; }

  /// Publishes a result with a file "model" and a folder "tree" in the store, as a stage that ran.
  store::ActionResult make() {
    const auto staging = *store_.stage();
    std::filesystem::create_directories(staging / "tree/sub");
    EXPECT_TRUE(write_file_atomic(staging / "model", "the model's bytes"));
    EXPECT_TRUE(write_file_atomic(staging / "tree/run.sh", "#!/bin/sh\n", 0755));
    EXPECT_TRUE(write_file_atomic(staging / "tree/sub/same", "the model's bytes"));
    EXPECT_TRUE(write_file_atomic(staging / "tree/sub/empty", ""));
    store::ActionResult result;
    auto added = store_.add(staging, {{"model", "model"}, {"tree", "tree"}});
    EXPECT_TRUE(added) << (added ? "" : added.error().message);
    result.outputs = *added;
    result.metrics = {{"third", 1.0 / 3.0}, {"worst", -std::numeric_limits<double>::infinity()}};
    result.seconds = 0.1;
    EXPECT_TRUE(store_.publish(kDocument, result));
    store_.discard(staging);
    return result;
  }
  /// The same, and waits until it is uploaded, or until that has failed.
  store::ActionResult share() {
    const auto result = make();
    cache_->offer(kDocument, result);
    while (!cache_->wait(std::chrono::seconds(1))) continue;
    return result;
  }
  bool fetch() { return cache_->fetch(kDocument); }

  /// Files in cas/ and ac/.
  [[nodiscard]] std::size_t stored() const {
    std::size_t files = 0;
    for (const char* part : {"cas", "ac"}) {
      std::error_code absent;
      for (const auto& entry :
           std::filesystem::recursive_directory_iterator(folder_ / "store" / part, absent))
        if (entry.is_regular_file()) ++files;
    }
    return files;
  }
  /// Files that attempts left in tmp/.
  [[nodiscard]] std::size_t staged() const {
    std::size_t files = 0;
    for (const auto& session : std::filesystem::directory_iterator(folder_ / "store" / "tmp")) {
      if (!session.is_directory()) continue;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(session))
        files += entry.is_directory() ? 0U : 1U;
    }
    return files;
  }

 private:
  test::TempDir folder_;
  store::Store store_ = *store::Store::open(folder_ / "store");
  std::unique_ptr<Cache> cache_;
};

class CacheFixture : public testing::Test {
 protected:
  CacheFixture() {
    // mtc-cache-http is looked for beside the running program, which here is the test, and then in PATH.
    const char* path = std::getenv("PATH");
    ::setenv("PATH", (std::string(MTC_BUILD_DIR "/bin:") + (path == nullptr ? "" : path)).c_str(), 1);
    ::setenv("HOME", home_.path().c_str(), 1);
    options_.url = server_.url();
    options_.timeout_s = 5;
  }

  [[nodiscard]] std::string blob_path(const std::string& content) const {
    return "/cas/" + digest_of(content);
  }
  /// A fault of every GET of `path`.
  static test::CacheServer::Fault on_get(const std::string& path, test::HttpReply reply) {
    return [=](const test::HttpRequest& request, const test::HttpReply&) -> std::optional<test::HttpReply> {
      if (request.method != "GET" || request.path != path) return std::nullopt;
      return reply;
    };
  }

  test::TempDir home_;
  test::CacheServer server_;
  Options options_;
};

}  // namespace mtc::remote
