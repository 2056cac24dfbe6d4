// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/core/pipeline/project.hpp"

#include <gtest/gtest.h>

#include "core/config/pipeline_file.hpp"
#include "tests/support/elf_image.hpp"

namespace mtc::test {
namespace {

constexpr const char* kToy = R"(mtc = 1
id = "toy"
version = "1.0"
summary = "Stages for tests."

[[stage]]
name = "convert.copy"
default = true
summary = "Copies."
metrics = ["score", "loss"]
  [[stage.input]]
  name = "model"
  type = "model"
  [[stage.output]]
  name = "model"
  type = "model"
  file = "model.onnx"
  [[stage.output]]
  name = "report"
  type = "report"
  file = "report.json"
  [[stage.param]]
  name = "level"
  type = "int"
  default = 1
  min = 0
  max = 9
  help = "L."
  [[stage.param]]
  name = "ratio"
  type = "float"
  default = 0.5
  help = "R."
  [[stage.param]]
  name = "chatty"
  type = "bool"
  default = false
  affects_output = false
  help = "V."

[[stage]]
name = "convert.pair"
summary = "Takes two models."
  [[stage.input]]
  name = "first"
  type = "model"
  [[stage.input]]
  name = "second"
  type = "model"
  [[stage.output]]
  name = "model"
  type = "model"
  file = "model.onnx"
  [[stage.param]]
  name = "level"
  type = "int"
  default = 1
  help = "L."

[[stage]]
name = "report.all"
summary = "Takes many reports."
  [[stage.input]]
  name = "reports"
  type = "report"
  many = true
  [[stage.output]]
  name = "report"
  type = "report"
  file = "report.json"

[[stage]]
name = "quantize.toy"
default = true
summary = "Quantizes."
target = ["quant"]
numeric = ["threads"]
metrics = ["sqnr_db"]
  [[stage.input]]
  name = "model"
  type = "model"
  [[stage.input]]
  name = "data"
  type = "dataset"
  [[stage.output]]
  name = "model"
  type = "model"
  file = "model.onnx"
  [[stage.param]]
  name = "calibration"
  type = "string"
  default = "mse"
  choices = ["mse", "minmax"]
  help = "C."

[[stage]]
name = "evaluate.toy"
default = true
summary = "Evaluates."
metrics = ["top1", "top1_drop"]
  [[stage.input]]
  name = "predictions"
  type = "predictions"
  [[stage.input]]
  name = "data"
  type = "dataset"
  labels = true
  [[stage.input]]
  name = "baseline"
  type = "predictions"
  optional = true
  metrics = ["top1_drop"]
  [[stage.output]]
  name = "report"
  type = "report"
  file = "report.json"
  [[stage.param]]
  name = "batch"
  type = "int"
  default = 0
  action = "predict"
  help = "B."

[[stage]]
name = "evaluate.pair"
summary = "Compares."
metrics = ["agreement"]
  [[stage.input]]
  name = "predictions"
  type = "predictions"
  [[stage.input]]
  name = "data"
  type = "dataset"
  [[stage.input]]
  name = "baseline"
  type = "predictions"
  help = "What to compare with."
  [[stage.output]]
  name = "report"
  type = "report"
  file = "report.json"

[[stage]]
name = "bench.toy"
default = true
summary = "Measures."
metrics = ["latency_p50_ms"]
  [[stage.input]]
  name = "timings"
  type = "timings"
  [[stage.output]]
  name = "report"
  type = "report"
  file = "report.json"
  [[stage.param]]
  name = "min_runs"
  type = "int"
  default = 100
  action = "measure"
  help = "N."

[[stage]]
name = "data.decode"
summary = "Decodes."
  [[stage.input]]
  name = "source"
  type = "any"
  many = true
  [[stage.input]]
  name = "labels"
  type = "any"
  optional = true
  many = true
  [[stage.output]]
  name = "tensors"
  type = "any"
  file = "tensors"
  [[stage.param]]
  name = "resize"
  type = "int"
  list = true
  default = []
  help = "R."
  [[stage.param]]
  name = "color"
  type = "string"
  default = "rgb"
  choices = ["rgb", "bgr", "gray"]
  help = "C."

[[stage]]
name = "data.draw"
summary = "Draws."
  [[stage.output]]
  name = "tensors"
  type = "any"
  file = "tensors"
  [[stage.param]]
  name = "seed"
  type = "int"
  default = 0
  help = "S."
  [[stage.param]]
  name = "word"
  type = "string"
  default = ""
  help = "W."
)";

constexpr const char* kChipHead = R"(mtc = 1
id = "chip"
version = "2.0"
summary = "A target for tests."
[[target]]
name = "chip"
)";

