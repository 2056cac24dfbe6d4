// SPDX-License-Identifier: Apache-2.0
#include "core/remote/fetcher.hpp"

#include <set>

#include "core/base/file.hpp"

namespace mtc::remote {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostEntryBytes = 16U << 20U;
constexpr std::uint64_t kMostDocumentBytes = 16U << 20U;

bool same(const store::StoredOutput& a, const store::StoredOutput& b) {
  return a.name == b.name && a.digest == b.digest && a.bytes == b.bytes && a.folder == b.folder;
}

}  // namespace

bool Fetcher::passes(const Reply& reply) {
  health_.report(Health::Way::down, reply);
  return reply.kind == Reply::Kind::done;
}

void Fetcher::damaged(const Error& why) { health_.report(Health::Way::down, {Reply::Kind::damaged, 0, why}); }

Result<bool> Fetcher::run(std::string_view document, const Digest& key) {
  MTC_TRY(make_directories(staging_ / "out"));
  MTC_TRY(make_directories(staging_ / "blobs"));
  MTC_ASSIGN(const bool found, find(key));
  if (!found) return false;
  MTC_ASSIGN(const bool planned, plan_places());
  if (!planned) return false;
  MTC_ASSIGN(const bool complete, lay_out());
  if (!complete) return false;
  std::vector<std::pair<std::string, fs::path>> outputs;
  for (const auto& output : entry_.result.outputs) outputs.emplace_back(output.name, place_of(output));
  MTC_ASSIGN(const auto added, store_.add(staging_, outputs));
  for (std::size_t i = 0; i < added.size(); ++i) {
    if (same(added[i], entry_.result.outputs[i])) continue;
    damaged({Code::data_loss, "an entry of the remote cache does not agree with its blobs", "ac/" + key, ""});
    return false;
  }
  MTC_TRY(store_.publish(document, entry_.result));
  return true;
}

Result<std::optional<store::ActionResult>> Fetcher::result(const Digest& key) {
  MTC_ASSIGN(const bool found, find(key));
  if (!found) return std::optional<store::ActionResult>();
  return std::optional(std::move(entry_.result));
}

Result<std::optional<std::string>> Fetcher::document(const Digest& key) {
  std::optional<std::string> text;
  if (!health_.allow(Health::Way::down)) return text;
  const fs::path file = staging_ / "document";
  if (!passes(transport_.fetch({{key, file, kMostDocumentBytes}}))) return text;
  MTC_ASSIGN(text, read_file(file, kMostDocumentBytes));
  return text;
}

Result<bool> Fetcher::find(const Digest& key) {
  if (!health_.allow(Health::Way::down)) return false;
  const fs::path file = staging_ / "entry";
  if (!passes(transport_.find({key, file, kMostEntryBytes}))) return false;
  MTC_ASSIGN(const auto body, read_file(file, kMostEntryBytes));
  auto entry = parse_entry(key, body);
  if (!entry) {
    entry.error().where = "ac/" + key;
    damaged(entry.error());
    return false;
  }
  entry_ = *std::move(entry);
  return true;
}

Result<bool> Fetcher::download(const std::vector<Digest>& digests) {
  std::vector<Item> items;
  for (const auto& digest : std::set<Digest>(digests.begin(), digests.end())) {
    std::error_code error;
    if (fs::exists(downloaded(digest), error) || store_.path({"", digest, 0, false})) continue;
    const auto size = entry_.sizes.find(digest);
    if (size == entry_.sizes.end()) {
      damaged({Code::data_loss, "an entry of the remote cache does not list all its blobs", digest, ""});
      return false;
    }
    items.push_back({digest, downloaded(digest), size->second});
  }
  return items.empty() || passes(transport_.fetch(items));
}

Result<bool> Fetcher::plan_places() {
  std::vector<Digest> listings;
  for (const auto& output : entry_.result.outputs) {
    if (output.folder) listings.push_back(output.digest);
  }
  MTC_ASSIGN(const bool complete, download(listings));
  if (!complete) return false;
  for (const auto& output : entry_.result.outputs) {
    if (!output.folder) {
      places_.push_back({output.digest, place_of(output), false});
      continue;
    }
    MTC_TRY(make_directories(place_of(output)));
    MTC_ASSIGN(const auto file, source_of(output.digest));
    MTC_ASSIGN(const auto text, read_file(file));
    const auto listing = store::parse_listing(text);
    if (!listing) {
      damaged(listing.error());
      return false;
    }
    for (const auto& empty : listing->empty_folders) MTC_TRY(make_directories(place_of(output) / empty));
    for (const auto& entry : listing->files) {
      places_.push_back({entry.digest, place_of(output) / entry.path, entry.executable});
    }
  }
  return true;
}

Result<bool> Fetcher::lay_out() {
  std::vector<Digest> digests;
  std::map<Digest, std::size_t> uses;
  for (const auto& place : places_) {
    digests.push_back(place.digest);
    ++uses[place.digest];
  }
  MTC_ASSIGN(const bool complete, download(digests));
  if (!complete) return false;
  for (const auto& place : places_) {
    const mode_t mode = place.executable ? 0755 : 0644;
    MTC_TRY(make_directories(place.path.parent_path()));
    MTC_ASSIGN(const auto source, source_of(place.digest));
    if (source != downloaded(place.digest) || --uses[place.digest] > 0) {
      MTC_TRY(clone_file(source, place.path, mode));
      continue;
    }
    std::error_code error;
    fs::rename(source, place.path, error);
    if (!error) fs::permissions(place.path, static_cast<fs::perms>(mode), error);
    if (error) return errno_error(error.value(), "cannot lay out", place.path);
  }
  return true;
}

Result<fs::path> Fetcher::source_of(const Digest& digest) {
  std::error_code error;
  if (fs::exists(downloaded(digest), error)) return downloaded(digest);
  return store_.path({"", digest, 0, false});
}

}  // namespace mtc::remote
