// SPDX-License-Identifier: Apache-2.0
//
// Brings a result from a remote cache into the store: entry, listings, blobs, then the store's own way of
// taking outputs in. Nothing is published unless every digest is what the entry says.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/remote/entry.hpp"
#include "core/remote/health.hpp"
#include "core/remote/transport.hpp"
#include "core/store/store.hpp"
#include "core/store/tree_listing.hpp"

namespace mtc::remote {

/// One attempt for one action. Errors of its functions are troubles of this machine, such as a full disk.
class Fetcher {
 public:
  /// `staging`: a private folder of the store, the caller's to discard.
  Fetcher(Transport& transport, Health& health, store::Store& store, std::filesystem::path staging)
      : transport_(transport), health_(health), store_(store), staging_(std::move(staging)) {}

  /// Publishes the result of `document` in the store; false on a miss, whatever its reason.
  Result<bool> run(std::string_view document, const Digest& key);
  /// What the entry of `key` says, without its blobs; nullopt on a miss.
  Result<std::optional<store::ActionResult>> result(const Digest& key);
  /// The text of the action document `key`, a blob of the cache; nullopt on a miss.
  Result<std::optional<std::string>> document(const Digest& key);

 private:
  /// A file that is to be laid out under staging.
  struct Place {
    Digest digest;
    std::filesystem::path path;
    bool executable = false;
  };
  bool passes(const Reply& reply);
  void damaged(const Error& why);
  Result<bool> find(const Digest& key);
  /// Downloads those of `digests` that neither the store nor staging has.
  Result<bool> download(const std::vector<Digest>& digests);
  Result<bool> plan_places();
  Result<bool> lay_out();
  Result<std::filesystem::path> source_of(const Digest& digest);
  [[nodiscard]] std::filesystem::path downloaded(const Digest& digest) const {
    return staging_ / "blobs" / digest;
  }
  [[nodiscard]] std::filesystem::path place_of(const store::StoredOutput& output) const {
    return staging_ / "out" / output.name;
  }

  Transport& transport_;
  Health& health_;
  store::Store& store_;
  std::filesystem::path staging_;
  Entry entry_;
  std::vector<Place> places_;
};

}  // namespace mtc::remote
