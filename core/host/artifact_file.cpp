// SPDX-License-Identifier: Apache-2.0
#include "core/host/artifact_file.hpp"

#include <filesystem>
#include <sstream>
#include <system_error>

#include "core/base/file.hpp"
#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/data/array_file.hpp"

namespace mtc::host {
namespace {

void write_io(std::ostream& out, const char* table, const Io& io) {
  out << "\n[[" << table << "]]\nname = " << toml_string(io.name)
      << "\ntype = " << toml_string(data::type_text(io.dtype)) << "\nshape = " << Json(io.shape).dump()
      << "\nscale = " << Json(io.scale).dump() << "\nzero_point = " << io.zero_point << "\n";
}

}  // namespace

std::string artifact_toml(const ArtifactInfo& info) {
  std::ostringstream out;
  out << "target = " << toml_string(info.target) << "\nplugin = " << toml_string(info.plugin) << "\n";
  for (const auto& [key, value] : info.properties) out << key << " = " << toml_string(value) << "\n";
  if (!info.properties.contains("scheme")) out << "scheme = \"\"\n";
  out << "source = " << toml_string(info.source) << "\nbatch = " << info.batch << "\n";
  for (const auto& io : info.inputs) write_io(out, "input", io);
  for (const auto& io : info.outputs) write_io(out, "output", io);
  return out.str();
}

std::string artifact_property(const std::string& text, const std::string& key) {
  const std::string start = key + " = ";
  for (const auto& line : split(text, '\n')) {
    if (line.starts_with("[")) break;
    if (!line.starts_with(start)) continue;
    const Json value = Json::parse(line.substr(start.size()), nullptr, false);
    return value.is_string() ? value.get<std::string>() : std::string();
  }
  return {};
}

Result<std::uint64_t> artifact_bytes(const std::string& path) {
  std::error_code error;
  std::filesystem::path file = path;
  if (std::filesystem::is_directory(file, error)) {
    const auto document = read_file(file / "artifact.toml");
    const std::string entry = document ? artifact_property(*document, "entry") : std::string();
    if (entry.empty()) return bytes_under(file);
    file /= entry;
    if (std::filesystem::is_directory(file, error)) return bytes_under(file);
  }
  const auto bytes = std::filesystem::file_size(file, error);
  if (error)
    return Error{Code::not_found, "cannot read the artifact: " + error.message(), file.string(),
                 "compile it again"};
  return bytes;
}

}  // namespace mtc::host