constexpr const char* kChipParams = R"(  [[target.param]]
  name = "opt_level"
  type = "int"
  default = 2
  help = "O."
  [[target.param]]
  name = "threads"
  type = "int"
  default = 1
  max = 8
  help = "T."
  action = "run"
)";

constexpr const char* kCpu = R"(mtc = 1
id = "cpu"
version = "1.0"
summary = "The default target for tests."
[[target]]
name = "cpu"
)";

std::string document(const std::string& id, const std::string& plugin, const std::string& rest) {
  return "mtc = 1\nid = \"" + id + "\"\nplugin = \"" + plugin + "\"\nsummary = \"S.\"\n" + rest;
}

}  // namespace

const char* const kModelBytes =
    "\x08\x08\x12\x07"
    "a model";

const char* const kModelAndData = R"([model]
path = "model.onnx"
[data.train]
format = "npy"
inputs = "images.npy"
labels = "labels.npy"
preprocess = "unit"
)";

Project::Project() {
  const std::string sections =
      "[quant]\nscheme = \"s/1\"\n[ops]\nlist = [\"Conv\"]\n[build]\nflags = \"-O2\"\n";
  folder_.write("plugins/toy.so", elf_image(kToy));
  folder_.write("plugins/chip.so", elf_image(std::string(kChipHead) + kChipParams));
  folder_.write("plugins/cpu.so", elf_image(kCpu));
  folder_.write("plugins/chip.a.target.toml", document("chip.a", "chip", sections));
  folder_.write("plugins/chip.b.target.toml", document("chip.b", "chip", sections));
  folder_.write("plugins/chip.far.target.toml",
                document("chip.far", "chip", "requires_isa = [\"no_such_flag\"]\n" + sections));
  folder_.write("plugins/reference.target.toml", document("reference", "chip", sections));
  folder_.write("plugins/chip.plain.target.toml", document("chip.plain", "chip", "[ops]\nlist = []\n"));
  folder_.write("plugins/cpu.any.target.toml", document("cpu.any", "cpu", sections));
  folder_.write("model.onnx", kModelBytes);
  folder_.write("images.npy", "images");
  folder_.write("labels.npy", "labels");
  folder_.write("other.npy", "other images");
  rescan();
}

void Project::declare_chip(const std::string& keys) {
  folder_.write("plugins/chip.so", elf_image(kChipHead + keys + kChipParams));
  rescan();
}

void Project::rescan() {
  plugin::SearchPath path;
  path.folders = {plugins()};
  registry_ = plugin::Registry::scan(path, {});
  for (const auto& rejected : registry_.rejected()) {
    ADD_FAILURE() << rejected.file << ": " << rejected.reason;
  }
}

Result<pipeline::Plan> Project::try_plan(const std::string& text) const {
  MTC_ASSIGN(const auto file, config::parse_pipeline("mtc = 1\n" + text, "p.toml", folder_.path(), {}));
  return pipeline::make_plan(file, registry_);
}

pipeline::Plan Project::plan(const std::string& text) const {
  auto made = try_plan(text);
  if (made) return *std::move(made);
  ADD_FAILURE() << made.error().where << ": " << made.error().message << " (" << made.error().hint << ")";
  return {};
}

Error Project::error(const std::string& text) const {
  auto made = try_plan(text);
  if (!made) return made.error();
  ADD_FAILURE() << "no error";
  return {};
}

std::vector<std::string> variant_names(const pipeline::Plan& plan) {
  std::vector<std::string> names;
  for (const auto& variant : plan.variants) names.push_back(variant.name());
  return names;
}

}  // namespace mtc::test
