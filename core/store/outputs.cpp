// SPDX-License-Identifier: Apache-2.0
//
// Outputs as paths: read-only ones inside the store, copies for people outside it; the size of it all, and
// its end.
#include "core/store/materialise.hpp"
#include "core/store/state.hpp"

namespace mtc::store {

namespace fs = std::filesystem;

Result<fs::path> Store::path(const StoredOutput& output) {
  MTC_TRY(state_->lease.use({{Use::Kind::blob, output.digest}}));
  if (output.folder) return state_->trees.lay_out(output.digest);
  if (!state_->blobs.check(output.digest)) return blob_missing(output.digest);
  return state_->layout.blob(output.digest);
}

Result<void> Store::materialise(const StoredOutput& output, const fs::path& destination) {
  Materialiser materialiser(state_->layout, state_->blobs, state_->trees, state_->stats, state_->file_system,
                            state_->clock);
  if (output.folder) return materialiser.folder(output.digest, destination);
  return materialiser.file(output.digest, destination, false);
}

Result<std::uint64_t> Store::bytes() {
  MTC_ASSIGN(const std::optional<std::uint64_t> known, state_->size.get());
  if (known) return *known;
  MTC_ASSIGN(const std::uint64_t walked, bytes_under(state_->layout.root()));
  MTC_TRY(state_->size.set(walked));
  return walked;
}

Result<void> Store::clear() {
  MTC_ASSIGN(const bool alone, state_->lock.try_convert(FileLock::Mode::exclusive));
  if (!alone) {
    // Others hold it shared, so that taking it back does not wait.
    MTC_ASSIGN(state_->lock, FileLock::lock(state_->layout.lock(), FileLock::Mode::shared));
    return Error{Code::unavailable, "another mtc uses the store", state_->layout.root().string(),
                 "wait until it ends, then try again", true};
  }
  const auto remove_all = [this]() -> Result<void> {
    state_->session.end();
    state_->lease.drop();
    state_->stats.clear();
    MTC_TRY(remove_tree(state_->layout.size()));
    // Results before what they refer to: an interrupted removal leaves no result without its blobs.
    for (const char* part :
         {"ac", "records", "actions", "checkpoints", "trees", "cas", "runs", "pins", "uses", "tmp"})
      MTC_TRY(remove_tree(state_->layout.root() / part));
    return {};
  };
  auto removed = remove_all();
  MTC_ASSIGN(const bool shared, state_->lock.try_convert(FileLock::Mode::shared));
  if (!shared) {
    MTC_ASSIGN(state_->lock, FileLock::lock(state_->layout.lock(), FileLock::Mode::shared));
  }
  return removed;
}

}  // namespace mtc::store
