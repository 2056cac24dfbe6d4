// SPDX-License-Identifier: Apache-2.0
#include "cli/mtc/sample_count.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <span>
#include <system_error>
#include <vector>

#include "core/config/pipeline_file.hpp"

namespace mtc::cli {
namespace {

constexpr std::size_t kHeaderBytes = std::size_t{64} << 10U;

Result<std::uint64_t> rows_of(const std::filesystem::path& file) {
  MTC_ASSIGN(const auto header, array_header(file));
  return header.shape.empty() ? 1 : static_cast<std::uint64_t>(header.shape.front());
}

std::uint64_t files_below(const std::filesystem::path& folder) {
  std::uint64_t count = 0;
  std::error_code error;
  for (auto at = std::filesystem::recursive_directory_iterator(folder, error);
       !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    if (at->is_regular_file(error)) ++count;
  }
  return count;
}

}  // namespace

Result<npy::Header> array_header(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    return Error{Code::not_found, "cannot read '" + file.string() + "'", "--data", "check the path"};
  std::vector<char> bytes(kHeaderBytes);
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const auto got = static_cast<std::size_t>(stream.gcount());
  auto header = npy::parse_header(std::as_bytes(std::span(bytes)).first(got));
  if (!header) header.error().where = file.string();
  return header;
}

Result<std::uint64_t> most_samples(const DataFlags& flags) {
  config::DataEntry entry;
  entry.inputs = {flags.path};
  if (std::filesystem::path(flags.path).extension() == ".toml") {
    MTC_ASSIGN(entry, config::load_data_file(flags.path));
  }
  std::uint64_t count = 0;
  for (const auto& input : entry.inputs) {
    std::error_code error;
    if (std::filesystem::is_directory(input, error)) {
      count += files_below(input);
    } else {
      MTC_ASSIGN(const auto rows, rows_of(input));
      count += rows;
    }
  }
  count -= std::min(count, entry.skip);
  return entry.take ? std::min(count, *entry.take) : count;
}

}  // namespace mtc::cli
