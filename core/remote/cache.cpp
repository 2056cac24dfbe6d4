// SPDX-License-Identifier: Apache-2.0
#include "core/remote/cache.hpp"

#include "core/remote/program.hpp"

namespace mtc::remote {

Result<std::unique_ptr<Cache>> Cache::open(const Options& options, store::Store& store) {
  MTC_ASSIGN(auto program, Program::start(options));
  return std::make_unique<Cache>(std::move(program), store, options);
}

Cache::Cache(std::unique_ptr<Transport> transport, store::Store& store, const Options& options,
             const Clock& clock)
    : store_(store),
      read_only_(options.read_only),
      strict_(options.strict),
      health_(clock),
      uploader_(store, health_),
      transport_(std::move(transport)) {}

template <class Value>
std::optional<Value> Cache::with_fetcher(const std::function<Result<std::optional<Value>>(Fetcher&)>& work) {
  auto staging = store_.stage();
  Result<std::optional<Value>> found = std::optional<Value>();
  if (staging) {
    Fetcher fetcher(*transport_, health_, store_, *staging);
    found = work(fetcher);
    store_.discard(*staging);
  } else {
    found = staging.error();
  }
  if (found) return *std::move(found);
  health_.local_trouble(found.error());
  return std::nullopt;
}

bool Cache::fetch(std::string_view document) {
  const auto hit = with_fetcher<bool>([&](Fetcher& fetcher) -> Result<std::optional<bool>> {
    MTC_ASSIGN(const bool found, fetcher.run(document, digest_of(document)));
    return std::optional(found);
  });
  hit.value_or(false) ? health_.hit() : health_.miss();
  return hit.value_or(false);
}

std::optional<store::ActionResult> Cache::find(std::string_view document) {
  return with_fetcher<store::ActionResult>(
      [&](Fetcher& fetcher) { return fetcher.result(digest_of(document)); });
}

std::optional<std::string> Cache::find_document(const Digest& key) {
  return with_fetcher<std::string>([&](Fetcher& fetcher) { return fetcher.document(key); });
}

void Cache::offer(std::string_view document, const store::ActionResult& result) {
  if (read_only_) return;
  if (auto added = uploader_.add(*transport_, document, result); !added) health_.local_trouble(added.error());
}

}  // namespace mtc::remote
