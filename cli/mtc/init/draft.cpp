// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/draft.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/mtc/init/data_keys.hpp"
#include "cli/mtc/pipeline_text.hpp"

namespace mtc::cli {
namespace {

constexpr std::size_t kRuler = 118;
constexpr std::size_t kCommentWidth = 118;
constexpr int kMostParents = 2;

/// "# ---- title ------…"
std::string section(const std::string& title) {
  std::string line = "# ---- " + title + " ";
  while (line.size() < kRuler) line += '-';
  return "\n" + line + "\n\n";
}

/// `text` as comment lines, broken between words.
std::string comment(const std::string& text) {
  std::string lines;
  std::string line = "#";
  std::size_t from = 0;
  while (from < text.size()) {
    auto to = text.find(' ', from);
    if (to == std::string::npos) to = text.size();
    const auto word = text.substr(from, to - from);
    if (line.size() > 1 && line.size() + 1 + word.size() > kCommentWidth) {
      lines += line + "\n";
      line = "#";
    }
    line += " " + word;
    from = to + 1;
  }
  return lines + line + "\n";
}

std::string header(const Findings& findings, const std::string& file) {
  std::string text = comment(fmt::format(
      "{}: {}. Written by `mtc init`, and yours to change.", findings.model.filename().string(),
      findings.quantizes() ? "from float to measured 8-bit binaries" : "compiled, scored and measured"));
  text += fmt::format(
      "#\n#   mtc plan {0}    shows what a run would do\n"
      "#   mtc run {0}     does it; results lie in mtc-out/<stage>/, and a second run repeats only what "
      "changed\n#\n",
      file);
  return text +
         comment(
             "Each [stage.NAME] runs what `uses` names and reads what its other keys name: a model, a "
             "dataset, or an output of another stage, as \"build.artifact\". What `with = { … }` may "
             "set is listed by `mtc quantize --help` (compile, evaluate, bench likewise); every key is "
             "explained in docs/pipeline.md.") +
         "mtc = 1\n\n";
}

std::string model_table(const Findings& findings, const std::filesystem::path& folder) {
  std::string text = "[model]\n";
  text += fmt::format("path = {}\n", toml_value(path_in(folder, findings.model)));
  for (const auto& input : findings.facts.inputs) text += "#   input  " + input.text() + "\n";
  for (const auto& output : findings.facts.outputs) text += "#   output " + output.text() + "\n";
  return text;
}

std::string score_table(const Findings& findings) {
  std::vector<std::size_t> order(findings.scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    const auto& left = findings.scores[a];
    const auto& right = findings.scores[b];
    if (left.failure.empty() != right.failure.empty()) return left.failure.empty();
    if (left.samples != right.samples) return left.samples > right.samples;
    return left.top1 > right.top1;
  });
  std::string text = "#\n#   top-1 [95 % interval]   samples   preprocessing\n";
  for (const auto index : order) {
    const auto& score = findings.scores[index];
    if (score.failure.empty()) {
      text += fmt::format("#   {:<23} {:<9} {}{}\n", score.text(), score.samples, score.way.text(),
                          index == findings.best ? "   <- chosen" : "");
    } else {
      text += fmt::format("#   {:<33} {}: {}\n", "failed", score.way.text(), score.failure);
    }
  }
  return text + "#\n";
}

/// Why `preprocess` is what it is.
std::string preprocess_reason(const Findings& findings) {
  std::string text;
  if (findings.origin == Origin::given) {
    text +=
        comment(fmt::format("The preset \"{}\" was given with --preprocess, not guessed.", findings.preset));
  } else if (findings.origin == Origin::described) {
    text += comment("As the description of the data says; nothing was guessed.");
  } else if (findings.origin == Origin::only) {
    text += comment("The samples go to the model as they are stored.");
  }
  if (!findings.scores.empty()) {
    text +=
        comment("Chosen by accuracy of the float model on labelled samples, run by " + findings.scorer + ".");
    text += score_table(findings);
  }
  if (findings.size_assumed) {
    text += comment(
        "Size: resize and crop are an assumption that nothing here could check. Compare them with "
        "how the model was trained.");
  }
  for (const auto& warning : findings.warnings) text += comment("Careful: " + warning + ".");
  return text;
}

std::string data_tables(const Findings& findings, const std::filesystem::path& folder) {
  const auto relative = [&](const std::vector<std::filesystem::path>& paths) {
    std::vector<std::string> list;
    for (const auto& path : paths) list.push_back(path_in(folder, path));
    return list;
  };
  std::string text = fmt::format("[data.{}]\n", findings.quantizes() ? "all" : "test");
  text += data_keys(findings.data, relative(findings.data.inputs), relative(findings.data.labels), {},
                    findings.label_offset);
  text += preprocess_reason(findings);
  if (!findings.preprocess.empty()) text += "preprocess = " + findings.preprocess + "\n";
  if (!findings.quantizes()) return text;
  const auto calibration = findings.calibration();
  text +=
      "\n" + comment(fmt::format("Two parts of one shuffled order, which share no sample: {} that choose the "
                                 "ranges of 8-bit numbers, and {} for scores, which the quantized model has "
                                 "not seen.",
                                 calibration, findings.data_facts.samples - calibration));
  text += fmt::format(
      "[data.calib]\nfrom = \"all\"\nseed = 0\ntake = {0}\n\n[data.test]\nfrom = \"all\"\n"
      "seed = 0\nskip = {0}\n",
      calibration);
  return text + "# take = 1000   # fewer: quicker, with wider intervals\n";
}

std::string target_list(const Findings& findings) {
  std::string text;
  for (const auto& id : findings.usable()) text += (text.empty() ? "" : ", ") + toml_value(id);
  std::string lines = "matrix.target = [" + text + "]\n";
  for (const auto& target : findings.targets) {
    if (!target.usable()) lines += comment(fmt::format("{} is left out: {}", target.id, target.refusal));
  }
  return lines;
}

std::string quantize_stage(const Findings& findings) {
  return section("8 bits") +
         fmt::format(
             "[stage.int8]\nuses = \"quantize.ptq\"\nmodel = \"model\"\ndata = \"calib\"\ntarget = {}{}\n"
             "# with = {{ calibration = \"percentile\" }}   # how ranges are chosen: \"mse\" (default), "
             "\"percentile\", \"minmax\"\n",
             toml_value(findings.usable().front()),
             findings.usable().size() > 1 ? "   # What it asks of a quantized model, all targets below do."
                                          : "");
}

std::string bench_stage(const Findings& findings, const char* name, const char* build) {
  std::string text = fmt::format(
      "[stage.{}]\nuses = \"bench.latency\"\nartifact = \"{}.artifact\"\ndata = \"test\"\n", name, build);
  if (findings.facts.batch > 1) text += fmt::format("with = {{ batch = {} }}\n", findings.facts.batch);
  return text;
}

std::string score_stage(const Findings& findings, const std::string& baseline) {
  std::string text =
      fmt::format("[stage.score]\nuses = \"{}\"\nartifact = \"build.artifact\"\ndata = \"test\"\n",
                  findings.accuracy() ? "evaluate.classification" : "evaluate.agreement");
  if (!baseline.empty()) text += fmt::format("baseline = {}\n", baseline);
  text += "# A gate turns a bad score into exit code 4, for scripts:\n";
  const bool compares = !baseline.empty();
  if (!findings.accuracy()) return text + "# gate = [\"cosine >= 0.99\"]\n";
  return text + (compares ? "# gate = [\"top1_drop <= 0.02\", \"agreement >= 0.9\"]\n"
                          : "# gate = [\"top1 >= 0.5\"]\n");
}

/// An artifact of the float model to compare with, quoted for TOML.
std::string float_artifact(const Findings& findings) {
  const auto usable = findings.usable();
  const bool runtime = std::ranges::find(usable, "onnxruntime") != usable.end();
  return fmt::format("'float_build[target=\"{}\"].artifact'", runtime ? "onnxruntime" : usable.front());
}

std::string quantized_stages(const Findings& findings) {
  std::string text = quantize_stage(findings);
  text += section("The 8-bit model on each target");
  text += comment("The matrix runs the stage once a target, and so everything that reads its artifacts.");
  text += "[stage.build]\nuses = \"compile\"\nmodel = \"int8.model\"\n" + target_list(findings) + "\n";
  if (findings.accuracy()) {
    text += comment("Accuracy of the compiled artifacts, and sample by sample against the float model.");
    text += score_stage(findings, "\"float_score.predictions\"") + "\n";
  } else {
    text += comment(
        "No accuracy, for lack of labels or class scores: how close the outputs stay to the float "
        "model's.");
    text += score_stage(findings, float_artifact(findings)) + "\n";
  }
  text +=
      comment("Latency on this machine, one sample after the other; never from the store, always measured.");
  text += bench_stage(findings, "bench", "build");
  text += section("The float model, to compare with");
  text += "[stage.float_build]\nuses = \"compile\"\nmodel = \"model\"\n";
  const auto usable = findings.usable();
  std::string ids;
  for (const auto& id : usable) ids += (ids.empty() ? "" : ", ") + toml_value(id);
  text += "matrix.target = [" + ids + "]\n\n";
  if (findings.accuracy()) {
    text += fmt::format(
        "[stage.float_score]\nuses = \"evaluate.classification\"\nartifact = {}\n"
        "data = \"test\"\n\n",
        float_artifact(findings));
  }
  return text + bench_stage(findings, "float_bench", "float_build");
}

std::string float_stages(const Findings& findings) {
  std::string text = section("On each target");
  text += comment("There is no quantize stage: " + findings.float_reason + ".");
  text += comment("The matrix runs the stage once a target, and so everything that reads its artifacts.");
  text += "[stage.build]\nuses = \"compile\"\nmodel = \"model\"\n" + target_list(findings) + "\n";
  if (findings.accuracy()) {
    text += comment("Accuracy of the compiled artifacts.");
    text += score_stage(findings, {}) + "\n";
  } else if (findings.reference || findings.usable().size() > 1) {
    text += comment(
        "No accuracy, for lack of labels or class scores: how close the outputs are to those of the "
        "same model elsewhere.");
    text += score_stage(findings, findings.reference ? std::string("\"model\"")
                                                     : fmt::format("'build[target=\"{}\"].artifact'",
                                                                   findings.usable().front())) +
            "\n";
  }
  text +=
      comment("Latency on this machine, one sample after the other; never from the store, always measured.");
  return text + bench_stage(findings, "bench", "build");
}

}  // namespace

std::string path_in(const std::filesystem::path& folder, const std::filesystem::path& path) {
  const auto relative = path.lexically_relative(folder);
  const auto parents = std::ranges::count(relative, std::filesystem::path(".."));
  return relative.empty() || parents > kMostParents ? path.string() : relative.string();
}

std::string draft(const Findings& findings, const std::filesystem::path& file) {
  const auto folder = file.parent_path();
  const std::string labelled = findings.labelled ? " labelled" : "";
  return header(findings, file.filename().string()) + model_table(findings, folder) +
         section(fmt::format("Data: {}{} samples", findings.data_facts.samples, labelled)) +
         data_tables(findings, folder) +
         (findings.quantizes() ? quantized_stages(findings) : float_stages(findings));
}

}  // namespace mtc::cli
