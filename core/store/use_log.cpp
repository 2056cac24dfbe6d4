// SPDX-License-Identifier: Apache-2.0
#include "core/store/use_log.hpp"

#include <algorithm>

#include "core/base/file.hpp"

namespace mtc::store {

namespace {

namespace fs = std::filesystem;

constexpr const char* kIndex = "index";
constexpr std::size_t kManyFiles = 128;

/// The names of the sessions' files, the oldest first.
Result<std::vector<std::string>> session_files(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    // Others are the index, and what a killed writer of it left.
    const std::string name = it->path().filename().string();
    if (name.rfind(kIndex, 0) != 0) names.push_back(name);
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return errno_error(error.value(), "cannot list", folder);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<void> UseLog::read() {
  MTC_ASSIGN(const FileLock gate, FileLock::lock(layout_.uses_lock()));
  std::uint64_t offset = 0;
  MTC_TRY(take(layout_.uses() / kIndex, offset, false));
  MTC_ASSIGN(const std::vector<std::string> names, session_files(layout_.uses()));
  for (const std::string& name : names) {
    const fs::path file = layout_.uses() / name;
    MTC_ASSIGN(const auto free, FileLock::try_lock(file));
    if (!free) {
      living_[name] = {file, 0};
      continue;
    }
    ended_.insert(name);
    offset = 0;
    MTC_TRY(take(file, offset, false));
  }
  MTC_TRY(read_more());
  return {};
}

Result<std::vector<Use>> UseLog::read_more() {
  MTC_ASSIGN(const std::vector<std::string> names, session_files(layout_.uses()));
  for (const std::string& name : names) {
    if (!ended_.contains(name)) living_.try_emplace(name, Living{layout_.uses() / name, 0});
  }
  std::vector<Use> fresh;
  for (auto& [name, living] : living_) {
    MTC_ASSIGN(const std::vector<Use> more, take(living.file, living.offset, true));
    fresh.insert(fresh.end(), more.begin(), more.end());
  }
  return fresh;
}

Result<std::vector<Use>> UseLog::take(const fs::path& file, std::uint64_t& offset, bool living) {
  std::vector<Use> fresh;
  const auto text = read_file(file);
  if (!text && text.error().code == Code::not_found) return fresh;
  if (!text) return text.error();
  std::string_view rest = std::string_view(*text).substr(std::min<std::size_t>(offset, text->size()));
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const auto dated = parse_use(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    offset += end + 1;
    if (!dated) continue;
    if (dated->use.kind == Use::Kind::key)
      last_[dated->use.name] = std::max(last_[dated->use.name], dated->unix_s);
    if (living && used_.insert(dated->use).second) fresh.push_back(dated->use);
  }
  return fresh;
}

std::int64_t UseLog::last_use(const Digest& key) const {
  const auto found = last_.find(key);
  return found == last_.end() ? 0 : found->second;
}

Result<void> UseLog::fold(const std::function<bool(const Digest& key)>& keep) {
  if (ended_.empty()) return {};
  std::string text;
  for (const auto& [key, unix_s] : last_) {
    if (keep(key)) text += use_line({unix_s, {Use::Kind::key, key}});
  }
  MTC_TRY(write_file_atomic(layout_.uses() / kIndex, text));
  // A kill from here on leaves files whose uses are in the index already.
  for (const std::string& name : ended_) MTC_TRY(remove_tree(layout_.uses() / name));
  ended_.clear();
  return {};
}

Result<void> fold_uses(const Layout& layout) {
  MTC_ASSIGN(const std::vector<std::string> names, session_files(layout.uses()));
  if (names.size() < kManyFiles) return {};
  MTC_ASSIGN(const auto alone, FileLock::try_lock(layout.collect_lock()));
  if (!alone) return {};
  UseLog log(layout);
  MTC_TRY(log.read());
  return log.fold([](const Digest&) { return true; });
}

}  // namespace mtc::store
