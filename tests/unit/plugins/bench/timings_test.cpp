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

TEST(LoadTimings, ReadsTheOtherSideOfAComparison) {
  const test::TempDir folder;
  json index = json::parse(kIndex);
  index["compare"] = {{"summary", "exact integers"},
                      {"params", {{"integers", "saturating"}}},
                      {"cpu_has", {"avx2"}},
                      {"cpu_lacks", {"avx_vnni"}}};
  const std::string path = write_timings(folder, {10, 25}, index.dump());
  EXPECT_EQ(load_timings(path).error().code, Code::not_found) << "timings_compare.npy is not there";
  const std::vector<std::int64_t> stamps = {0, 4, 5, 11};
  ASSERT_TRUE(npy::save(path + "/timings_compare.npy", kInt64, std::vector<std::int64_t>{2, 2},
                        std::as_bytes(std::span(stamps))));
  const auto timings = load_timings(path);
  ASSERT_TRUE(timings) << timings.error().message;
  ASSERT_TRUE(timings->compare);
  EXPECT_THAT(timings->compare->durations_ns, ElementsAre(4, 6));
  EXPECT_EQ(timings->compare->summary, "exact integers");
  EXPECT_THAT(timings->compare->cpu_lacks, ElementsAre("avx_vnni"));
}

TEST(Report, GivesTheCostOfASettingAsARatioOfMedians) {
  Timings timings;
  timings.durations_ns.assign(20, 3'000'000);
  timings.compare = ComparedTimings{std::vector<std::int64_t>(20, 2'000'000),
                                    "exact integers",
                                    R"({"integers": "saturating"})",
                                    {"avx2"},
                                    {}};
  const json report = json::parse(report_text(summarize(timings.durations_ns, 1), timings));
  EXPECT_EQ(report.at("metrics").at("compare_p50_ms"), 2.0);
  EXPECT_EQ(report.at("metrics").at("compare_cost"), 1.5);
  EXPECT_EQ(report.at("compare").at("params").at("integers"), "saturating");
  EXPECT_EQ(report.at("compare").at("cpu_has"), json({"avx2"}));
}

TEST(Report, HasNoComparisonWhereNoneWasMeasured) {
  Timings timings;
  timings.durations_ns = {1, 2};
  const json report = json::parse(report_text(summarize(timings.durations_ns, 1), timings));
  EXPECT_FALSE(report.contains("compare"));
  EXPECT_FALSE(report.at("metrics").contains("compare_cost"));
}

TEST(Report, HasNoIntervalForFewRuns) {
  Timings timings;
  timings.durations_ns = {1, 2};
  const json report = json::parse(report_text(summarize(timings.durations_ns, 1), timings));
  EXPECT_TRUE(report.at("p50_interval").is_null());
}

}  // namespace
}  // namespace mtc::bench
