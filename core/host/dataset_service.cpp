// SPDX-License-Identifier: Apache-2.0
//
// mtc.dataset/1 over core/data.
#include <algorithm>

#include "core/data/permutation.hpp"
#include "core/host/host.hpp"
#include "core/host/services.hpp"

namespace mtc::host {
namespace {

mtc_code info(const mtc_host* raw, mtc_string name, mtc_dataset_info* result) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    MTC_ASSIGN(const data::Dataset* dataset, host.dataset(view(name)));
    mtc_dataset_info filled{};
    filled.samples = dataset->samples();
    filled.classes = dataset->classes();
    filled.has_labels = dataset->has_labels() ? 1 : 0;
    filled.dtype = dataset->dtype();
    filled.rank = static_cast<std::uint32_t>(dataset->shape().size());
    std::copy(dataset->shape().begin(), dataset->shape().end(), std::begin(filled.shape));
    fill(*result, filled);
    return {};
  });
}

mtc_code order(const mtc_host* raw, mtc_string name, std::uint64_t seed, std::uint64_t* result) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    MTC_ASSIGN(const data::Dataset* dataset, host.dataset(view(name)));
    const auto permuted = data::permutation(dataset->samples(), seed);
    std::copy(permuted.begin(), permuted.end(), result);
    return {};
  });
}

mtc_code read(const mtc_host* raw, mtc_string name, const std::uint64_t* indices, std::uint64_t count,
              void* data, std::uint64_t capacity) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    MTC_ASSIGN(const data::Dataset* dataset, host.dataset(view(name)));
    return dataset->read({indices, count}, {static_cast<std::byte*>(data), capacity});
  });
}

mtc_code labels(const mtc_host* raw, mtc_string name, const std::uint64_t* indices, std::uint64_t count,
                std::int64_t* result) {
  Host& host = Host::of(raw);
  return host.answer([&]() -> Result<void> {
    MTC_ASSIGN(const data::Dataset* dataset, host.dataset(view(name)));
    return dataset->labels({indices, count}, {result, count});
  });
}

}  // namespace

const mtc_dataset_v1 kDatasetService{sizeof(mtc_dataset_v1), 0, info, order, read, labels};

}  // namespace mtc::host
