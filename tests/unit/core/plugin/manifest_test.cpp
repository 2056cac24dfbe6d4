// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/manifest.hpp"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/core/plugin/manifest_text.hpp"

namespace mtc::plugin {
namespace {

const Flags kReserved{"json", "reuse-records"};

TEST(ManifestTest, ReadsEverything) {
  const auto manifest = parse_manifest(kManifest, "plugin.toml", kReserved);
  ASSERT_TRUE(manifest) << manifest.error().where << manifest.error().message;
  EXPECT_EQ(manifest->id, "quantize");
  EXPECT_EQ(manifest->version, "0.1.0");
  EXPECT_EQ(manifest->summary, "Post-training quantization.");
  ASSERT_EQ(manifest->dependencies.size(), 2U);
  EXPECT_EQ(manifest->dependencies[0].name, "libtorch_cpu.so.1.13");
  EXPECT_FALSE(manifest->dependencies[0].tool);
  EXPECT_TRUE(manifest->dependencies[1].tool);
  ASSERT_EQ(manifest->stages.size(), 2U);
  EXPECT_EQ(manifest->stages[1].name, "quantize.dynamic");
  ASSERT_EQ(manifest->targets.size(), 1U);
  EXPECT_EQ(manifest->targets[0].params[0].action, "run");
  EXPECT_EQ(manifest->targets[0].params[1].action, "compile");
}

TEST(ManifestTest, ReadsWhatATargetsSettingCosts) {
  const auto manifest = parse_manifest(kManifest, "plugin.toml", {});
  ASSERT_TRUE(manifest);
  const TargetService& target = manifest->targets[0];
  EXPECT_EQ(target.numeric, std::vector<std::string>{"isa"});
  ASSERT_TRUE(target.compare);
  EXPECT_EQ(target.compare->name, "careful");
  EXPECT_EQ(target.compare->summary, "careful sums");
  EXPECT_EQ(target.compare->params, Json({{"threads", 8}}));
  EXPECT_EQ(target.compare->cpu_flags, (std::vector<std::string>{"avx2", "fma"}));
}

TEST(ManifestTest, ATargetThatSaysNothingDependsOnTheWholeNumericEnvironment) {
  const std::string head =
      "mtc = 1\nid = \"p\"\nversion = \"1\"\nsummary = \"S.\"\n[[target]]\nname = \"t\"\n";
  const auto silent = parse_manifest(head, "plugin.toml", {});
  ASSERT_TRUE(silent);
  EXPECT_EQ(silent->targets[0].numeric, (std::vector<std::string>{"isa", "torch", "blas"}));
  EXPECT_FALSE(silent->targets[0].compare);
  const auto none = parse_manifest(head + "numeric = []\n", "plugin.toml", {});
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->targets[0].numeric.empty());
}

TEST(ManifestTest, ReadsAStage) {
  const auto manifest = parse_manifest(kManifest, "plugin.toml", kReserved);
  ASSERT_TRUE(manifest);
  const Stage& stage = manifest->stages[0];
  EXPECT_EQ(stage.kind(), "quantize");
  EXPECT_TRUE(stage.is_default);
  EXPECT_EQ(stage.target_sections, (std::vector<std::string>{"quant", "ops"}));
  EXPECT_EQ(stage.numeric, (std::vector<std::string>{"isa", "threads"}));
  EXPECT_TRUE(stage.checkpoints);
  EXPECT_FALSE(manifest->stages[1].checkpoints);
  EXPECT_EQ(stage.metrics, (std::vector<std::string>{"sqnr_db"}));
  ASSERT_NE(stage.input("data"), nullptr);
  EXPECT_TRUE(stage.input("data")->optional);
  EXPECT_TRUE(stage.input("data")->many);
  EXPECT_TRUE(stage.input("data")->labels);
  EXPECT_EQ(stage.input("data")->metrics, stage.metrics);
  EXPECT_FALSE(stage.input("model")->labels);
  EXPECT_FALSE(stage.input("model")->optional);
  EXPECT_FALSE(stage.output("model")->folder());
  EXPECT_TRUE(stage.output("dump")->folder());
  EXPECT_EQ(stage.input("none"), nullptr);
  EXPECT_EQ(stage.param("none"), nullptr);
}

TEST(ManifestTest, ReadsParameters) {
  const auto manifest = parse_manifest(kManifest, "plugin.toml", kReserved);
  ASSERT_TRUE(manifest);
  const Stage& stage = manifest->stages[0];
  const Param& percentile = *stage.param("percentile");
  EXPECT_EQ(percentile.type, ParamType::number);
  EXPECT_EQ(percentile.min, 0.5);
  EXPECT_EQ(percentile.max, 1.0);
  EXPECT_TRUE(percentile.default_value.is_number_float());
  EXPECT_EQ(percentile.action, "stage");
  EXPECT_TRUE(percentile.affects_output);
  EXPECT_TRUE(stage.param("bias_scale")->default_value.is_number_float());  // Written 1.
  EXPECT_FALSE(stage.param("threads")->affects_output);
  EXPECT_EQ(stage.param("threads")->action, "predict");
  EXPECT_EQ(stage.param("keep_layers")->default_value, Json::array({"conv1"}));
  EXPECT_EQ(stage.param("keep_layers")->flag(), "keep-layers");
}

TEST(ManifestTest, EveryManifestOfTheProjectIsValid) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(MTC_SOURCE_DIR "/plugins")) {
    if (entry.path().filename() != "plugin.toml") continue;
    ++count;
    const auto manifest = parse_manifest(test::read_file(entry.path()), entry.path().string(), kReserved);
    EXPECT_TRUE(manifest) << manifest.error().where << ": " << manifest.error().message << "; "
                          << manifest.error().hint;
  }
  EXPECT_GT(count, 0U);
}

