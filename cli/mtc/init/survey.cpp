// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/survey.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/mtc/init/data_keys.hpp"
#include "core/base/file.hpp"
#include "core/base/text.hpp"

namespace mtc::cli {
namespace {

constexpr std::int64_t kPictureChannels = 3;

/// How many of `all` samples the entry's own skip and take leave.
std::uint64_t left_of(const config::DataEntry& entry, std::uint64_t all) {
  const auto left = all - std::min(all, entry.skip);
  return entry.take ? std::min(left, *entry.take) : left;
}

/// A pipeline that runs one sample of the data: with it comes the decoding of all pictures.
std::string look_text(const Probe& probe, const std::string& keys) {
  return fmt::format(
      "mtc = 1\n[model]\npath = {}\n[stage.compile]\nuses = \"compile\"\nmodel = \"model\"\ntarget = \"{}\"\n"
      "[data.pictures]\n{}[data.one]\nfrom = \"pictures\"\ntake = 1\n"
      "[stage.{}]\nuses = \"evaluate.agreement\"\nartifact = \"compile.artifact\"\n"
      "baseline = \"compile.artifact\"\ndata = \"one\"\n",
      toml_value(probe.model.string()), probe.target, keys, kLookStage);
}

/// A field of CSV (RFC 4180).
std::string csv_field(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

Result<std::vector<std::string>> lines_of(const std::filesystem::path& file) {
  MTC_ASSIGN(const auto text, read_file(file));
  auto lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace

Result<config::DataEntry> data_entry(const DataFlags& flags) {
  MTC_ASSIGN(const auto table, data_table("data", flags));
  MTC_ASSIGN(const auto file,
             config::parse_pipeline("mtc = 1\n" + table + "[stage.look]\nuses = \"compile\"\n", "--data",
                                    std::filesystem::current_path(), {}));
  auto entry = file.data.front();
  std::error_code error;
  for (const auto& path : entry.inputs) {
    if (std::filesystem::exists(path, error)) continue;
    return Error{Code::not_found, fmt::format("'{}' does not exist", path.string()), flags.path,
                 "check the path"};
  }
  for (const auto& path : entry.labels) {
    if (std::filesystem::exists(path, error)) continue;
    return Error{Code::not_found, fmt::format("'{}' does not exist", path.string()), "--labels",
                 "check the path"};
  }
  return entry;
}

Result<Survey> survey_arrays(const config::DataEntry& entry) {
  Survey survey;
  survey.entry = entry;
  MTC_ASSIGN(survey.facts, data_facts(entry.inputs, entry.labels));
  survey.facts.samples = left_of(entry, survey.facts.samples);
  return survey;
}

Result<Survey> survey_pictures(Trial& trial, const Probe& probe, const config::DataEntry& entry,
                               const std::string& preprocess) {
  config::DataEntry whole = entry;
  whole.seed.reset();
  whole.skip = 0;
  whole.take.reset();
  const auto keys = data_keys(whole, path_texts(entry.inputs), path_texts(entry.labels), preprocess, 0);
  MTC_ASSIGN(const auto tried, trial.run(look_text(probe, keys), probe.model.parent_path()));
  MTC_ASSIGN(const auto folder, trial.decoded(tried));
  if (!folder) {
    const auto* stage = tried.stage(kLookStage);
    if (stage->error) return *stage->error;
    return Error{Code::internal, "the pictures were not decoded", "--data", "report this"};
  }
  Survey survey;
  survey.entry = entry;
  MTC_ASSIGN(survey.facts, data_facts({*folder / "images.npy"}, {*folder / "labels.npy"}));
  MTC_ASSIGN(survey.labels, read_labels(*folder / "labels.npy"));
  MTC_ASSIGN(survey.files, lines_of(*folder / "files.txt"));
  survey.facts.samples = left_of(entry, survey.facts.samples);
  survey.facts.shape.front() = kPictureChannels;
  if (survey.facts.labels && survey.facts.labels->least < 0) survey.facts.labels.reset();
  return survey;
}

Result<bool> have_size(Trial& trial, const Probe& probe, const config::DataEntry& entry,
                       const std::filesystem::path& subset, std::int64_t height, std::int64_t width) {
  config::DataEntry listed;
  listed.format = entry.format;
  const auto keys = data_keys(listed, path_texts(entry.inputs), {subset.string()}, "\"raw\"", 0);
  MTC_ASSIGN(const auto tried, trial.run(look_text(probe, keys), probe.model.parent_path()));
  MTC_ASSIGN(const auto folder, trial.decoded(tried));
  if (!folder) return false;  // They differ in size.
  MTC_ASSIGN(const auto facts, data_facts({*folder / "images.npy"}, {}));
  return facts.shape.size() == 3 && facts.shape[1] == height && facts.shape[2] == width;
}

Result<void> write_subset(const Survey& survey, std::uint64_t count, const std::filesystem::path& file) {
  const std::uint64_t all = survey.files.size();
  const auto wanted = std::min(count, all);
  std::string text = "file,label\n";
  for (std::uint64_t i = 0; i < wanted; ++i) {
    const auto at = i * all / wanted;
    text += fmt::format("{},{}\n", csv_field(survey.files[at]), std::max<std::int64_t>(survey.labels[at], 0));
  }
  return write_file_atomic(file, text);
}

}  // namespace mtc::cli
