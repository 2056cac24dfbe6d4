// SPDX-License-Identifier: Apache-2.0
#include "core/run/package.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/file.hpp"
#include "core/base/json.hpp"

namespace mtc::run {
namespace {

Result<void> copy_into(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  if (!std::filesystem::is_directory(from, error)) return clone_file(from, to, 0644);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(from, error)) {
    if (!entry.is_regular_file(error)) continue;
    const auto target = to / entry.path().lexically_relative(from);
    MTC_TRY(make_directories(target.parent_path()));
    MTC_TRY(clone_file(entry.path(), target, 0644));
  }
  if (error) return Error{Code::data_loss, "cannot list the folder: " + error.message(), from.string(), {}};
  return {};
}

Result<Json> list_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file(error)) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  Json list = Json::array();
  for (const auto& file : files) {
    MTC_ASSIGN(auto digest, digest_of_file(file));
    list.push_back({{"path", file.lexically_relative(folder).generic_string()},
                    {"sha256", std::move(digest)},
                    {"bytes", std::filesystem::file_size(file, error)}});
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
    if (name == "model") target /= "model.onnx";
    if (name == "report") {
      target /= reports == 0 ? "report.json" : fmt::format("report_{}.json", reports);
      ++reports;
    }
    MTC_TRY(copy_into(path, target));
    sources.push_back({{"name", name}, {"sha256", digests[i]}});
  }
  MTC_ASSIGN(auto files, list_files(folder));
  const Json manifest = {
      {"schema", "mtc.package/1"}, {"inputs", std::move(sources)}, {"files", std::move(files)}};
  return write_file_atomic(folder / "manifest.json", manifest.dump(2) + "\n");
}

}  // namespace mtc::run
