// SPDX-License-Identifier: Apache-2.0
//
// All that is in uses/: what sessions that live use, and when everything was used last.
//
//   uses/<time>-<pid>-<n>   one file a session (lease.hpp)
//   uses/index              the latest use of each key, from files of sessions that ended
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "core/store/layout.hpp"
#include "core/store/use.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

/// At most one in the store: whoever makes one to change something holds collect.lock.
class UseLog {
 public:
  explicit UseLog(const Layout& layout) : layout_(layout) {}

  /// Reads everything. Sessions that live now count as living for as long as this object does. Takes
  /// uses.lock for a moment.
  Result<void> read();
  /// Reads what living sessions and new ones wrote since, and returns it. The caller holds uses.lock
  /// exclusively.
  Result<std::vector<Use>> read_more();

  /// When `key` was used last; 0 when nothing is known.
  [[nodiscard]] std::int64_t last_use(const Digest& key) const;
  /// Whether a session that lives, or lived when read() was called, names it.
  [[nodiscard]] bool in_use(const Use& use) const { return used_.contains(use); }
  [[nodiscard]] const std::set<Use>& in_use() const { return used_; }
  [[nodiscard]] std::size_t living() const { return living_.size(); }

  /// Puts what is known of ended sessions into the index and removes their files. Keys that `keep` does not
  /// want are left out.
  Result<void> fold(const std::function<bool(const Digest& key)>& keep);

 private:
  struct Living {
    std::filesystem::path file;
    std::uint64_t offset = 0;  ///< Up to where it was read.
  };
  Result<std::vector<Use>> take(const std::filesystem::path& file, std::uint64_t& offset, bool living);

  const Layout& layout_;
  std::map<Digest, std::int64_t> last_;
  std::set<Use> used_;
  std::map<std::string, Living> living_;
  std::set<std::string> ended_;  ///< Names of files whose sessions ended before read().
};

/// Folds the files of ended sessions when there are many of them and nobody else works at uses/.
Result<void> fold_uses(const Layout& layout);

}  // namespace mtc::store
