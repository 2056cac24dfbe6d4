// SPDX-License-Identifier: Apache-2.0
#include "core/remote/cache.hpp"

#include "core/remote/fetcher.hpp"
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

bool Cache::fetch(std::string_view document) {
  auto staging = store_.stage();
  auto found = staging ? Fetcher(*transport_, health_, store_, *staging).run(document, digest_of(document))
                       : Result<bool>(staging.error());
  if (staging) store_.discard(*staging);
  if (!found) health_.local_trouble(found.error());
  const bool hit = found && *found;
  hit ? health_.hit() : health_.miss();
  return hit;
}

void Cache::offer(std::string_view document, const store::ActionResult& result) {
  if (read_only_) return;
  if (auto added = uploader_.add(*transport_, document, result); !added) health_.local_trouble(added.error());
}

}  // namespace mtc::remote
