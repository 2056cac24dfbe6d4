// SPDX-License-Identifier: Apache-2.0
//
// A pipeline file as data: what is written, checked for form (keys, types), not yet for meaning (stages,
// parameters).
//
//   mtc = 1                 required
//   include = ["base.toml"] other files, whose tables lie under these (include.hpp)
//   [model] [model.NAME]    path
//   [data.NAME]             format, inputs, labels, classes, label_offset, preprocess, or `stage` in place of
//                           inputs and labels, or `from` alone; each with skip, take, seed
//   [stage.NAME]            uses, with, matrix.target, matrix.with.PARAMETER, matrix.exclude, gate, skip,
//                           resources; other keys are inputs
//   [profile.NAME]          tables of the same form, laid over the file when the profile is chosen
//
// Order of precedence: -D, then the profile, then the file, then what it includes. Tables merge key by key,
// any other value replaces what was there (core/config/overlay.hpp). `skip = true` takes a stage out of the
// pipeline; it is for profiles and -D.
//
// Paths (model.path, inputs, labels) may hold ${NAME} and ${NAME:-default}; relative ones count from the
// folder of the file that they stand in, those of -D from the folder of the pipeline file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/json.hpp"
#include "core/config/place.hpp"
#include "mtc/result.hpp"

namespace mtc::config {

/// A value with the place where it was written.
struct Located {
  Json value;
  Place place;
};

/// A path as it was written, for what has to name it alike on every machine (mtc.lock).
struct WrittenPath {
  std::string text;              ///< With its variables.
  std::filesystem::path folder;  ///< Where it counts from.
};

struct ModelEntry {
  std::string name;            ///< "model" for [model], NAME for [model.NAME].
  std::filesystem::path path;  ///< Absolute; relative ones count from the folder of the file it stands in.
  WrittenPath written;
  Place place;
};

/// [data.NAME]: a source (format, inputs), a view of another (`from`), or the folder that a stage makes
/// (`stage`).
struct DataEntry {
  std::string name;
  std::string from;    ///< Not empty: a view.
  std::string stage;   ///< "gen.tensors": the folder output of a stage, holding images.npy and labels.npy.
  std::string format;  ///< npy | images
  std::vector<std::filesystem::path> inputs;  ///< Absolute.
  std::vector<std::filesystem::path> labels;  ///< Absolute.
  std::vector<WrittenPath> written;           ///< Of `inputs`, then of `labels`.
  /// null, or the table that the preset or the file gives: color, scale, mean, std (lists of 1 or C numbers)
  /// always; resize, filter, crop, layout where given (core/config/preprocess.hpp).
  Json preprocess;
  std::int64_t classes = 0;
  std::int64_t label_offset = 0;
  std::optional<std::uint64_t> seed;
  std::uint64_t skip = 0;
  std::optional<std::uint64_t> take;
  Place place;
};

/// What a stage occupies while it runs; not part of any key.
struct ResourcesEntry {
  std::int64_t cpu = 0;              ///< Slots of -j; 0 = not said.
  std::uint64_t memory_bytes = 0;    ///< Limit of each action, and what is set aside for it; 0 = not said.
  std::vector<std::string> devices;  ///< Names; stages that name the same one take turns.
  bool exclusive = false;            ///< Nothing else runs meanwhile.
};

/// One table of matrix.exclude: combinations that have all of these values are left out.
struct ExcludeEntry {
  std::vector<std::pair<std::string, Located>> values;  ///< Axis as brackets name it ("NAME") → its value.
  Place place;
};

struct StageEntry {
  std::string name;
  Located uses;
  /// Every key of the table that is not uses, with, matrix, gate or skip: inputs, target, artifact, data. A
  /// string or list.
  std::map<std::string, Located> inputs;
  std::map<std::string, Located> params;  ///< with = {…}
  /// matrix.target = [...] → {"target", …}; matrix.with.NAME = [...] → {"with.NAME", …}; in order as written.
  std::vector<std::pair<std::string, Located>> matrix;
  std::vector<ExcludeEntry> excludes;
  std::vector<std::pair<std::string, Place>> gates;
  ResourcesEntry resources;
  Place place;
};

struct PipelineFile {
  std::filesystem::path file;    ///< As given; empty for one made from the command line.
  std::filesystem::path folder;  ///< Absolute; relative paths count from here.
  std::vector<ModelEntry> models;
  std::vector<DataEntry> data;
  std::vector<StageEntry> stages;  ///< In order as written.
};

struct Override {
  std::string key;    ///< "stage.int8.with.calibration", in the section model, data or stage.
  std::string value;  ///< TOML: `"mse"`, `8`, `[1, 2]`; a bare word that is not TOML is taken as a string.
};

struct LoadOptions {
  std::vector<Override> overrides;  ///< -D, applied before anything is checked.
  std::string profile;              ///< Applies the tables of [profile.NAME] like overrides; empty = none.
};

/// Reads and checks a pipeline file. Errors: not_found; invalid_argument with `where` = file:line:column, and
/// a "did you mean" hint for an unknown key or preset.
Result<PipelineFile> load_pipeline(const std::filesystem::path& file, const LoadOptions& options);

/// The same for text that is not in a file (`origin` is used in messages, paths count from `folder`).
Result<PipelineFile> parse_pipeline(std::string_view text, const std::string& origin,
                                    const std::filesystem::path& folder, const LoadOptions& options);

/// Reads a stand-alone dataset description (the keys of one [data.NAME] table), as --data FILE.toml takes.
Result<DataEntry> load_data_file(const std::filesystem::path& file);

/// Names of the preprocessing presets, and the table of one. Errors: not_found (did you mean).
const std::vector<std::string>& preset_names();
Result<Json> preset(std::string_view name);

/// Any TOML file as JSON (dates become strings). Errors as load_pipeline.
Result<Json> load_toml(const std::filesystem::path& file);

}  // namespace mtc::config
