// SPDX-License-Identifier: Apache-2.0
#include "core/run/package.hpp"

#include <fmt/format.h>

#include "core/base/file.hpp"
#include "core/base/json.hpp"
#include "core/run/folder_files.hpp"

namespace mtc::run {
namespace {

/// Copies a file to `to`, or the files of a folder into it. What another input has put there stays: an error.
Result<void> copy_input(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>> copies{{from, to}};
  if (std::filesystem::is_directory(from, error)) {
    copies.clear();
    MTC_ASSIGN(const auto files, folder_files(from));
    for (const auto& file : files) copies.emplace_back(from / file, to / file);
  }
  for (const auto& [source, target] : copies) {
    if (std::filesystem::exists(target, error)) {
      return Error{Code::already_exists,
                   fmt::format("two inputs bring a file {}", target.filename().string()), source.string(),
                   "leave out the input that holds it already"};
    }
    MTC_TRY(make_directories(target.parent_path()));
    MTC_TRY(clone_file(source, target, 0644));
  }
  return {};
}

Result<Json> list_files(const std::filesystem::path& folder) {
  MTC_ASSIGN(const auto files, folder_files(folder));
  Json list = Json::array();
  for (const auto& file : files) {
    std::error_code error;
    MTC_ASSIGN(auto digest, digest_of_file(folder / file));
    list.push_back({{"path", file.generic_string()},
                    {"sha256", std::move(digest)},
                    {"bytes", std::filesystem::file_size(folder / file, error)}});
  }
  return list;
}

}  // namespace

Result<void> write_package(const std::vector<std::pair<std::string, std::filesystem::path>>& inputs,
                           const std::vector<Digest>& digests, const std::filesystem::path& folder) {
  Json sources = Json::array();
  int reports = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto& [name, path] = inputs[i];
    auto target = folder;
    std::error_code error;
    // A plain model is an artifact too, that of the target `reference`.
    if (name == "model" || (name == "artifact" && !std::filesystem::is_directory(path, error))) {
      target /= "model.onnx";
    }
    if (name == "report") {
      target /= reports == 0 ? "report.json" : fmt::format("report_{}.json", reports);
      ++reports;
    }
    MTC_TRY(copy_input(path, target));
    sources.push_back({{"name", name}, {"sha256", digests[i]}});
  }
  MTC_ASSIGN(auto files, list_files(folder));
  const Json manifest = {
      {"schema", "mtc.package/1"}, {"inputs", std::move(sources)}, {"files", std::move(files)}};
  return write_file_atomic(folder / "manifest.json", manifest.dump(2) + "\n");
}

}  // namespace mtc::run