struct Mistake {
  const char* name;
  const char* text;  ///< Appended to a head of four lines.
  const char* place;
  const char* message;
};

constexpr const char* kHead = "mtc = 1\nid = \"p\"\nversion = \"1\"\nsummary = \"S.\"\n";
#define STAGE "[[stage]]\nname = \"train.a\"\nsummary = \"S.\"\n"
#define TARGET "[[target]]\nname = \"t\"\n"
#define COMPARE "[target.compare]\nname = \"c\"\nsummary = \"S.\"\n"
#define RUN_PARAM(action)                                                                                   \
  "[[target.param]]\nname = \"x\"\ntype = \"int\"\ndefault = 1\nmax = 8\nhelp = \"H.\"\naction = \"" action \
  "\"\n"
#define PARAM STAGE "[[stage.param]]\nname = \"x\"\nhelp = \"H.\"\n"

class ManifestErrorTest : public testing::TestWithParam<Mistake> {};

TEST_P(ManifestErrorTest, IsReportedAtItsPlace) {
  const auto manifest = parse_manifest(std::string(kHead) + GetParam().text, "plugin.toml", kReserved);
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code, Code::invalid_argument);
  EXPECT_EQ(manifest.error().where, std::string("plugin.toml:") + GetParam().place);
  EXPECT_EQ(manifest.error().message, GetParam().message);
  EXPECT_FALSE(manifest.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(
    OfThePlugin, ManifestErrorTest,
    testing::Values(
        Mistake{"Syntax", "x", "5:2",
                "not valid TOML: Error while parsing key-value pair: encountered end-of-file"},
        Mistake{"UnknownKey", "stges = 1\n", "5:1", "unknown key stges"},
        Mistake{"Nothing", "", "1:1", "the plugin \"p\" offers no stage and no target"},
        Mistake{"StageTable", "[stage]\nname = \"a.b\"\n", "5:2", "stage must be a list of tables"},
        Mistake{"LibraryKey", "[[library]]\nname = \"x\"\n", "6:1", "unknown key library.name"},
        Mistake{"LibraryPath", "[[library]]\nfile = \"/x\"\n", "6:1", "library.file \"/x\" is a path"},
        Mistake{"ToolTwice", "[[tool]]\nname = \"cc\"\n[[tool]]\nname = \"cc\"\n", "8:1",
                "the dependency \"cc\" is listed twice"},
        Mistake{"StageTwice", STAGE STAGE, "9:1", "the stage \"train.a\" is declared twice"},
        Mistake{"TwoDefaults",
                "[[stage]]\nname = \"train.a\"\nsummary = \"S.\"\ndefault = true\n"
                "[[stage]]\nname = \"train.b\"\nsummary = \"S.\"\ndefault = true\n",
                "12:1", "a second default stage of the kind \"train\""},
        Mistake{"TargetTwice", "[[target]]\nname = \"t\"\n[[target]]\nname = \"t\"\n", "8:1",
                "the target \"t\" is declared twice"},
        Mistake{"TargetName", "[[target]]\nname = \"a/b\"\n", "6:1",
                "target.name \"a/b\" is not a valid name"},
        Mistake{"TargetNumeric", TARGET "numeric = [\"cuda\"]\n", "7:1", "target.numeric holds \"cuda\""},
        Mistake{"CompareList", TARGET "compare = []\n", "7:1", "target.compare must be a table"},
        Mistake{"CompareWithout", TARGET COMPARE, "7:9", "target.compare.with is missing"},
        Mistake{"CompareNothing", TARGET COMPARE "with = {}\n", "10:1", "target.compare.with is empty"},
        Mistake{"CompareParameter", TARGET COMPARE "with = { speed = 1 }\n", "10:10",
                "the target has no run parameter \"speed\""},
        Mistake{"CompareCompileParameter", TARGET COMPARE "with = { x = 1 }\n" RUN_PARAM("compile"), "10:10",
                "the target has no run parameter \"x\""},
        Mistake{"CompareValue", TARGET COMPARE "with = { x = 9 }\n" RUN_PARAM("run"), "10:10", "x is 9"}),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OfAStage, ManifestErrorTest,
    testing::Values(
        Mistake{"UnknownKey", STAGE "sumary = \"x\"\n", "8:1", "unknown key stage.sumary"},
        Mistake{"NoSummary", "[[stage]]\nname = \"a.b\"\n", "5:1", "stage.summary is missing"},
        Mistake{"Name", "[[stage]]\nname = \"train\"\n", "6:1", "stage.name \"train\" is not KIND.NAME"},
        Mistake{"NamePart", "[[stage]]\nname = \"train.A\"\n", "6:1",
                "the name in stage.name \"A\" is not a valid name"},
        Mistake{"BuiltIn", "[[stage]]\nname = \"compile.a\"\n", "6:1",
                "stage.name \"compile.a\": this kind is built into mtc"},
        Mistake{"Numeric", STAGE "numeric = [\"cuda\"]\n", "8:1", "stage.numeric holds \"cuda\""},
        Mistake{"MetricTwice", STAGE "metrics = [\"a\", \"a\"]\n", "8:1", "stage.metrics holds \"a\" twice"},
        Mistake{"InputType", STAGE "[[stage.input]]\nname = \"m\"\ntype = \"modell\"\n", "10:1",
                "stage.input.type is \"modell\""},
        Mistake{
            "InputTwice",
            STAGE
            "[[stage.input]]\nname = \"m\"\ntype = \"any\"\n[[stage.input]]\nname = \"m\"\ntype = \"any\"\n",
            "12:1", "the input \"m\" is declared twice"},
        Mistake{"InputKey", STAGE "[[stage.input]]\nname = \"with\"\ntype = \"any\"\n", "9:1",
                "an input cannot be called \"with\": pipeline files use that key"},
        Mistake{"InputFlag", STAGE "[[stage.input]]\nname = \"json\"\ntype = \"any\"\n", "9:1",
                "the input \"json\" has the name of a flag of the driver"},
        Mistake{"InputLabels", STAGE "[[stage.input]]\nname = \"m\"\ntype = \"model\"\nlabels = true\n",
                "11:1", "labels does not apply to an input of type model"},
        Mistake{"InputMetric",
                STAGE "metrics = [\"loss\"]\n[[stage.input]]\nname = \"m\"\ntype = \"any\"\noptional = true\n"
                      "metrics = [\"los\"]\n",
                "13:1", "the stage has no metric \"los\""},
        Mistake{"InputMetricRequired",
                STAGE "metrics = [\"loss\"]\n[[stage.input]]\nname = \"m\"\ntype = \"any\"\nmetrics = "
                      "[\"loss\"]\n",
                "12:1", "metrics of the input \"m\", which is not optional"},
        Mistake{"OutputFile", STAGE "[[stage.output]]\nname = \"m\"\ntype = \"any\"\nfile = \"../x\"\n",
                "11:1", "stage.output.file \"../x\" is not a plain file name"},
        Mistake{"OutputFileTwice",
                STAGE "[[stage.output]]\nname = \"m\"\ntype = \"any\"\nfile = \"x\"\n"
                      "[[stage.output]]\nname = \"n\"\ntype = \"any\"\nfile = \"x\"\n",
                "15:1", "two outputs have the file \"x\""},
        Mistake{"InputAndParam",
                STAGE "[[stage.input]]\nname = \"x\"\ntype = \"any\"\n"
                      "[[stage.param]]\nname = \"x\"\ntype = \"int\"\ndefault = 1\nhelp = \"H.\"\n",
                "12:1", "\"x\" is an input and a parameter"}),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OfAParameter, ManifestErrorTest,
    testing::Values(
        Mistake{"NoType", PARAM "default = 1\n", "8:1", "stage.param.type is missing"},
        Mistake{"Type", PARAM "type = \"double\"\ndefault = 1\n", "11:1", "stage.param.type is \"double\""},
        Mistake{"NoDefault", PARAM "type = \"int\"\n", "8:1", "stage.param.default is missing"},
        Mistake{"NoHelp", STAGE "[[stage.param]]\nname = \"x\"\ntype = \"int\"\ndefault = 1\n", "8:1",
                "stage.param.help is missing"},
        Mistake{"DefaultType", PARAM "type = \"int\"\ndefault = 1.5\n", "12:1", "the default of x is 1.5"},
        Mistake{"DefaultRange", PARAM "type = \"int\"\ndefault = 1\nmin = 2\n", "12:1",
                "the default of x is 1"},
        Mistake{"DefaultChoice", PARAM "type = \"string\"\ndefault = \"c\"\nchoices = [\"a\", \"b\"]\n",
                "12:1", "the default of x is \"c\""},
        Mistake{"DefaultList", PARAM "type = \"int\"\nlist = true\ndefault = 1\n", "13:1",
                "stage.param.default must be a list, but is an integer"},
        Mistake{"MinAboveMax", PARAM "type = \"int\"\ndefault = 1\nmin = 2\nmax = 1\n", "13:1",
                "stage.param.min is above max"},
        Mistake{"MinOfText", PARAM "type = \"string\"\ndefault = \"\"\nmin = 2\n", "13:1",
                "stage.param.min does not apply to this type"},
        Mistake{"ChoicesOfInt", PARAM "type = \"int\"\ndefault = 1\nchoices = [\"a\"]\n", "13:1",
                "stage.param.choices does not apply to this type"},
        Mistake{"ChoiceTwice", PARAM "type = \"string\"\ndefault = \"a\"\nchoices = [\"a\", \"a\"]\n", "13:1",
                "stage.param.choices holds \"a\" twice"},
        Mistake{"Action", PARAM "type = \"int\"\ndefault = 1\naction = \"run\"\n", "13:1",
                "stage.param.action is \"run\""},
        Mistake{"Twice",
                PARAM "type = \"int\"\ndefault = 1\n[[stage.param]]\nname = \"x\"\nhelp = \"H.\"\n"
                      "type = \"int\"\ndefault = 1\n",
                "14:1", "the parameter \"x\" is declared twice"},
        Mistake{"Name", STAGE "[[stage.param]]\nname = \"maxIter\"\n", "9:1",
                "stage.param.name \"maxIter\" is not a valid name"},
        Mistake{"Reserved", STAGE "[[stage.param]]\nname = \"reuse_records\"\n", "9:1",
                "the parameter \"reuse_records\" has the name of the driver's flag --reuse-records"}),
    [](const auto& each) { return each.param.name; });

TEST(ManifestTest, NamesWhatIsMissingInTheHead) {
  EXPECT_EQ(parse_manifest("", "m", kReserved).error().message, "the manifest is empty");
  EXPECT_EQ(parse_manifest("id = \"x\"", "m", kReserved).error().message, "mtc is missing");
  EXPECT_EQ(parse_manifest("mtc = 3", "m", kReserved).error().message,
            "the manifest has format 3; this mtc reads format 1");
  EXPECT_EQ(parse_manifest("mtc = 1", "m", kReserved).error().message, "id is missing");
  EXPECT_EQ(parse_manifest("mtc = 1\nid = \"A b\"", "m", kReserved).error().message,
            "id \"A b\" is not a valid name");
  EXPECT_EQ(parse_manifest("mtc = 1\nid = \"a\"", "m", kReserved).error().message, "version is missing");
}

}  // namespace
}  // namespace mtc::plugin
