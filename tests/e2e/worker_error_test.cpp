// SPDX-License-Identifier: Apache-2.0
//
// What only a worker can find: exit code 1, the stage and the file, node or tensor, and nothing committed.
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/models.hpp"
#include "tests/e2e/sandbox.hpp"

namespace mtc::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

const std::vector<float> kSound{0.5F, -0.5F, 0.25F, 1, -1, 2, 0, 0.125F, -0.25F};

std::vector<float> with(float value) {
  auto weight = kSound;
  weight[4] = value;
  return weight;
}

struct Consumer {
  const char* name;
  const char* stage;  ///< The stage "victim", which reads the model.
};

void PrintTo(const Consumer& consumer, std::ostream* stream) { *stream << consumer.name; }

const Consumer kConsumers[] = {
    {"sparsify", "[stage.victim]\nuses = \"sparsify.magnitude\"\n"},
    {"cpu", "[stage.victim]\nuses = \"compile\"\ntarget = \"cpu.portable\"\n"},
    {"quantize",
     "[data.calib]\nformat = \"npy\"\ninputs = \"calib.npy\"\npreprocess = \"raw\"\n"
     "[stage.victim]\nuses = \"quantize.ptq\"\ndata = \"calib\"\ntarget = \"cpu.portable\"\n"},
};

class WorkerError : public testing::TestWithParam<Consumer> {
 protected:
  void SetUp() override {
    if (std::string(GetParam().name) == "quantize" && !has_plugin("quantize.so"))
      GTEST_SKIP() << "built without libtorch";
  }

  /// Runs the consumer on `model`, checks what holds for every error, and gives the error.
  Json error_of(const std::string& model) {
    box_.write("model.onnx", model);
    box_.write_npy("calib.npy", {4, 1, 8, 8});
    const auto outcome =
        box_.run(std::string("mtc = 1\n[model]\npath = \"model.onnx\"\n") + GetParam().stage);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    EXPECT_TRUE(box_.stored().empty());
    EXPECT_TRUE(box_.staging().empty());
    const auto victim = stage_of(outcome.json(), "victim");
    EXPECT_EQ(victim["status"], "failed");
    const auto error = victim["error"];
    EXPECT_THAT(error["where"].get<std::string>(), HasSubstr("stage 'victim'"));
    EXPECT_THAT(outcome.err, HasSubstr(error["message"].get<std::string>()));
    EXPECT_NE(error["hint"], "") << error;
    EXPECT_EQ(error["plugin_fault"], false) << error;
    return error;
  }

  static std::string text_of(const Json& error) {
    return error["message"].get<std::string>() + " | " + error["where"].get<std::string>();
  }

  Sandbox box_;
};

TEST_P(WorkerError, NamesTheFileOfATruncatedModel) {
  const auto model = conv_model(8, kSound);
  EXPECT_THAT(text_of(error_of(model.substr(0, model.size() / 2))), HasSubstr("model.onnx"));
}

TEST_P(WorkerError, SaysThatAModelHasNoGraph) {
  const auto error = error_of(model_without_graph());
  EXPECT_THAT(text_of(error), HasSubstr("graph"));
  EXPECT_THAT(text_of(error), HasSubstr("model.onnx"));
}

TEST_P(WorkerError, NamesTheTensorThatHoldsNan) {
  const auto error = error_of(conv_model(8, with(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_THAT(text_of(error), HasSubstr("conv1.weight"));
  EXPECT_THAT(text_of(error), testing::ContainsRegex("NaN|nan"));
}

TEST_P(WorkerError, NamesTheTensorThatHoldsInfinity) {
  const auto error = error_of(conv_model(8, with(-std::numeric_limits<float>::infinity())));
  EXPECT_THAT(text_of(error), HasSubstr("conv1.weight"));
  EXPECT_THAT(text_of(error), testing::ContainsRegex("[Ii]nf"));
}

INSTANTIATE_TEST_SUITE_P(Consumers, WorkerError, testing::ValuesIn(kConsumers),
                         [](const auto& each) { return each.param.name; });

TEST(WorkerErrorOfData, NamesBothShapesWhenDataDoesNotFitTheModel) {
  Sandbox box;
  box.write("model.onnx", conv_model(8, kSound));
  box.write_npy("images.npy", {5, 1, 9, 9});
  const auto outcome = box.run(R"(mtc = 1
[model]
path = "model.onnx"
[data.test]
format = "npy"
inputs = "images.npy"
preprocess = "raw"
[stage.build]
uses = "compile"
target = "cpu.portable"
[stage.score]
uses = "evaluate.agreement"
artifact = "build.artifact"
data = "test"
baseline = "build.artifact"
)");
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  const auto report = outcome.json();
  EXPECT_EQ(stage_of(report, "build")["status"], "ran");
  const auto error = stage_of(report, "score")["error"];
  const auto text = error["message"].get<std::string>() + " | " + error["where"].get<std::string>();
  EXPECT_THAT(text, HasSubstr("stage 'score'"));
  EXPECT_THAT(text, testing::ContainsRegex("1, ?8, ?8"));
  EXPECT_THAT(text, testing::ContainsRegex("1, ?9, ?9"));
  EXPECT_TRUE(box.staging().empty());
  // Only the build's entries are there: the failed predict added none.
  const auto before = box.stored();
  EXPECT_EQ(box.run("mtc = 1\n[model]\npath = \"model.onnx\"\n[stage.build]\nuses = \"compile\"\n"
                    "target = \"cpu.portable\"\n")
                .exit_code,
            0);
  EXPECT_EQ(box.stored(), before);
}

TEST(WorkerErrorOfData, NamesTheFileOfATruncatedArray) {
  Sandbox box;
  box.write("model.onnx", conv_model(8, kSound));
  const auto whole = read_file(box.write_npy("images.npy", {5, 1, 8, 8}));
  box.write("images.npy", whole.substr(0, whole.size() - 7));
  const auto outcome = box.run(R"(mtc = 1
[model]
path = "model.onnx"
[data.test]
format = "npy"
inputs = "images.npy"
preprocess = "raw"
[stage.build]
uses = "compile"
target = "cpu.portable"
[stage.score]
uses = "evaluate.agreement"
artifact = "build.artifact"
data = "test"
baseline = "build.artifact"
)");
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  const auto error = stage_of(outcome.json(), "score")["error"];
  EXPECT_THAT(error["message"].get<std::string>() + error["where"].get<std::string>(),
              HasSubstr("images.npy"));
  EXPECT_TRUE(box.staging().empty());
}

}  // namespace
}  // namespace mtc::test
