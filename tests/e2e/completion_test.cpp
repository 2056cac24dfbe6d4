// SPDX-License-Identifier: Apache-2.0
//
// Completion: what mtc answers, and what bash makes of it.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.hpp"
#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;

/// The candidates, without their help.
std::vector<std::string> candidates(Sandbox& box, const std::vector<std::string>& words) {
  std::vector<std::string> arguments{"__complete", "--"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  const auto outcome = box.mtc(arguments);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  std::vector<std::string> found;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) found.push_back(line.substr(0, line.find('\t')));
  return found;
}

TEST(Completion, OffersEveryCommand) {
  Sandbox box;
  std::vector<std::string> names{"help", "quantize", "bench"};
  const auto commands = box.mtc({"--json"}).json()["commands"];
  for (const auto& command : commands)
    names.push_back(split(command["name"].get<std::string>(), ' ').front());
  EXPECT_THAT(candidates(box, {""}), IsSupersetOf(std::set<std::string>(names.begin(), names.end())));
  EXPECT_THAT(candidates(box, {"ca"}), ElementsAre("cache"));
  EXPECT_THAT(candidates(box, {"cache", "g"}), ElementsAre("gc"));
  EXPECT_THAT(candidates(box, {"help", "cache", "st"}), ElementsAre("stats"));
  EXPECT_THAT(candidates(box, {"train.i"}), ElementsAre("train.init"));
}

TEST(Completion, OffersFlagsOfTheDriverAndOfThePlugin) {
  Sandbox box;
  EXPECT_THAT(candidates(box, {"run", "p.toml", "--keep"}), ElementsAre("--keep-going"));
  EXPECT_THAT(candidates(box, {"sparsify", "--p"}), IsSupersetOf({"--pattern", "--plugin"}));
  EXPECT_THAT(candidates(box, {"sparsify", "-"}), AllOf(Not(IsEmpty()), Each(StartsWith("-"))));
  EXPECT_THAT(candidates(box, {"run", "--", "--keep"}), ElementsAre(":files"));
}

TEST(Completion, OffersWhatAFlagCanBe) {
  Sandbox box;
  EXPECT_THAT(candidates(box, {"sparsify", "--pattern", "2"}), ElementsAre("2:4"));
  EXPECT_THAT(candidates(box, {"compile", "model.onnx", "--target", "cpu.p"}), ElementsAre("cpu.portable"));
  EXPECT_THAT(candidates(box, {"compile", "--target=cpu.p"}), ElementsAre("--target=cpu.portable"));
  EXPECT_THAT(candidates(box, {"compile", "--target", "=", "cpu.p"}), ElementsAre("cpu.portable"));
  EXPECT_THAT(candidates(box, {"run", "--out", ""}), ElementsAre(":folders"));
  EXPECT_THAT(candidates(box, {"run", ""}), ElementsAre(":files"));
  EXPECT_THAT(candidates(box, {"run", "--jobs", ""}), IsEmpty());
}

TEST(Completion, OffersPluginsTargetsShellsAndStages) {
  Sandbox box;
  EXPECT_THAT(candidates(box, {"plugin", "info", "spa"}), ElementsAre("sparsify"));
  EXPECT_THAT(candidates(box, {"target", "info", "cpu.port"}), ElementsAre("cpu.portable"));
  EXPECT_THAT(candidates(box, {"completion", ""}), ElementsAre("bash", "zsh", "fish"));
  EXPECT_THAT(candidates(box, {"logs", ""}), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(box / "store"));  // Looking makes no store.
  ASSERT_EQ(box.run("mtc = 1\n[stage.first]\nuses = \"train.init\"\nwith = { width = 2 }\n").exit_code, 0);
  EXPECT_THAT(candidates(box, {"logs", ""}), ElementsAre("first"));
}

TEST(Completion, OfAnUnfinishedPlaceIsSilent) {
  Sandbox box;
  EXPECT_THAT(candidates(box, {"no-such-command", ""}), ElementsAre(":files"));
  EXPECT_THAT(candidates(box, {"cache", "stats", "more", ""}), IsEmpty());
  EXPECT_EQ(box.mtc({"__complete"}).exit_code, 0);
}

/// What a shell program prints.
std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  std::array<char, 4096> bytes{};
  while (std::fgets(bytes.data(), static_cast<int>(bytes.size()), pipe) != nullptr) text += bytes.data();
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return text;
}

/// Loads the script into bash and lets it complete `words`, the last of which is being typed.
std::vector<std::string> complete_in_bash(const Sandbox& box, const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) line += " '" + word + "'";
  const auto script = box.write("complete.sh", "export PATH=" MTC_BUILD_DIR
                                               "/bin:$PATH\nsource <(mtc completion bash)\n"
                                               "complete -p mtc > registered\n"
                                               "COMP_WORDS=(mtc" +
                                                   line + ") COMP_CWORD=" + std::to_string(words.size()) +
                                                   "\n_mtc\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
  const auto text = output_of("cd " + box.path().string() + " && MTC_STORE=store bash " + script.string());
  return split(text.empty() ? text : text.substr(0, text.size() - 1), '\n');
}

TEST(CompletionInBash, CompletesCommandsFlagsValuesAndFiles) {
  Sandbox box;
  box.write("pipeline.toml", "");
  EXPECT_THAT(complete_in_bash(box, {"pl"}), testing::UnorderedElementsAre("plan", "plugin"));
  EXPECT_THAT(complete_in_bash(box, {"plan", "--exit"}), ElementsAre("--exit-code"));
  EXPECT_THAT(complete_in_bash(box, {"compile", "--target", "=", "cpu.po"}), ElementsAre("cpu.portable"));
  EXPECT_THAT(complete_in_bash(box, {"run", "pipel"}), ElementsAre("pipeline.toml"));
}

TEST(CompletionScripts, AreValidInTheirShells) {
  Sandbox box;
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const auto printed = box.mtc({"completion", shell});
    EXPECT_EQ(printed.exit_code, 0) << printed.err;
    const auto script = box.write(std::string("script.") + shell, printed.out);
    if (std::system((std::string("command -v ") + shell + " > /dev/null").c_str()) != 0) {
      std::printf("%s is not installed: its script was not checked\n", shell);
      continue;
    }
    EXPECT_EQ(std::system((std::string(shell) + " -n " + script.string()).c_str()), 0) << shell;
  }
  EXPECT_EQ(box.mtc({"completion", "tcsh"}).exit_code, 2);
}

}  // namespace
}  // namespace mtc::test
