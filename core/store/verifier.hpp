// SPDX-License-Identifier: Apache-2.0
//
// Reads all of the store and says what is damaged. Internal to core/store.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/store/inventory.hpp"
#include "core/store/state.hpp"
#include "core/store/upkeep.hpp"

namespace mtc::store {

class Verifier {
 public:
  /// The caller holds collect.lock, so that nothing is taken away meanwhile.
  Verifier(Store::State& state, bool repair, const UpkeepProgress& progress)
      : state_(state), repair_(repair), progress_(progress) {}

  Result<VerifyReport> run();

 private:
  Result<void> blobs();
  Result<void> entries();
  void documents();
  void trees();
  Result<void> checkpoints();

  Result<void> blob(const Digest& digest);
  [[nodiscard]] std::optional<std::uint64_t> good_blob(const Digest& digest);
  [[nodiscard]] std::string fault_of(const Entry& entry);
  [[nodiscard]] std::string fault_of_tree(const Digest& digest);
  void damaged(const char* kind, const std::filesystem::path& path, std::string what);

  Store::State& state_;
  bool repair_;
  const UpkeepProgress& progress_;
  Inventory inventory_;
  std::map<Digest, std::uint64_t> good_;  ///< Blobs that are what their names say.
  VerifyReport report_;
};

}  // namespace mtc::store
