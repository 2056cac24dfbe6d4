// SPDX-License-Identifier: Apache-2.0
#include "plugins/onnxruntime/artifact.hpp"

#include <fstream>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

#include "plugins/onnxruntime/external_data.hpp"

namespace mtc::onnxruntime {

namespace {

namespace fs = std::filesystem;

constexpr const char* kSettingsFile = "session.toml";
constexpr std::string_view kExactOn = "exact = true\n";
constexpr std::string_view kExactOff = "exact = false\n";

Result<std::string> read_all(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream) return Error{Code::not_found, "cannot read the file", file.string(), "check the path"};
  std::string content(static_cast<std::size_t>(stream.tellg()), ' ');
  stream.seekg(0);
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (stream) return content;
  return Error{Code::data_loss, "cannot read the whole file", file.string(), "check the disk"};
}

Result<void> copy_into(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  if (!error) return {};
  const bool missing = error == std::errc::no_such_file_or_directory;
  return Error{missing ? Code::not_found : Code::resource_exhausted,
               "cannot copy to the artifact: " + error.message(), from.string(),
               missing ? "check the path" : "check free space and permissions"};
}

/// Whether `location` stays within the folder that it is relative to.
bool is_inside(const fs::path& location) {
  if (location.empty() || location.is_absolute()) return false;
  const auto normal = location.lexically_normal();
  return *normal.begin() != "..";
}

}  // namespace

Result<void> write_artifact(const fs::path& model, const fs::path& folder, bool exact) {
  MTC_ASSIGN(const std::string content, read_all(model));
  auto locations = external_locations(std::as_bytes(std::span(content)));
  if (!locations) {
    locations.error().where = model.string();
    return locations.error();
  }
  for (const auto& location : *locations) {
    if (!is_inside(location)) {
      return Error{Code::invalid_argument,
                   "external data at '" + location + "' lies outside the model's folder", model.string(),
                   "save the model with its external data beside it"};
    }
    MTC_TRY(copy_into(model.parent_path() / location, folder / location));
  }
  MTC_TRY(copy_into(model, folder / kModelFile));
  std::ofstream settings(folder / kSettingsFile, std::ios::binary);
  settings << (exact ? kExactOn : kExactOff) << std::flush;
  if (settings) return {};
  return Error{Code::resource_exhausted, "cannot write the file", (folder / kSettingsFile).string(),
               "check free space and permissions"};
}

Result<bool> read_exact(const fs::path& folder) {
  MTC_ASSIGN(const std::string text, read_all(folder / kSettingsFile));
  if (text == kExactOn) return true;
  if (text == kExactOff) return false;
  return Error{Code::data_loss, "not written by this plugin", (folder / kSettingsFile).string(),
               "compile the model again"};
}

}  // namespace mtc::onnxruntime
