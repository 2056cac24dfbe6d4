// SPDX-License-Identifier: Apache-2.0
//
// Which actions gc leaves alone: an empty file pins/<key> each. And which keys people mean by what they type.
#include <algorithm>
#include <set>

#include "core/base/file.hpp"
#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/store/state.hpp"
#include "core/store/upkeep.hpp"

namespace mtc::store {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLeastPrefix = 4;
constexpr std::size_t kShardDigits = 2;
constexpr std::size_t kShownCandidates = 5;

/// Adds the names in `folder` that begin with `prefix` and are digests.
void add_names(const fs::path& folder, std::string_view prefix, std::set<Digest>& names) {
  std::error_code ignored;  // A folder that is not there has no names.
  for (auto it = fs::directory_iterator(folder, ignored); it != fs::directory_iterator();
       it.increment(ignored)) {
    std::string name = it->path().filename().string();
    if (is_digest(name) && name.rfind(prefix, 0) == 0) names.insert(std::move(name));
  }
}

bool is_prefix(std::string_view text) {
  return text.size() >= kLeastPrefix &&
         is_digest(std::string(text) + std::string(64 - std::min<std::size_t>(64, text.size()), '0'));
}

/// The keys of a run's actions, from its run.json. Errors: data_loss.
Result<std::set<Digest>> keys_of_run(const fs::path& report) {
  MTC_ASSIGN(const std::string text, read_file(report));
  std::set<Digest> keys;
  try {
    const Json json = Json::parse(text);
    for (const Json& stage : json.at("stages")) {
      for (const Json& action : stage.at("actions")) keys.insert(action.at("key").get<std::string>());
    }
  } catch (const Json::exception& error) {
    return Error{Code::data_loss, std::string("the report of the run cannot be read: ") + error.what(),
                 report.string(), "name the keys instead (mtc cache ls)"};
  }
  return keys;
}

}  // namespace

Result<Digest> Upkeep::key_of(std::string_view prefix) {
  const Layout& layout = store_.state_->layout;
  if (!is_prefix(prefix))
    return Error{Code::invalid_argument, "not a key: " + std::string(prefix), "",
                 "a key has 64 hexadecimal digits, of which the first 4 or more suffice (mtc cache ls)"};
  std::set<Digest> names;
  for (const char* part : {"ac", "actions", "records"})
    add_names(layout.root() / part / std::string(prefix.substr(0, kShardDigits)), prefix, names);
  add_names(layout.pins(), prefix, names);
  if (names.empty())
    return Error{Code::not_found, "no action has a key that begins with " + std::string(prefix),
                 layout.root().string(), "see mtc cache ls"};
  if (names.size() == 1) return *names.begin();
  std::string some;
  for (auto it = names.begin(); it != names.end() && some.size() < kShownCandidates * 65; ++it)
    some += " " + *it;
  return Error{Code::already_exists, std::to_string(names.size()) + " keys begin with " + std::string(prefix),
               layout.root().string(), "give more digits:" + some};
}

Result<std::vector<Digest>> Upkeep::keys_of(std::string_view key_or_run) {
  const fs::path run = store_.state_->layout.runs() / std::string(key_or_run);
  std::error_code error;
  if (!key_or_run.empty() && key_or_run.find('/') == std::string_view::npos &&
      fs::exists(run / "run.json", error)) {
    MTC_ASSIGN(const std::set<Digest> keys, keys_of_run(run / "run.json"));
    return std::vector<Digest>(keys.begin(), keys.end());
  }
  if (!is_prefix(key_or_run))
    return Error{Code::not_found, "neither a key nor a run that has ended: " + std::string(key_or_run),
                 store_.state_->layout.root().string(),
                 "take a key from mtc cache ls, or the run_id that mtc run --json prints"};
  MTC_ASSIGN(Digest key, key_of(key_or_run));
  return std::vector<Digest>{std::move(key)};
}

Result<std::vector<Digest>> Upkeep::pin(std::string_view key_or_run) {
  Store::State& state = *store_.state_;
  MTC_ASSIGN(std::vector<Digest> keys, keys_of(key_or_run));
  MTC_TRY(make_directories(state.layout.pins()));
  std::vector<Use> uses;
  uses.reserve(keys.size());
  for (const Digest& key : keys) uses.push_back({Use::Kind::key, key});
  // A gc that has read the pins already then meets the uses.
  MTC_TRY(state.lease.use(uses));
  for (const Digest& key : keys)
    MTC_TRY(write_file_atomic(state.layout.pin(key), "", 0644, state.file_system));
  return keys;
}

Result<std::vector<Digest>> Upkeep::unpin(std::string_view key_or_run) {
  MTC_ASSIGN(std::vector<Digest> keys, keys_of(key_or_run));
  std::erase_if(keys, [&](const Digest& key) {
    std::error_code error;
    return !fs::exists(store_.state_->layout.pin(key), error);
  });
  for (const Digest& key : keys) MTC_TRY(remove_tree(store_.state_->layout.pin(key)));
  return keys;
}

Result<std::vector<Digest>> Upkeep::pins() {
  std::set<Digest> keys;
  add_names(store_.state_->layout.pins(), "", keys);
  return std::vector<Digest>(keys.begin(), keys.end());
}

}  // namespace mtc::store
