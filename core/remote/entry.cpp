// SPDX-License-Identifier: Apache-2.0
#include "core/remote/entry.hpp"

#include <algorithm>

#include "core/base/file.hpp"
#include "core/store/result_json.hpp"
#include "core/store/tree_listing.hpp"

namespace mtc::remote {
namespace {

Result<LocalBlob> local_blob(std::string path, const Digest& digest, bool executable, store::Store& store) {
  LocalBlob blob;
  MTC_ASSIGN(blob.path, store.path({path, digest, 0, false}));
  std::error_code error;
  blob.file = {std::move(path), digest, std::filesystem::file_size(blob.path, error), executable};
  if (error) return errno_error(error.value(), "cannot read", blob.path);
  return blob;
}

}  // namespace

Result<std::vector<LocalBlob>> blobs_of(const store::ActionResult& result, store::Store& store) {
  std::vector<LocalBlob> blobs;
  for (const auto& output : result.outputs) {
    const std::string path = output.folder ? output.name + ".listing" : output.name;
    MTC_ASSIGN(auto own, local_blob(path, output.digest, false, store));
    blobs.push_back(std::move(own));
    if (!output.folder) continue;
    MTC_ASSIGN(const auto text, read_file(blobs.back().path));
    MTC_ASSIGN(const auto listing, store::parse_listing(text));
    for (const auto& file : listing.files) {
      MTC_ASSIGN(auto blob, local_blob(output.name + "/" + file.path, file.digest, file.executable, store));
      blobs.push_back(std::move(blob));
    }
  }
  std::ranges::sort(blobs, {}, [](const LocalBlob& blob) { return blob.file.path; });
  return blobs;
}

std::string entry_body(const Digest& key, const store::ActionResult& result,
                       const std::vector<LocalBlob>& blobs) {
  ResultMessage message;
  for (const auto& blob : blobs) message.output_files.push_back(blob.file);
  message.stdout_raw = store::result_to_json(key, result);
  return encode(message);
}

Result<Entry> parse_entry(const Digest& key, std::string_view body) {
  MTC_ASSIGN(const auto message, decode(body));
  Entry entry;
  MTC_ASSIGN(entry.result, store::result_from_json(key, message.stdout_raw));
  for (const auto& file : message.output_files) entry.sizes[file.digest] = file.bytes;
  for (const auto& output : entry.result.outputs) {
    if (!entry.sizes.contains(output.digest)) {
      return Error{Code::data_loss, "the entry does not list output " + output.name, "", ""};
    }
  }
  return entry;
}

}  // namespace mtc::remote
