// SPDX-License-Identifier: Apache-2.0
//
// Digests of files by way of stat.db: a file is read only when its state is not known.
#pragma once

#include <filesystem>

#include "core/base/clock.hpp"
#include "core/base/digest.hpp"
#include "core/store/stat_cache.hpp"
#include "mtc/result.hpp"

namespace mtc::store {

/// The digest of `file` (links are followed). What was read is remembered only if the file had not changed
/// for 2 s when the reading began: a younger one could change again within one tick of its time stamp.
/// Errors: not_found, permission_denied, data_loss; invalid_argument for a folder; aborted when it keeps
/// changing while it is read.
Result<Digest> digest_by_stat(const std::filesystem::path& file, StatCache& stats, const Clock& clock);

/// Remembers the digest of a file that this program itself wrote or checked just now; no age is asked for.
void remember(const std::filesystem::path& file, const Digest& digest, StatCache& stats);

}  // namespace mtc::store
