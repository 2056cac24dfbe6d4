// SPDX-License-Identifier: Apache-2.0
//
// What the driver finds before anything runs: exit code 2, the place in the file, what to do, an untouched
// store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using testing::HasSubstr;

struct Mistake {
  const char* name;
  const char* text;   ///< Follows "mtc = 1\n", so its first line is line 2.
  const char* place;  ///< line:column
  const char* message;
  const char* hint;
};

void PrintTo(const Mistake& mistake, std::ostream* stream) { *stream << mistake.name; }

const Mistake kMistakes[] = {
    {"Syntax", "[stage.init]\nuses = train.init\n", "3:10", "not valid TOML", "correct the syntax"},
    {"NoStage", "", "1:1", "there is no stage", "add [stage.NAME]"},
    {"UnknownParameter", "[stage.init]\nuses = \"train.init\"\nwith = { widht = 4 }\n", "4:10",
     "has no parameter 'widht'", "did you mean 'width'?"},
    {"ParameterType", "[stage.init]\nuses = \"train.init\"\nwith = { width = \"wide\" }\n", "4:10", "width",
     "use an integer"},
    {"OutOfRange", "[stage.init]\nuses = \"train.init\"\nwith = { width = 5000 }\n", "4:10", "width",
     "1..1024"},
    {"Choice",
     "[stage.init]\nuses = \"train.init\"\n[stage.p]\nuses = \"sparsify\"\nmodel = \"init.model\"\n"
     "with = { pattern = \"3:4\" }\n",
     "7:10", "pattern", "2:4"},
    {"UnknownStage", "[stage.init]\nuses = \"train.int\"\n", "3:1", "there is no stage \"train.int\"",
     "train.init"},
    {"UnknownReference",
     "[stage.init]\nuses = \"train.init\"\n[stage.p]\nuses = \"sparsify\"\nmodel = \"int.model\"\n", "6:1",
     "no model, dataset or stage is called 'int'", "did you mean 'init'?"},
    {"UnknownOutput",
     "[stage.init]\nuses = \"train.init\"\n[stage.p]\nuses = \"sparsify\"\nmodel = \"init.modle\"\n", "6:1",
     "has no output 'modle'", "did you mean 'model'?"},
    {"MissingInput", "[stage.p]\nuses = \"sparsify\"\n", "2:8", "has no 'model'", "add model"},
    {"MissingFile", "[model]\npath = \"gone.onnx\"\n[stage.p]\nuses = \"sparsify\"\n", "3:1",
     "does not exist", "check the path"},
    {"EmptyFile", "[model]\npath = \"empty.onnx\"\n[stage.p]\nuses = \"sparsify\"\n", "3:1", "is empty",
     "export it again"},
    {"Cycle",
     "[stage.a]\nuses = \"sparsify\"\nmodel = \"b.model\"\n[stage.b]\nuses = \"sparsify\"\nmodel = "
     "\"a.model\"\n",
     "2:8", "cycle: a -> b -> a", "break the cycle"},
    {"UnknownTarget",
     "[stage.init]\nuses = \"train.init\"\n[stage.b]\nuses = \"compile\"\nmodel = \"init.model\"\n"
     "target = \"cpu.portabel\"\n",
     "7:1", "there is no target \"cpu.portabel\"", "did you mean \"cpu.portable\"?"},
    {"AxisAndValue", "[stage.init]\nuses = \"train.init\"\nwith = { seed = 1 }\nmatrix.with.seed = [1, 2]\n",
     "5:13", "both as a value and as an axis", "keep one"},
    {"AxisOfTwoStages",
     "[stage.init]\nuses = \"train.init\"\nmatrix.with.seed = [1, 2]\n"
     "[stage.images]\nuses = \"data.generate\"\nmatrix.with.seed = [1, 2]\n"
     "[stage.p]\nuses = \"package\"\nartifact = \"b.artifact\"\nreport = \"s.report\"\n"
     "[stage.b]\nuses = \"compile\"\nmodel = \"init.model\"\ntarget = \"cpu.portable\"\n"
     "[stage.s]\nuses = \"sparsify\"\nmodel = \"j.model\"\n"
     "[stage.j]\nuses = \"train.init\"\nmatrix.with.seed = [1, 2]\n",
     "11:1", "axis 'seed' comes from two stages", "choose a variant"},
    {"WrongType",
     "[stage.init]\nuses = \"train.init\"\n[stage.p]\nuses = \"package\"\nartifact = \"init.model\"\n"
     "report = \"init.model\"\n",
     "7:1", "'init.model' is a model, but a report is wanted", ""},
    {"ParameterOutsideWith", "[stage.init]\nuses = \"train.init\"\nwidth = 4\n", "4:1",
     "stage.init.width must be a string", "parameters belong in [stage.init.with]"},
    {"TextParameterOutsideWith",
     "[stage.init]\nuses = \"train.init\"\n[stage.p]\nuses = \"sparsify\"\nmodel = \"init.model\"\n"
     "pattern = \"2:4\"\n",
     "7:1", "has no input 'pattern'", "parameters belong in [stage.p.with]"},
    {"ParameterTypeWithRange", "[stage.init]\nuses = \"train.init\"\nwith = { width = true }\n", "4:10",
     "width is true", "use an integer, 1..1024"},
    {"UnknownSection", "[stages.init]\nuses = \"train.init\"\n", "2:2", "unknown key", "stage"},
};

