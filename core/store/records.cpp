// SPDX-License-Identifier: Apache-2.0
//
// Measurements (records/) and runs (runs/): both are named by time, so that names sort by age.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "core/store/result_json.hpp"
#include "core/store/state.hpp"

namespace mtc::store {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr int kNameAttempts = 1000;

/// Names in `folder`, the last first; empty when there is no such folder.
Result<std::vector<std::string>> newest_first(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator();
       it.increment(error))
    names.push_back(it->path().filename().string());
  if (error && error.value() != ENOENT) return errno_error(error.value(), "cannot list", folder);
  std::sort(names.rbegin(), names.rend());
  return names;
}

/// "20250131T235959-123456789": UTC, then the nanoseconds.
std::string time_name(std::int64_t unix_ns) {
  const std::time_t seconds = unix_ns / kSecondNs;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}-{:09}", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, unix_ns % kSecondNs);
}

/// The inverse; nullopt for any other name.
std::optional<std::int64_t> time_of_run(const std::string& name) {
  std::tm parts{};
  const char* rest = ::strptime(name.c_str(), "%Y%m%dT%H%M%S-", &parts);
  const auto nanoseconds = rest == nullptr ? std::nullopt : parse_integer(rest);
  if (!nanoseconds) return std::nullopt;
  return std::int64_t{::timegm(&parts)} * kSecondNs + *nanoseconds;
}

/// Nanoseconds since 1970 that the name of a record begins with.
std::optional<std::int64_t> time_of_record(const std::string& name) {
  return parse_integer(std::string_view(name).substr(0, name.find('-')));
}

/// `now_ns`, or just after the latest of `names` where the clock was put back: what came last must sort last.
std::int64_t after_all(const std::vector<std::string>& names, std::int64_t now_ns,
                       std::optional<std::int64_t> (*time_of)(const std::string&)) {
  for (const std::string& name : names) {
    if (const auto time_ns = time_of(name)) return std::max(now_ns, *time_ns + 1);
  }
  return now_ns;
}

}  // namespace

Result<void> Store::add_record(std::string_view document, const ActionResult& result) {
  MTC_TRY(record_document(document));
  const Digest key = digest_of(document);
  const fs::path folder = state_->layout.records(key);
  MTC_TRY(make_directories(folder));
  // The digest of its content keeps two records of one nanosecond apart.
  const std::string text = result_to_json(key, result);
  MTC_ASSIGN(const std::vector<std::string> names, newest_first(folder));
  const std::int64_t now_ns = after_all(names, state_->clock.now_unix_ns(), time_of_record);
  const std::string name = fmt::format("{:020}-{}.json", now_ns, digest_of(text).substr(0, 8));
  const bool durable = result.seconds >= kDurableSeconds;
  if (durable) MTC_TRY(state_->sync(result.outputs));
  MTC_TRY(write_file_atomic(folder / name, text, 0444, state_->file_system,
                            durable ? Outlasts::power_cut : Outlasts::kill));
  state_->size.add(text.size());
  return {};
}

Result<std::optional<Store::Record>> Store::newest_record(const Digest& key) {
  MTC_TRY(state_->lease.use({{Use::Kind::key, key}}));
  const fs::path folder = state_->layout.records(key);
  MTC_ASSIGN(const std::vector<std::string> names, newest_first(folder));
  for (const std::string& name : names) {
    const fs::path file = folder / name;
    if (file.extension() != ".json") continue;  // A writer's temporary file.
    const auto text = read_file(file);
    const auto time_ns = time_of_record(name);
    auto result = text ? result_from_json(key, *text) : Result<ActionResult>(text.error());
    const bool whole = result && time_ns &&
                       std::all_of(result->outputs.begin(), result->outputs.end(),
                                   [this](const StoredOutput& output) { return state_->present(output); });
    if (whole) return std::optional<Record>(Record{*std::move(result), *time_ns / kSecondNs});
    state_->quarantine.put(file);
  }
  return std::optional<Record>();
}

Result<std::pair<std::string, fs::path>> Store::new_run() {
  MTC_TRY(make_directories(state_->layout.runs()));
  MTC_ASSIGN(const std::vector<std::string> names, newest_first(state_->layout.runs()));
  const std::int64_t now_ns = after_all(names, state_->clock.now_unix_ns(), time_of_run);
  for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
    std::string id = time_name(now_ns + attempt);
    MTC_TRY(state_->lease.use({{Use::Kind::run, id}}));
    fs::path folder = state_->layout.runs() / id;
    if (::mkdir(folder.c_str(), 0777) == 0) return std::pair(std::move(id), std::move(folder));
    if (errno != EEXIST) return errno_error(errno, "cannot create the folder of the run", folder);
  }
  return Error{Code::already_exists, "no free name for a run at this time", state_->layout.runs().string(),
               "try again", true};
}

Result<std::optional<fs::path>> Store::newest_run() {
  MTC_ASSIGN(const std::vector<std::string> names, runs());
  if (names.empty()) return std::optional<fs::path>();
  return std::optional<fs::path>(run_folder(names.front()));
}

Result<std::vector<std::string>> Store::runs() { return newest_first(state_->layout.runs()); }

fs::path Store::run_folder(const std::string& id) const { return state_->layout.runs() / id; }

}  // namespace mtc::store
