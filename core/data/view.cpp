// SPDX-License-Identifier: Apache-2.0
#include "core/data/view.hpp"

#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "core/data/permutation.hpp"

namespace mtc::data {
namespace {

Error invalid_view(std::string message, std::string hint) {
  return Error{Code::invalid_argument, std::move(message), "dataset view", std::move(hint)};
}

/// A non-negative integer member; nullopt when absent or null.
Result<std::optional<std::uint64_t>> natural(const Json& view, const char* key) {
  const auto found = view.find(key);
  if (found == view.end() || found->is_null()) return std::optional<std::uint64_t>();
  if (found->is_number_unsigned() || (found->is_number_integer() && found->get<std::int64_t>() >= 0)) {
    return std::optional(found->get<std::uint64_t>());
  }
  return invalid_view(std::string(key) + " is " + found->dump(), "use an integer of 0 or more");
}

Result<void> apply(const Json& view, std::vector<std::uint64_t>& samples) {
  if (!view.is_object()) return invalid_view("a view is " + view.dump(), "use {seed, skip, take}");
  MTC_ASSIGN(const auto seed, natural(view, "seed"));
  MTC_ASSIGN(const auto skip, natural(view, "skip"));
  MTC_ASSIGN(const auto take, natural(view, "take"));
  if (seed) {
    const auto order = permutation(samples.size(), *seed);
    std::vector<std::uint64_t> permuted(samples.size());
    for (std::size_t i = 0; i < order.size(); ++i) permuted[i] = samples[order[i]];
    samples = std::move(permuted);
  }
  const std::size_t first = skip.value_or(0);
  if (first > samples.size()) {
    return invalid_view("skip is " + std::to_string(first) + ", but there are only " +
                            std::to_string(samples.size()) + " samples",
                        "use a smaller skip");
  }
  const std::size_t left = samples.size() - first;
  const std::size_t count = take.value_or(left);
  if (count > left) {
    return invalid_view(
        "take is " + std::to_string(count) + ", but there are only " + std::to_string(left) + " samples",
        "use a smaller take, or leave it out to take all");
  }
  const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(first);
  samples = std::vector<std::uint64_t>(begin, begin + static_cast<std::ptrdiff_t>(count));
  return {};
}

}  // namespace

Result<std::vector<std::uint64_t>> apply_views(const Json& views, std::size_t count) {
  std::vector<std::uint64_t> samples(count);
  std::iota(samples.begin(), samples.end(), std::uint64_t{0});
  if (!views.is_null() && !views.is_array()) return invalid_view("views is " + views.dump(), "use a list");
  for (const auto& view : views) MTC_TRY(apply(view, samples));
  if (samples.empty())
    return invalid_view("no sample is left", "check skip and take, and that the files are not empty");
  return samples;
}

}  // namespace mtc::data
