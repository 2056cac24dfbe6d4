// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/init/choose_preprocessing.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/mtc/init/scoring.hpp"
#include "cli/mtc/init/survey.hpp"
#include "cli/mtc/output.hpp"
#include "cli/mtc/pipeline_text.hpp"

namespace mtc::cli {
namespace {

constexpr std::int64_t kGray = 1;
constexpr std::int64_t kColour = 3;
constexpr std::size_t kMostFinalists = 4;
constexpr std::uint64_t kFinalFactor = 4;  ///< Times as many samples for finalists.
constexpr const char* kGiveOne =
    "give --labels FILE, so that each candidate can be scored, or --preprocess NAME: imagenet, tf, unit or "
    "raw";

/// A private folder of the store, for the time of a scope.
class Staging {
 public:
  static Result<Staging> make(store::Store& store) {
    MTC_ASSIGN(auto folder, store.stage());
    return Staging(store, std::move(folder));
  }
  Staging(Staging&& other) noexcept
      : store_(std::exchange(other.store_, nullptr)), folder_(std::move(other.folder_)) {}
  Staging& operator=(Staging&&) = delete;
  ~Staging() {
    if (store_ != nullptr) store_->discard(folder_);
  }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  Staging(store::Store& store, std::filesystem::path folder) : store_(&store), folder_(std::move(folder)) {}

  store::Store* store_;
  std::filesystem::path folder_;
};

/// The name of the preset that `table` is, or the table.
std::string preprocess_toml(const Json& table) {
  for (const auto& name : config::preset_names()) {
    if (const auto preset = config::preset(name); preset && *preset == table) return toml_value(name);
  }
  return toml_value(table);
}

/// Height and width of a model's input that pictures can be brought to.
Result<std::pair<std::int64_t, std::int64_t>> picture_size(const TensorFacts& input) {
  const auto shape = input.sample_shape();
  const auto invalid = [&](const char* hint) {
    return Error{Code::invalid_argument,
                 fmt::format("the model's input is {}, the data are pictures", input.text()), "--data", hint};
  };
  if (shape.size() != 3) return invalid("give data of the model's shape");
  const bool first = shape[0] == kColour || shape[0] == kGray;
  if (!first && (shape[2] == kColour || shape[2] == kGray))
    return invalid("mtc feeds channels first: export the model with an input [N, channels, height, width]");
  if (!first) return invalid("pictures have one or three channels");
  if (shape[1] < 1 || shape[2] < 1) {
    return invalid(
        "it takes pictures of any size: describe the data in a .toml whose preprocess says resize and "
        "crop, and give that to --data");
  }
  return std::pair(shape[1], shape[2]);
}

class Chooser {
 public:
  Chooser(Trial& trial, std::uint64_t samples, Findings& findings)
      : trial_(trial), samples_(samples), findings_(findings) {}

  Result<void> run();

 private:
  [[nodiscard]] bool pictures() const { return findings_.data.format == "images"; }
  [[nodiscard]] const TensorFacts& input() const { return findings_.facts.inputs.front(); }
  /// Samples that can be scored on: of pictures every one that is there, whatever the description takes.
  [[nodiscard]] std::uint64_t available() const {
    return pictures() ? survey_.files.size() : survey_.facts.samples;
  }
  [[nodiscard]] Probe probe() const { return {findings_.model, findings_.scorer}; }

  Result<void> describe();
  Result<void> look();
  Result<std::vector<Preprocessing>> values() const;
  Result<void> score_all(const std::vector<Preprocessing>& ways);
  Result<void> score_some(const Scoring& scoring, const std::vector<Preprocessing>& ways);
  Result<Scoring> scoring(const Staging& staging, std::uint64_t samples) const;
  Result<void> score_finalists(const Staging& staging);
  Result<void> settle(Preprocessing way);

