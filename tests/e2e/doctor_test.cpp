// SPDX-License-Identifier: Apache-2.0
//
// mtc doctor finds what is broken here, says what to do, and ends with 7 only when nothing can run.
#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"
#include "tests/support/cache_server.hpp"

namespace mtc::test {
namespace {

using testing::HasSubstr;

/// The check of `group` whose name begins with `name`; fails the test when there is none.
Json check_of(const Json& report, const std::string& group, const std::string& name) {
  for (const auto& check : report.value("checks", Json::array())) {
    if (check["group"] == group && check["name"].get<std::string>().starts_with(name)) return check;
  }
  ADD_FAILURE() << "no check " << group << " " << name << " in " << report.dump(2);
  return {};
}

Json examine(Sandbox& box, const std::vector<std::string>& more, int exit_code) {
  std::vector<std::string> arguments{"doctor", "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto outcome = box.mtc(arguments);
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
  auto report = outcome.json();
  EXPECT_EQ(report["schema"], "mtc.doctor/1");
  EXPECT_EQ(report["usable"], exit_code == 0);
  return report;
}

TEST(Doctor, FindsAWholeInstallationUsable) {
  Sandbox box;
  const auto report = examine(box, {"--target", "cpu.portable"}, 0);
  EXPECT_EQ(check_of(report, "plugins", "mtc-worker")["status"], "ok");
  const auto cpu = check_of(report, "plugins", "cpu ");
  EXPECT_EQ(cpu["status"], "ok");
  EXPECT_THAT(cpu["text"].get<std::string>(), HasSubstr("cc"));
  EXPECT_EQ(check_of(report, "targets", "cpu.portable")["status"], "ok");
  EXPECT_THAT(check_of(report, "store", "folder")["text"].get<std::string>(),
              HasSubstr((box / "store").string()));
  EXPECT_EQ(check_of(report, "store", "locks")["status"], "ok");
  for (const char* name : {"CPU", "memory", "governor", "core dumps"}) check_of(report, "machine", name);
  EXPECT_TRUE(box.staging().empty());
}

TEST(Doctor, TellsPeopleTheSame) {
  Sandbox box;
  const auto outcome = box.mtc({"doctor"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, testing::ContainsRegex("ok +plugins +mtc-worker"));
  EXPECT_THAT(outcome.err, HasSubstr("mtc can work here"));
}

TEST(Doctor, NamesACompilerThatIsMissingAndHowToGetIt) {
  Sandbox box;
  std::filesystem::create_directory(box / "empty");
  box.set("PATH", (box / "empty").string());
  const auto needed = check_of(examine(box, {"--target", "cpu.portable"}, 7), "plugins", "cpu ");
  EXPECT_EQ(needed["status"], "missing");
  EXPECT_THAT(needed["text"].get<std::string>(), HasSubstr("cc"));
  EXPECT_THAT(needed["hint"].get<std::string>(), HasSubstr("apt install gcc"));
  EXPECT_EQ(check_of(examine(box, {}, 0), "plugins", "cpu ")["status"], "warn");  // Other plugins work.
}

TEST(Doctor, NamesALibraryThatIsMissingAndItsVariable) {
  Sandbox box;
  box.set("MTC_ONNXRUNTIME", "/nowhere/libonnxruntime.so.1");
  const auto report = examine(box, {}, 0);
  const auto check = check_of(report, "plugins", "onnxruntime");
  EXPECT_EQ(check["status"], "warn");
  EXPECT_THAT(check["hint"].get<std::string>(), HasSubstr("MTC_ONNXRUNTIME"));
  EXPECT_EQ(check_of(report, "targets", "onnxruntime")["status"], "warn");
  EXPECT_EQ(check_of(examine(box, {"--target", "onnxruntime"}, 7), "targets", "onnxruntime")["status"],
            "missing");
}

TEST(Doctor, KnowsTheReferenceBlas) {
  if (!has_plugin("quantize.so")) GTEST_SKIP() << "built without libtorch";
  Sandbox box;
  box.set("MTC_BLAS", box.write("blas/libblas.so.3", "any").string());
  const auto slow = check_of(examine(box, {}, 0), "machine", "BLAS");
  EXPECT_EQ(slow["status"], "warn");
  EXPECT_THAT(slow["hint"].get<std::string>(), HasSubstr("libopenblas0"));
  box.set("MTC_BLAS", box.write("openblas-pthread/libblas.so.3", "any").string());
  EXPECT_EQ(check_of(examine(box, {}, 0), "machine", "BLAS")["status"], "ok");
}

TEST(Doctor, FindsNothingUsableWithoutAStore) {
  Sandbox box;
  box.write("file", "mine");
  const auto folder =
      check_of(examine(box, {"--store", (box / "file/store").string()}, 7), "store", "folder");
  EXPECT_EQ(folder["status"], "missing");
  EXPECT_THAT(folder["hint"].get<std::string>(), HasSubstr("--store"));
}

TEST(Doctor, ListsRejectedPluginsAndUnknownTargets) {
  Sandbox box;
  box.write("more/garbage.so", "this is no ELF file");
  const auto rejected =
      check_of(examine(box, {"--plugin", (box / "more").string()}, 0), "plugins", "rejected");
  EXPECT_THAT(rejected["text"].get<std::string>(), HasSubstr("garbage.so"));
  const auto unknown = check_of(examine(box, {"--target", "cpu.portabel"}, 7), "targets", "cpu.portabel");
  EXPECT_THAT(unknown["hint"].get<std::string>(), HasSubstr("cpu.portable"));
}

TEST(Doctor, AsksTheRemoteCache) {
  Sandbox box;
  CacheServer server;
  EXPECT_EQ(check_of(examine(box, {"--remote", server.url()}, 0), "remote", "http")["status"], "ok");
  const auto silent = check_of(examine(box, {"--remote", "http://127.0.0.1:1"}, 0), "remote", "http");
  EXPECT_EQ(silent["status"], "warn");
  EXPECT_THAT(silent["text"].get<std::string>(), HasSubstr("connect"));
}

}  // namespace
}  // namespace mtc::test
