// SPDX-License-Identifier: Apache-2.0
//
// Every mistake in a pipeline file, with the line and column at which it is reported and what to do.
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "core/config/pipeline_file.hpp"

namespace mtc::config {
namespace {

constexpr const char* kStage = "[stage.s]\nuses = \"x\"\n";

struct Mistake {
  const char* name;
  std::string text;
  const char* place;
  const char* message;
  const char* hint;
};

class PipelineErrorTest : public testing::TestWithParam<Mistake> {};

TEST_P(PipelineErrorTest, IsReportedAtItsPlace) {
  const auto file = parse_pipeline(GetParam().text, "p.toml", "/d", {});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::invalid_argument);
  EXPECT_EQ(file.error().where, std::string("p.toml:") + GetParam().place);
  EXPECT_EQ(file.error().message, GetParam().message);
  EXPECT_EQ(file.error().hint, GetParam().hint);
}

std::string file_with(const std::string& text) { return "mtc = 1\n" + text + kStage; }
std::string stage_with(const std::string& text) { return std::string("mtc = 1\n") + kStage + text; }
std::string data_with(const std::string& text) {
  return file_with("[data.d]\nformat = \"npy\"\ninputs = \"a.npy\"\n" + text);
}

INSTANTIATE_TEST_SUITE_P(
    OfTheFile, PipelineErrorTest,
    testing::Values(Mistake{"Empty", "# nothing\n", "1:1", "the file is empty",
                            "begin with mtc = 1 and a [stage.NAME]"},
                    Mistake{"NoFormat", kStage, "1:1", "mtc = 1 is missing: this is not a pipeline file",
                            "begin the file with mtc = 1"},
                    Mistake{"NewFormat", "mtc = 2\n", "1:1", "the file has format 2; this mtc reads format 1",
                            "use mtc = 1, or the mtc that the file was written for"},
                    Mistake{"FormatType", "mtc = \"1\"\n", "1:1", "mtc must be an integer, but is a string",
                            "write an integer here"},
                    Mistake{"UnknownSection", file_with("[stages.x]\n"), "2:2", "unknown key stages",
                            "did you mean \"stage\"?"},
                    Mistake{"NoStage", "mtc = 1\n[model]\npath = \"a\"\n", "1:1", "there is no stage",
                            "add [stage.NAME] with uses = \"KIND.NAME\""},
                    Mistake{"StageList", "mtc = 1\nstage = 3\n", "2:1",
                            "stage must be a table, but is an integer", "write [stage.NAME]"},
                    Mistake{"ProfileKey", stage_with("[profile.q]\nstagee.s.skip = true\n"), "5:1",
                            "unknown key profile.q.stagee", "did you mean \"stage\"?"}),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OfAModel, PipelineErrorTest,
    testing::Values(
        Mistake{"NoPath", file_with("[model]\n"), "2:2", "model.path is missing", "add path = …"},
        Mistake{"EmptyPath", file_with("[model]\npath = \"\"\n"), "3:1", "model.path is empty",
                "give it a value"},
        Mistake{"PathType", file_with("[model]\npath = 3\n"), "3:1",
                "model.path must be a string, but is an integer", "write a string here"},
        Mistake{"UnknownKey", file_with("[model.a]\npth = \"x\"\n"), "3:1", "unknown key model.a.pth",
                "did you mean \"path\"?"},
        Mistake{"StrayKey", file_with("[model]\npaht = \"x\"\n"), "3:1", "unknown key model.paht",
                "the keys of [model] are: path"},
        Mistake{"Name", file_with("[model.\"a b\"]\npath = \"x\"\n"), "2:8",
                "the model \"a b\" is not a name", "use letters, digits, _ and -"},
        Mistake{"Variable", file_with("[model]\npath = \"${MTC_NOT_SET_BY_ANYONE}/x\"\n"), "3:1",
                "the environment variable MTC_NOT_SET_BY_ANYONE is not set",
                "set MTC_NOT_SET_BY_ANYONE, or write ${MTC_NOT_SET_BY_ANYONE:-default}"},
        Mistake{"NameOfADataset",
                file_with("[model.a]\npath = \"x\"\n[data.a]\nformat = \"npy\"\ninputs = \"x.npy\"\n"), "4:7",
                "\"a\" is the name of a model and of a dataset", "rename one of them"}),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OfADataset, PipelineErrorTest,
    testing::Values(
        Mistake{"NoOrigin", file_with("[data.d]\nformat = \"npy\"\n"), "2:7", "data.d.inputs is missing",
                "add inputs = …, from = \"DATASET\" or stage = \"STAGE.OUTPUT\""},
        Mistake{"TwoOrigins", data_with("from = \"x\"\n"), "4:1",
                "data.d.inputs and data.d.from exclude each other",
                "keep the one that says where the samples come from"},
        Mistake{"NoFormat", file_with("[data.d]\ninputs = \"a.npy\"\n"), "2:7", "data.d.format is missing",
                "add format = …"},
        Mistake{"Format", file_with("[data.d]\nformat = \"npz\"\ninputs = \"a\"\n"), "3:1",
                "data.d.format is \"npz\"", "did you mean \"npy\"?"},
        Mistake{"UnknownKey", data_with("lables = \"l.npy\"\n"), "5:1", "unknown key data.d.lables",
                "did you mean \"labels\"?"},
        Mistake{"InputsType", file_with("[data.d]\nformat = \"npy\"\ninputs = [\"a\",\n 3]\n"), "5:2",
                "data.d.inputs item must be a string, but is an integer", "write a string here"},
        Mistake{"NoInputs", file_with("[data.d]\nformat = \"npy\"\ninputs = []\n"), "4:1",
                "data.d.inputs is an empty list", "name a file or folder"},
        Mistake{"Take", data_with("take = 0\n"), "5:1", "data.d.take is 0", "use 1 or more"},
        Mistake{"Skip", data_with("skip = -1\n"), "5:1", "data.d.skip is -1", "use 0 or more"},
        Mistake{"SeedType", data_with("seed = 1.5\n"), "5:1",
                "data.d.seed must be an integer, but is a float", "write an integer here"},
        Mistake{"Classes", data_with("classes = -2\n"), "5:1", "data.d.classes is -2", "use 0 or more"},
        Mistake{"ResizeOfArrays", data_with("preprocess = { resize = 2 }\n"), "5:16",
                "data.d.preprocess.resize does not apply to arrays",
                "remove it, or read pictures with format = \"images\""},
        Mistake{"ViewKey", file_with("[data.d]\nfrom = \"d\"\nclasses = 3\n"), "4:1",
                "data.d.classes does not go with from", "a view takes from, skip, take and seed"},
        Mistake{"ViewOfNothing", data_with("[data.v]\nfrom = \"e\"\n"), "5:7",
                "data.v.from names \"e\", which is no dataset", "use one of: d"},
        Mistake{"ViewOfItself", file_with("[data.a]\nfrom = \"b\"\n[data.b]\nfrom = \"a\"\n"), "2:7",
                "data.a is made from itself", "let one of the views name a source"},
        Mistake{"StageWithLabels", file_with("[data.d]\nstage = \"a.b\"\nlabels = \"x\"\n"), "4:1",
                "data.d.labels does not go with stage", "a stage's folder holds images and labels"},
        Mistake{"StageWithImages", file_with("[data.d]\nstage = \"a.b\"\nformat = \"images\"\n"), "4:1",
                "data.d.format is \"images\", but a stage makes arrays", "use format = \"npy\""}),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OfAStage, PipelineErrorTest,
    testing::Values(
        Mistake{"NoUses", "mtc = 1\n[stage.s]\nmodel = \"m\"\n", "2:8", "stage.s.uses is missing",
                "add uses = \"KIND.NAME\"; mtc plugin list shows the stages"},
        Mistake{"MisspeltUses", "mtc = 1\n[stage.s]\nuse = \"m\"\n", "2:8", "stage.s.uses is missing",
                "did you mean \"uses\" by \"use\"?"},
        Mistake{"UsesType", "mtc = 1\n[stage.s]\nuses = 3\n", "3:1",
                "stage.s.uses must be a string, but is an integer", "write a string here"},
        Mistake{"With", stage_with("with = 3\n"), "4:1", "stage.s.with must be a table, but is an integer",
                "write with = { NAME = VALUE }"},
        Mistake{"MisspeltWith", stage_with("wiht = { a = 1 }\n"), "4:1", "unknown key stage.s.wiht",
                "did you mean \"with\"?"},
        Mistake{"ParamTable", stage_with("with = { a = { b = 1 } }\n"), "4:10",
                "stage.s.with.a must be a value or a list of values, but is a table",
                "write a value or a list of values here"},
        Mistake{"MatrixKey", stage_with("matrix.targt = [\"a\"]\n"), "4:8",
                "unknown key stage.s.matrix.targt", "did you mean \"target\"?"},
        Mistake{"AxisType", stage_with("matrix.target = \"a\"\n"), "4:8",
                "stage.s.matrix.target must be a list of values, but is a string",
                "write a list of values here"},
        Mistake{"EmptyAxis", stage_with("matrix.with.a = []\n"), "4:13",
                "stage.s.matrix.with.a is an empty list", "give it a value or remove it"},
        Mistake{"AxisTwice", stage_with("matrix.with.a = [1, 2, 1]\n"), "4:24",
                "stage.s.matrix.with.a holds 1 twice", "remove one of them"},
        Mistake{"AxisAndValue", stage_with("with.a = 1\nmatrix.with.a = [1]\n"), "5:13",
                "stage.s.with.a is given both as a value and as an axis of matrix", "keep one of them"},
        Mistake{"TargetTwice", stage_with("target = \"a\"\nmatrix.target = [\"b\"]\n"), "5:8",
                "stage.s.target is given both as a value and as an axis of matrix", "keep one of them"},
        Mistake{"InputType", stage_with("model = 3\n"), "4:1",
                "stage.s.model must be a string or a list of strings, but is an integer",
                "inputs are names in quotes; parameters belong in [stage.s.with]"},
        Mistake{"ParameterOutsideWith", stage_with("levels = [1, 2]\n"), "4:11",
                "stage.s.levels item must be a string, but is an integer",
                "inputs are names in quotes; parameters belong in [stage.s.with]"},
        Mistake{"EmptyInput", stage_with("model = \"\"\n"), "4:1", "stage.s.model is empty",
                "give it a value"},
        Mistake{"GateType", stage_with("gate = [1]\n"), "4:9",
                "stage.s.gate item must be a string, but is an integer", "write a string here"},
        Mistake{"SkipType", stage_with("skip = 1\n"), "4:1", "stage.s.skip must be a bool, but is an integer",
                "write a bool here"},
        Mistake{"Name", "mtc = 1\n[stage.\"a.b\"]\nuses = \"x\"\n", "2:8", "the stage \"a.b\" is not a name",
                "use letters, digits, _ and -"}),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace mtc::config
