// SPDX-License-Identifier: Apache-2.0
#include "plugins/bench/timings.hpp"

#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mtc/npy.hpp"
#include "plugins/bench/report.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::bench {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr mtc_dtype kInt64 = {MTC_KIND_INT, 64, 0};
constexpr const char* kIndex =
    R"({"batch": 4, "threads": 2, "warmup_runs": 7, "cpu_model": "C", "cpu_flags": ["avx2", "fma"],
        "artifact_bytes": 1234})";

/// Writes a timings folder and returns its path.
std::string write_timings(const test::TempDir& folder, const std::vector<std::int64_t>& stamps,
                          const std::string& index) {
  folder.write("t/timings.json", index);
  const std::string path = (folder / "t").string();
  const std::vector<std::int64_t> shape = {static_cast<std::int64_t>(stamps.size() / 2), 2};
  const auto saved = npy::save(path + "/timings.npy", kInt64, shape, std::as_bytes(std::span(stamps)));
  return saved ? path : std::string();
}

TEST(LoadTimings, GivesDurationsInTheOrderOfTheRuns) {
  const test::TempDir folder;
  const auto timings = load_timings(write_timings(folder, {10, 25, 30, 35, 40, 52}, kIndex));
  ASSERT_TRUE(timings) << timings.error().message;
  EXPECT_THAT(timings->durations_ns, ElementsAre(15, 5, 12));
  EXPECT_EQ(timings->batch, 4);
  EXPECT_EQ(timings->artifact_bytes, 1234);
  EXPECT_EQ(timings->cpu_flags, "avx2 fma");
}

TEST(LoadTimings, RefusesARunThatEndsBeforeItStarts) {
  const test::TempDir folder;
  const auto timings = load_timings(write_timings(folder, {10, 25, 30, 29}, kIndex));
  ASSERT_FALSE(timings);
  EXPECT_EQ(timings.error().code, Code::data_loss);
  EXPECT_THAT(timings.error().message, HasSubstr("run 1"));
}

TEST(LoadTimings, RefusesAMeasurementWithoutRuns) {
  const test::TempDir folder;
  const auto timings = load_timings(write_timings(folder, {}, kIndex));
  ASSERT_FALSE(timings);
  EXPECT_EQ(timings.error().code, Code::data_loss);
}

TEST(LoadTimings, NamesAMissingKey) {
  const test::TempDir folder;
  const auto timings = load_timings(write_timings(folder, {1, 2}, R"({"batch": 1})"));
  ASSERT_FALSE(timings);
  EXPECT_THAT(timings.error().message, HasSubstr("threads"));
}

TEST(LoadTimings, SaysThatAFolderHoldsNone) {
  const test::TempDir folder;
  const auto timings = load_timings(folder.path().string());
  ASSERT_FALSE(timings);
  EXPECT_EQ(timings.error().code, Code::not_found);
}

TEST(Report, GivesMillisecondsAndTheArtifactsBytes) {
  Timings timings;
  timings.durations_ns.assign(20, 2'500'000);
  timings.artifact_bytes = 1234;
  const Latency latency = summarize(timings.durations_ns, timings.batch);
  const json report = json::parse(report_text(latency, timings));
  EXPECT_EQ(report.at("metrics").at("latency_p50_ms"), 2.5);
  EXPECT_EQ(report.at("metrics").at("bytes"), 1234);
  EXPECT_EQ(report.at("p50_interval").at("low_ms"), 2.5);
  EXPECT_EQ(report.at("unstable"), false);
}

TEST(Report, HasNoIntervalForFewRuns) {
  Timings timings;
  timings.durations_ns = {1, 2};
  const json report = json::parse(report_text(summarize(timings.durations_ns, 1), timings));
  EXPECT_TRUE(report.at("p50_interval").is_null());
}

}  // namespace
}  // namespace mtc::bench