class DriverError : public testing::TestWithParam<Mistake> {};

TEST_P(DriverError, IsReportedWithItsPlaceAndLeavesTheStoreAsItWas) {
  const auto& mistake = GetParam();
  Sandbox box;
  box.write("empty.onnx", "");
  ASSERT_EQ(box.run("mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n").exit_code, 0);
  const auto before = box.stored();
  const auto outcome = box.run(std::string("mtc = 1\n") + mistake.text);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr(std::string("p.toml:") + mistake.place + "\n"));
  EXPECT_THAT(outcome.err, HasSubstr(mistake.message));
  if (*mistake.hint != '\0') {
    EXPECT_THAT(outcome.err, HasSubstr("hint: "));
    EXPECT_THAT(outcome.err, HasSubstr(mistake.hint));
  }
  EXPECT_EQ(outcome.json()["schema"], "mtc.error/1");
  EXPECT_EQ(box.stored(), before);
  EXPECT_TRUE(box.staging().empty());
}

INSTANTIATE_TEST_SUITE_P(Mistakes, DriverError, testing::ValuesIn(kMistakes),
                         [](const auto& each) { return each.param.name; });

TEST(DriverError, OfAnOverrideNamesTheOverride) {
  Sandbox box;
  const auto outcome =
      box.run("mtc = 1\n[stage.init]\nuses = \"train.init\"\n", {"-D", "stage.init.with.width=0"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("-D stage.init.with.width"));
  EXPECT_THAT(outcome.err, HasSubstr("1..1024"));
}

TEST(DriverError, OfAFolderForOutputsComesBeforeAnythingRuns) {
  Sandbox box;
  box.write("file", "mine");
  const auto outcome = box.run("mtc = 1\n[stage.init]\nuses = \"train.init\"\nwith = { width = 2 }\n",
                               {"--out", (box / "file/out").string()});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr((box / "file/out").string()));
  EXPECT_THAT(outcome.err, HasSubstr("file' is a file, not a folder"));
  EXPECT_THAT(outcome.err, HasSubstr("choose another folder with --out"));
  EXPECT_EQ(outcome.json()["error"]["code"], "invalid_argument");
  EXPECT_TRUE(box.stored().empty());
}

TEST(DriverError, OfAStoreThatCannotBeOpenedIsExitCodeSeven) {
  Sandbox box;
  box.write("file", "mine");
  box.set("MTC_STORE", (box / "file/store").string());
  for (const auto& command : {std::vector<std::string>{"run", "p.toml"}, {"plan", "p.toml"}, {"logs"}}) {
    box.write("p.toml", "mtc = 1\n[stage.init]\nuses = \"train.init\"\n");
    const auto outcome = box.mtc(command);
    EXPECT_EQ(outcome.exit_code, 7) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("the store '" + (box / "file/store").string() + "' cannot be opened"));
    EXPECT_THAT(outcome.err, HasSubstr("choose another folder with --store or MTC_STORE"));
  }
}

TEST(DriverError, OfAFolderThatIsNoStoreIsExitCodeTwo) {
  Sandbox box;
  box.write("other/layout", "somebody else's\n");
  const auto outcome = box.mtc({"logs", "--store", (box / "other").string()});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("not a store of mtc"));
}

TEST(DriverError, OfAMissingPipelineNamesTheFile) {
  Sandbox box;
  const auto outcome = box.mtc({"run", "nowhere.toml", "--json"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("nowhere.toml"));
  EXPECT_EQ(outcome.json()["error"]["code"], "not_found");
}

TEST(DriverError, OfAMissingPluginOfATargetIsExitCodeThree) {
  Sandbox box;
  const auto plugins = box / "plugins";
  box.write("plugins/lonely.target.toml",
            "mtc = 1\nid = \"lonely\"\nplugin = \"nobody\"\nsummary = \"Alone.\"\n");
  const auto outcome = box.run(
      "mtc = 1\n[stage.init]\nuses = \"train.init\"\n[stage.b]\nuses = \"compile\"\nmodel = \"init.model\"\n"
      "target = \"lonely\"\n",
      {"--plugin", plugins.string()});
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("nobody"));
  EXPECT_THAT(outcome.err, HasSubstr("MTC_PLUGIN_PATH"));
}

}  // namespace
}  // namespace mtc::test
