// SPDX-License-Identifier: Apache-2.0
#include "core/run/digests.hpp"

#include <vector>

#include <fmt/format.h>

#include "core/base/onnx_external_data.hpp"
#include "core/pipeline/document.hpp"
#include "core/run/folder_files.hpp"

namespace mtc::run {
namespace {

Result<Digest> folder_digest(const std::filesystem::path& folder, store::Store& store) {
  MTC_ASSIGN(const auto files, folder_files(folder));
  std::string listing;
  for (const auto& file : files) {
    MTC_ASSIGN(const auto digest, store.file_digest(folder / file));
    listing += fmt::format("{} {}\n", digest, file.generic_string());
  }
  return digest_of(listing);
}

Result<std::vector<Digest>> digests_of(const std::vector<pipeline::Source>& sources,
                                       const OutputOf& output_of, store::Store& store) {
  std::vector<Digest> digests;
  for (const auto& source : sources) {
    MTC_ASSIGN(const auto path, source_path(source, output_of, store));
    if (!path) continue;
    MTC_ASSIGN(auto digest, store.file_digest(*path));
    digests.push_back(std::move(digest));
  }
  return digests;
}

Result<Json> paths_of(const std::vector<pipeline::Source>& sources, const OutputOf& output_of,
                      store::Store& store) {
  Json paths = Json::array();
  for (const auto& source : sources) {
    MTC_ASSIGN(const auto path, source_path(source, output_of, store));
    if (path) paths.push_back(path->string());
  }
  return paths;
}

}  // namespace

Result<Digest> path_digest(const std::filesystem::path& path, store::Store& store) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return folder_digest(path, store);
  MTC_ASSIGN(const auto own, store.file_digest(path));
  if (path.extension() != ".onnx") return own;
  MTC_ASSIGN(const auto locations, onnx_external_data(path));
  if (locations.empty()) return own;
  std::string listing = fmt::format("{} model\n", own);
  for (const auto& location : locations) {
    const auto file = path.parent_path() / location;
    // A file that is missing is the loader's to report, with the tensor that wants it.
    if (!std::filesystem::exists(file, error)) continue;
    MTC_ASSIGN(const auto digest, store.file_digest(file));
    listing += fmt::format("{} {}\n", digest, location);
  }
  return digest_of(listing);
}

Result<std::optional<std::filesystem::path>> source_path(const pipeline::Source& source,
                                                         const OutputOf& output_of, store::Store& store) {
  if (source.kind == pipeline::Source::Kind::path) return std::optional(source.path);
  const auto* output = output_of(source.action, source.output);
  if (output == nullptr) {
    return Error{Code::internal, fmt::format("the output '{}' has no value yet", source.output), source.place,
                 "this is a bug in mtc: please report it with the pipeline file"};
  }
  MTC_ASSIGN(const auto path, store.path(*output));
  if (source.member.empty()) return std::optional(path);
  const auto member = path / source.member;
  std::error_code error;
  return std::filesystem::exists(member, error) ? std::optional(member) : std::nullopt;
}

Result<Digest> source_digest(const pipeline::Plan& plan, const pipeline::Source& source,
                             const OutputOf& output_of, store::Store& store) {
  if (source.kind == pipeline::Source::Kind::path) return path_digest(source.path, store);
  if (source.kind == pipeline::Source::Kind::dataset) {
    const auto& dataset = plan.datasets[source.dataset];
    MTC_ASSIGN(const auto inputs, digests_of(dataset.inputs, output_of, store));
    MTC_ASSIGN(const auto labels, digests_of(dataset.labels, output_of, store));
    return pipeline::dataset_digest(dataset, inputs, labels);
  }
  const auto* output = output_of(source.action, source.output);
  if (output == nullptr) {
    return Error{Code::internal, fmt::format("the output '{}' has no value yet", source.output), source.place,
                 "this is a bug in mtc: please report it with the pipeline file"};
  }
  return output->digest;
}

Result<Json> dataset_view(const pipeline::Dataset& dataset, const OutputOf& output_of, store::Store& store) {
  MTC_ASSIGN(auto inputs, paths_of(dataset.inputs, output_of, store));
  MTC_ASSIGN(auto labels, paths_of(dataset.labels, output_of, store));
  return Json{{"inputs", std::move(inputs)},      {"labels", std::move(labels)},
              {"classes", dataset.classes},       {"label_offset", dataset.label_offset},
              {"preprocess", dataset.preprocess}, {"views", dataset.views}};
}

}  // namespace mtc::run
