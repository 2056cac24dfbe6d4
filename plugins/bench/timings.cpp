// SPDX-License-Identifier: Apache-2.0
#include "plugins/bench/timings.hpp"

#include <exception>
#include <fstream>

#include <nlohmann/json.hpp>

#include "mtc/npy.hpp"

namespace mtc::bench {
namespace {

using Json = nlohmann::json;

Error damaged(const std::string& what, const std::string& path) {
  return Error{Code::data_loss, what, path, "measure again"};
}

Result<std::vector<std::int64_t>> load_durations(const std::string& path) {
  MTC_ASSIGN(const auto array, npy::load(path));
  const auto& header = array.header;
  if (!npy::same_type(header.dtype, {MTC_KIND_INT, 64, 0}) || header.shape.size() != 2 ||
      header.shape[1] != 2) {
    return damaged("time stamps are not int64 [runs, 2]", path);
  }
  const auto stamps = array.values<std::int64_t>();
  std::vector<std::int64_t> durations;
  durations.reserve(stamps.size() / 2);
  for (std::size_t run = 0; 2 * run < stamps.size(); ++run) {
    const std::int64_t start = stamps[2 * run];
    const std::int64_t end = stamps[2 * run + 1];
    if (end < start) return damaged("run " + std::to_string(run) + " ends before it starts", path);
    durations.push_back(end - start);
  }
  if (durations.empty()) return damaged("no runs", path);
  return durations;
}

/// A list of flags, or one text, as one text.
std::string flags_text(const Json& flags) {
  if (flags.is_string()) return flags.get<std::string>();
  std::string text;
  for (const Json& flag : flags) {
    if (!text.empty()) text += ' ';
    text += flag.get_ref<const std::string&>();
  }
  return text;
}

ComparedTimings compared(const Json& index) {
  ComparedTimings timings;
  timings.summary = index.at("summary").get<std::string>();
  timings.params = index.at("params").dump();
  timings.cpu_has = index.at("cpu_has").get<std::vector<std::string>>();
  timings.cpu_lacks = index.at("cpu_lacks").get<std::vector<std::string>>();
  return timings;
}

}  // namespace

Result<Timings> load_timings(const std::string& folder) {
  const std::string path = folder + "/timings.json";
  std::ifstream stream(path);
  if (!stream) {
    return Error{Code::not_found, "no timings.json in the folder", folder,
                 "give the output of a measurement, or an artifact to measure"};
  }
  Timings timings;
  try {
    const Json index = Json::parse(stream);
    timings.batch = index.at("batch").get<std::int64_t>();
    timings.threads = index.at("threads").get<std::int64_t>();
    timings.warmup_runs = index.at("warmup_runs").get<std::int64_t>();
    timings.artifact_bytes = index.at("artifact_bytes").get<std::int64_t>();
    timings.cpu_model = index.at("cpu_model").get<std::string>();
    timings.cpu_flags = flags_text(index.at("cpu_flags"));
    if (index.contains("compare")) timings.compare = compared(index.at("compare"));
  } catch (const std::exception& error) {
    return damaged(std::string("cannot be read: ") + error.what(), path);
  }
  if (timings.batch < 1) return damaged("batch is " + std::to_string(timings.batch), path);
  MTC_ASSIGN(timings.durations_ns, load_durations(folder + "/timings.npy"));
  if (timings.compare) {
    MTC_ASSIGN(timings.compare->durations_ns, load_durations(folder + "/timings_compare.npy"));
  }
  return timings;
}

}  // namespace mtc::bench