  Trial& trial_;
  std::uint64_t samples_;
  Findings& findings_;
  Survey survey_;
  std::vector<Geometry> geometries_{{}};
};

/// Preprocessing that the description of the data has.
Result<void> Chooser::describe() {
  findings_.origin = Origin::described;
  findings_.preprocess = preprocess_toml(findings_.data.preprocess);
  findings_.label_offset = findings_.data.label_offset;
  if (pictures()) {
    MTC_ASSIGN(survey_, survey_pictures(trial_, probe(), findings_.data, findings_.preprocess));
  } else {
    MTC_ASSIGN(survey_, survey_arrays(findings_.data));
  }
  findings_.data_facts = survey_.facts;
  return {};
}

/// What the data are, and which sizes are open.
Result<void> Chooser::look() {
  if (!pictures()) {
    MTC_ASSIGN(survey_, survey_arrays(findings_.data));
  } else {
    MTC_ASSIGN(const auto size, picture_size(input()));
    geometries_ = usual_geometries(size.first, size.second);
    // Detectors and the like see the whole picture.
    if (!findings_.facts.classes()) geometries_ = {geometries_.back()};
    const bool gray = input().sample_shape().front() == kGray;
    const Preprocessing way{"raw", gray ? "gray" : "", geometries_.front(), 0};
    say("decoding the pictures");
    MTC_ASSIGN(survey_, survey_pictures(trial_, probe(), findings_.data, way.toml()));
  }
  findings_.data_facts = survey_.facts;
  return {};
}

/// The presets that are open: all that fit, or the given one.
Result<std::vector<Preprocessing>> Chooser::values() const {
  MTC_ASSIGN(auto candidates, value_candidates(input(), survey_.facts, geometries_.front()));
  if (findings_.preset.empty()) return candidates;
  if (candidates.front().preset.empty()) {
    candidates.front().preset = findings_.preset;  // Floats take any.
    return candidates;
  }
  std::erase_if(candidates,
                [&](const auto& way) { return way.preset != findings_.preset || way.color == "bgr"; });
  if (!candidates.empty()) return candidates;
  return Error{Code::invalid_argument,
               fmt::format("preset \"{}\" is for three colours, the model's input is {}", findings_.preset,
                           input().text()),
               "--preprocess", "use tf, unit or raw"};
}

Result<void> Chooser::score_some(const Scoring& scoring, const std::vector<Preprocessing>& ways) {
  if (ways.empty()) return {};
  say(fmt::format("scoring {} ways to preprocess on {} samples, run by {}", ways.size(), scoring.samples,
                  scoring.target));
  MTC_ASSIGN(const auto scores, score(trial_, scoring, ways));
  findings_.scores.insert(findings_.scores.end(), scores.begin(), scores.end());
  findings_.best = best_of(findings_.scores);
  if (findings_.best < findings_.scores.size()) return {};
  return Error{Code::invalid_argument,
               fmt::format("none of {} ways to preprocess could be scored: {}", ways.size(),
                           findings_.scores.front().failure),
               "--data", "check data and labels, or give --preprocess NAME"};
}

Result<Scoring> Chooser::scoring(const Staging& staging, std::uint64_t samples) const {
  Scoring scoring{findings_.model, findings_.scorer, findings_.data, std::min(samples, available()), {}};
  if (!pictures()) return scoring;
  scoring.subset = staging.folder() / fmt::format("subset-{}.csv", scoring.samples);
  MTC_TRY(write_subset(survey_, scoring.samples, scoring.subset));
  return scoring;
}

/// What the first round cannot tell apart is scored again, on more samples.
Result<void> Chooser::score_finalists(const Staging& staging) {
  auto& scores = findings_.scores;
  const auto near = finalists(scores, findings_.best, kMostFinalists);
  const auto used = scores[findings_.best].samples;
  if (near.size() < 2 || used >= available()) return {};
  std::vector<Preprocessing> ways;
  for (const auto index : near) ways.push_back(scores[index].way);
  MTC_ASSIGN(const auto more, scoring(staging, used * kFinalFactor));
  say(fmt::format("scoring the {} best on {} samples, since {} do not tell them apart", ways.size(),
                  more.samples, used));
  MTC_ASSIGN(const auto again, score(trial_, more, ways));
  for (std::size_t i = 0; i < near.size(); ++i) {
    if (again[i].failure.empty()) scores[near[i]] = again[i];
  }
  findings_.best = best_of(scores);
  return {};
}

/// Values first, with the most usual size; then the other sizes with the best values.
Result<void> Chooser::score_all(const std::vector<Preprocessing>& ways) {
  MTC_ASSIGN(const auto staging, Staging::make(trial_.store()));
  MTC_ASSIGN(const auto first, scoring(staging, samples_));
  MTC_TRY(score_some(first, ways));
  std::vector<Preprocessing> sizes;
  for (std::size_t i = 1; i < geometries_.size(); ++i) {
    sizes.push_back(findings_.scores[findings_.best].way);
    sizes.back().geometry = geometries_[i];
  }
  MTC_TRY(score_some(first, sizes));
  MTC_TRY(score_finalists(staging));
  findings_.warnings = doubts(findings_.scores, findings_.best, *findings_.facts.classes());
  const auto& best = findings_.scores[findings_.best];
  findings_.preprocess = best.way.toml();
  findings_.label_offset = best.way.label_offset;
  return {};
}

/// The only way there is, unscored. Pictures that have the model's size stay as they are.
Result<void> Chooser::settle(Preprocessing way) {
  if (pictures()) {
    MTC_ASSIGN(const auto staging, Staging::make(trial_.store()));
    MTC_ASSIGN(const auto size, picture_size(input()));
    const auto subset = staging.folder() / "subset.csv";
    MTC_TRY(write_subset(survey_, samples_, subset));
    MTC_ASSIGN(const bool fits, have_size(trial_, probe(), findings_.data, subset, size.first, size.second));
    if (fits) way.geometry = {{size.first, size.second}, {}};
    findings_.size_assumed = !fits;
  }
  findings_.preprocess = way.toml();
  findings_.label_offset = way.label_offset;
  return {};
}

Result<void> Chooser::run() {
  const bool described = !findings_.data.preprocess.is_null() && findings_.preset.empty();
  if (described) return describe();
  MTC_TRY(look());
  MTC_ASSIGN(auto ways, values());
  const bool one = ways.size() == 1 && ways.front().preset.empty();
  findings_.origin = !findings_.preset.empty() ? Origin::given : one ? Origin::only : Origin::scored;
  if (!findings_.accuracy()) {
    if (ways.size() == 1) return settle(ways.front());
    return Error{
        Code::invalid_argument,
        findings_.labelled
            ? fmt::format("the model's outputs ({}) are no class scores: accuracy cannot tell how to "
                          "preprocess",
                          findings_.facts.outputs.front().text())
            : "there are no labels to find the model's preprocessing with",
        "--data", findings_.labelled ? "give --preprocess NAME: imagenet, tf, unit or raw" : kGiveOne};
  }
  std::vector<std::int64_t> offsets{findings_.data.label_offset};
  if (offsets.front() == 0) {
    MTC_ASSIGN(offsets, label_offsets(survey_.facts, *findings_.facts.classes()));
  }
  ways = with_offsets(ways, offsets);
  if (ways.size() == 1 && geometries_.size() == 1 && !pictures()) return settle(ways.front());
  return score_all(ways);
}

}  // namespace

Result<void> check_answerable(const Findings& findings) {
  if (!findings.preset.empty()) {
    auto preset = config::preset(findings.preset);
    if (preset) return {};
    preset.error().where = "--preprocess";
    return preset.error();
  }
  const bool pictures = findings.data.format == "images";
  if (findings.labelled || !findings.data.preprocess.is_null() || !pictures) return {};
  return Error{Code::invalid_argument, "there are no labels to find the model's preprocessing with", "--data",
               kGiveOne};
}

Result<void> choose_preprocessing(Trial& trial, std::uint64_t samples, Findings& findings) {
  return Chooser(trial, samples, findings).run();
}

}  // namespace mtc::cli
