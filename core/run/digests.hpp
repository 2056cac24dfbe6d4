// SPDX-License-Identifier: Apache-2.0
//
// Digests of what actions read: users' files and folders, models with external data, outputs, datasets.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "core/base/digest.hpp"
#include "core/pipeline/plan.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::run {

/// A user's path: a file's content; a model's with its external data; a folder's sorted listing, lines
/// "digest path".
Result<Digest> path_digest(const std::filesystem::path& path, store::Store& store);

/// An output of an action that has a result already.
using OutputOf = std::function<const store::StoredOutput*(std::size_t action, const std::string& output)>;

/// Where a source lies now; nullopt for a member that its folder does not have (a dataset without labels).
Result<std::optional<std::filesystem::path>> source_path(const pipeline::Source& source,
                                                         const OutputOf& output_of, store::Store& store);

/// The digest of a source, datasets included.
Result<Digest> source_digest(const pipeline::Plan& plan, const pipeline::Source& source,
                             const OutputOf& output_of, store::Store& store);

/// A dataset as the worker takes it ("dataset" in the action specification).
Result<Json> dataset_view(const pipeline::Dataset& dataset, const OutputOf& output_of, store::Store& store);

}  // namespace mtc::run
