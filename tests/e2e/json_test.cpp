// SPDX-License-Identifier: Apache-2.0
//
// --json: every command prints one document that names its schema, also where it fails, and docs/cli.md lists
// it.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using testing::HasSubstr;

struct Asked {
  std::vector<std::string> words;
  const char* schema;
  int exit_code = 0;
};

const std::vector<Asked>& table() {
  static const std::vector<Asked> commands{
      {{}, "mtc.commands/1"},
      {{"--version"}, "mtc.version/1"},
      {{"run", "p.toml"}, "mtc.run/1"},
      {{"plan", "p.toml"}, "mtc.plan/1"},
      {{"explain", "init"}, "mtc.explain/1"},
      {{"logs"}, "mtc.logs/1"},
      {{"plugin", "list"}, "mtc.plugins/1"},
      {{"plugin", "info", "sparsify"}, "mtc.plugin/1"},
      {{"target", "list"}, "mtc.targets/1"},
      {{"target", "info", "cpu.portable"}, "mtc.target/1"},
      {{"doctor"}, "mtc.doctor/1"},
      {{"completion", "bash"}, "mtc.completion/1"},
      {{"train.init", "--width", "2", "-o", "model.onnx"}, "mtc.run/1"},
      {{"sparsify", "model.onnx"}, "mtc.run/1"},
      {{"sparsify", "model.onnx", "--emit-toml"}, "mtc.pipeline/1"},
      {{"compile", "model.onnx", "--target", "cpu.portable", "-o", "artifact"}, "mtc.run/1"},
      {{"bench", "artifact", "--min-seconds", "0", "--min-runs", "1"}, "mtc.run/1"},
      {{"deploy", "model.onnx", "--float", "--target", "cpu.portable"}, "mtc.run/1"},
      {{"cache", "stats"}, "mtc.cache.stats/1"},
      {{"cache", "ls"}, "mtc.cache.list/1"},
      {{"cache", "verify"}, "mtc.cache.verify/1"},
      {{"cache", "gc"}, "mtc.cache.gc/1"},
      {{"run", "nowhere.toml"}, "mtc.error/1", 2},
      {{"run"}, "mtc.error/1", 2},
      {{"rnu"}, "mtc.error/1", 2},
      {{"plan", "p.toml", "--exit-kode"}, "mtc.error/1", 2},
      {{"plan", "bad.toml"}, "mtc.error/1", 2},
      {{"quantize", "nothing.onnx"}, "mtc.error/1", 2},
      {{"sparsify", "model.onnx"}, "mtc.error/1", 2},  // The output exists.
      {{"deploy", "nothing.onnx"}, "mtc.error/1", 2},
      {{"data.decode"}, "mtc.error/1", 2},  // A stage without a verb.
      {{"target", "info", "cpu.portabel"}, "mtc.error/1", 2},
      {{"plugin", "info", "sparsfy"}, "mtc.error/1", 2},
      {{"cache", "show", "0123456789abcdef"}, "mtc.error/1", 2},
      {{"cache", "ls", "--store", "p.toml/store"}, "mtc.error/1", 7},
      {{"config", "show"}, "mtc.config/1"},
      {{"lock", "p.toml"}, "mtc.lock/1"},
      {{"cache", "clear"}, "mtc.cache/1"},
  };
  return commands;
}

std::string text_of(const std::vector<std::string>& words) {
  std::string text = "mtc";
  for (const auto& word : words) text += " " + word;
  return text;
}

/// Runs `words` with --json and returns the document.
Json ask(Sandbox& box, std::vector<std::string> words, int exit_code) {
  SCOPED_TRACE(text_of(words));
  words.emplace_back("--json");
  const auto outcome = box.mtc(words);
  if (exit_code >= 0) {
    EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
  }
  auto document = outcome.json();
  if (document.is_object() && document.value("schema", "") == "mtc.error/1") {
    EXPECT_EQ(document.value("exit_code", -1), outcome.exit_code);
    for (const char* key : {"code", "message", "where", "hint"})
      EXPECT_TRUE(document["error"].contains(key)) << key;
    EXPECT_THAT(outcome.err, HasSubstr(document["error"].value("message", "?")));
  }
  return document;
}

void fill(Sandbox& box) {
  box.write("p.toml", "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n");
  box.write("bad.toml", "mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { widht = 2 }\n");
}

std::string documentation() {
  std::ifstream file(MTC_SOURCE_DIR "/docs/cli.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(JsonOutput, OfEveryCommandIsOneDocumentOfItsSchema) {
  Sandbox box;
  fill(box);
  for (const auto& asked : table()) {
    const auto document = ask(box, asked.words, asked.exit_code);
    EXPECT_EQ(document.is_object() ? document.value("schema", "") : "", asked.schema) << text_of(asked.words);
  }
}

TEST(JsonOutput, OfACommandWithoutItsArgumentsIsOneDocumentToo) {
  Sandbox box;
  fill(box);
  const auto commands = ask(box, {}, 0);
  ASSERT_GT(commands["commands"].size(), 10U);
  const std::string docs = documentation();
  for (const auto& command : commands["commands"]) {
    std::vector<std::string> words;
    std::istringstream stream(command["name"].get<std::string>());
    for (std::string word; stream >> word;) words.push_back(word);
    const auto schema = ask(box, words, -1).value("schema", "");
    EXPECT_THAT(schema, testing::ContainsRegex("^mtc\\..*/[0-9]+$")) << text_of(words);
    EXPECT_THAT(docs, HasSubstr("`" + schema + "`")) << text_of(words);
  }
}

TEST(JsonOutput, MayBeAskedForBeforeTheCommand) {
  Sandbox box;
  fill(box);
  const auto outcome = box.mtc({"--json", "--store", (box / "other").string(), "plan", "p.toml"});
  EXPECT_EQ(outcome.json()["schema"], "mtc.plan/1");
  EXPECT_TRUE(std::filesystem::exists(box / "other"));
}

TEST(JsonOutput, OfAMistakeHasItsPlaceAndItsHint) {
  Sandbox box;
  fill(box);
  const auto error = ask(box, {"plan", "bad.toml"}, 2)["error"];
  EXPECT_EQ(error["code"], "not_found");
  EXPECT_THAT(error["where"].get<std::string>(), HasSubstr("bad.toml:4:10"));
  EXPECT_THAT(error["hint"].get<std::string>(), HasSubstr("width"));
}

TEST(JsonSchemas, AreAllListedInTheDocs) {
  const std::string docs = documentation();
  static const std::regex kSchema("\"(mtc\\.[a-z._]+/[0-9]+)\"");
  std::set<std::string> schemas;
  for (const char* folder : {"/cli/mtc", "/core/run"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::string(MTC_SOURCE_DIR) + folder)) {
      std::ifstream file(entry.path());
      for (std::string line; std::getline(file, line);) {
        for (std::sregex_iterator at(line.begin(), line.end(), kSchema), end; at != end; ++at)
          schemas.insert((*at)[1]);
      }
    }
  }
  EXPECT_GT(schemas.size(), 15U);
  for (const auto& schema : schemas) EXPECT_THAT(docs, HasSubstr("`" + schema + "`"));
}

}  // namespace
}  // namespace mtc::test
