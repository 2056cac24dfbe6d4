// SPDX-License-Identifier: Apache-2.0
#include "core/store/layout.hpp"

#include "core/base/file.hpp"

namespace mtc::store {

void Quarantine::put(const std::filesystem::path& entry) {
  ++count_;
  const auto folder = layout_.tmp() / "quarantine";
  std::error_code failed = std::make_error_code(std::errc::io_error);
  if (make_directories(folder)) {
    // A private folder an entry, so that entries of one name (ac and actions of a key) do not meet.
    if (auto place = make_private_folder(folder, entry.parent_path().parent_path().filename().string() + "-"))
      std::filesystem::rename(entry, *place / entry.filename(), failed);
  }
  // Whatever keeps it from being moved, it must not be found again; that it is absent already is fine.
  if (failed) static_cast<void>(remove_tree(entry));
}

}  // namespace mtc::store
