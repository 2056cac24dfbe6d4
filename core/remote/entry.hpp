// SPDX-License-Identifier: Apache-2.0
//
// A result of the store as an entry of a remote cache: an ActionResult message whose output_files name every
// blob of the result, and whose stdout_raw is the result itself, as the JSON of core/store/result_json.hpp
// (with its key and a checksum), so that metrics and seconds survive bit for bit.
//
//   an output that is a file      path "NAME"
//   an output that is a folder    "NAME/PATH" for each file, and "NAME.listing" for the listing whose digest
//   it has the action document           "action.document"; its digest is the key
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.hpp"
#include "core/remote/result_message.hpp"
#include "core/store/store.hpp"
#include "mtc/result.hpp"

namespace mtc::remote {

/// A blob of a result and where it lies on this machine.
struct LocalBlob {
  OutputFile file;
  std::filesystem::path path;
};

/// The blobs of `result`, sorted by OutputFile::path. Errors: data_loss when the store has one no more.
Result<std::vector<LocalBlob>> blobs_of(const store::ActionResult& result, store::Store& store);

/// The body of /ac/<key>; `blobs` as blobs_of() gave them, and the document.
std::string entry_body(const Digest& key, const store::ActionResult& result,
                       const std::vector<LocalBlob>& blobs);

struct Entry {
  store::ActionResult result;
  std::map<Digest, std::uint64_t> sizes;  ///< Of every blob.
};

/// The inverse. Errors: data_loss for anything that entry_body() of this key does not write.
Result<Entry> parse_entry(const Digest& key, std::string_view body);

}  // namespace mtc::remote
