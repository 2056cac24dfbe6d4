// SPDX-License-Identifier: Apache-2.0
#include "core/data/dataset.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/data/view.hpp"

namespace mtc::data {
namespace {

Error invalid_dataset(std::string message, std::string where, std::string hint) {
  return Error{Code::invalid_argument, std::move(message), std::move(where), std::move(hint)};
}

Result<std::vector<std::string>> paths_of(const Json& view, const char* key) {
  std::vector<std::string> paths;
  const auto found = view.find(key);
  if (found == view.end() || found->is_null()) return paths;
  if (!found->is_array())
    return invalid_dataset(std::string(key) + " is " + found->dump(), "dataset", "use a list of files");
  for (const auto& path : *found) {
    if (!path.is_string())
      return invalid_dataset(std::string(key) + " holds " + path.dump(), "dataset", "use paths");
    paths.push_back(path.get<std::string>());
  }
  return paths;
}

Result<std::int64_t> integer_of(const Json& view, const char* key) {
  const auto found = view.find(key);
  if (found == view.end() || found->is_null()) return std::int64_t{0};
  if (!found->is_number_integer()) {
    return invalid_dataset(std::string(key) + " is " + found->dump(), "dataset", "use an integer");
  }
  return found->get<std::int64_t>();
}

Result<std::optional<ConcatenatedArray>> open_labels(const std::vector<std::string>& paths,
                                                     const ConcatenatedArray& images) {
  if (paths.empty()) return std::optional<ConcatenatedArray>();
  MTC_ASSIGN(auto labels, ConcatenatedArray::open(paths));
  const std::string& file = paths.front();
  const bool integers = labels.dtype().kind == MTC_KIND_INT || labels.dtype().kind == MTC_KIND_UINT;
  std::int64_t per_sample = 1;
  for (const auto extent : labels.row_shape()) per_sample *= extent;
  if (!integers || per_sample != 1) {
    return invalid_dataset("labels are " + describe(labels.dtype(), labels.files().front().header().shape),
                           file, "give integer class indices of shape [samples]");
  }
  if (labels.rows() != images.rows()) {
    return invalid_dataset("there are " + std::to_string(labels.rows()) + " labels for " +
                               std::to_string(images.rows()) + " samples of " + images.files().front().path(),
                           file, "give one label for each sample, files in the same order");
  }
  return std::optional(std::move(labels));
}

std::int64_t load_integer(std::span<const std::byte> row, mtc_dtype dtype) {
  const auto as = [&](auto zero) {
    std::memcpy(&zero, row.data(), sizeof zero);
    return static_cast<std::int64_t>(zero);
  };
  const bool sign = dtype.kind == MTC_KIND_INT;
  switch (dtype.bits) {
    case 8:
      return sign ? as(std::int8_t{}) : as(std::uint8_t{});
    case 16:
      return sign ? as(std::int16_t{}) : as(std::uint16_t{});
    case 32:
      return sign ? as(std::int32_t{}) : as(std::uint32_t{});
    default:
      return as(std::int64_t{});
  }
}

}  // namespace

Dataset::Dataset(ConcatenatedArray images, std::optional<ConcatenatedArray> labels, Preprocess preprocess,
                 std::vector<std::uint64_t> order)
    : images_(std::move(images)),
      labels_(std::move(labels)),
      preprocess_(std::move(preprocess)),
      order_(std::move(order)) {}

Result<Dataset> Dataset::open(const Json& view) {
  if (!view.is_object())
    return invalid_dataset("a dataset is " + view.dump(), "dataset", "use {inputs, labels, ...}");
  MTC_ASSIGN(const auto input_paths, paths_of(view, "inputs"));
  MTC_ASSIGN(const auto label_paths, paths_of(view, "labels"));
  if (input_paths.empty())
    return invalid_dataset("a dataset has no inputs", "dataset", "name at least one .npy file");
  MTC_ASSIGN(auto images, ConcatenatedArray::open(input_paths));
  MTC_ASSIGN(auto labels, open_labels(label_paths, images));
  MTC_ASSIGN(auto preprocess, Preprocess::make(view.value("preprocess", Json()), images.dtype(),
                                               images.row_shape(), input_paths.front()));
  auto order = apply_views(view.value("views", Json()), images.rows());
  if (!order) {
    order.error().where = input_paths.front();
    return order.error();
  }
  Dataset dataset(std::move(images), std::move(labels), std::move(preprocess), *std::move(order));
  MTC_ASSIGN(const std::int64_t classes, integer_of(view, "classes"));
  MTC_ASSIGN(dataset.label_offset_, integer_of(view, "label_offset"));
  if (classes < 0)
    return invalid_dataset("classes is " + std::to_string(classes), "dataset", "use 0 where it is not known");
  dataset.classes_ = static_cast<std::size_t>(classes);
  return dataset;
}

Result<std::uint64_t> Dataset::source_index(std::uint64_t index) const {
  if (index < order_.size()) return order_[index];
  return Error{Code::out_of_range,
               "sample " + std::to_string(index) + " of " + std::to_string(order_.size()) + " was asked for",
               name(), "use indices below the number of samples"};
}

Result<void> Dataset::read(std::span<const std::uint64_t> indices, std::span<std::byte> out) const {
  if (out.size() / std::max<std::size_t>(sample_bytes(), 1) < indices.size()) {
    return invalid_dataset("a buffer of " + std::to_string(out.size()) + " bytes does not hold " +
                               std::to_string(indices.size()) + " samples of " +
                               std::to_string(sample_bytes()) + " bytes",
                           name(), "give a larger buffer");
  }
  for (std::size_t i = 0; i < indices.size(); ++i) {
    MTC_ASSIGN(const auto source, source_index(indices[i]));
    preprocess_.apply(images_.row(source), out.subspan(i * sample_bytes(), sample_bytes()));
  }
  return {};
}

Result<void> Dataset::labels(std::span<const std::uint64_t> indices, std::span<std::int64_t> out) const {
  if (!labels_) {
    return Error{Code::failed_precondition, "the dataset has no labels", name(),
                 "name the label files: labels = [..]"};
  }
  if (out.size() < indices.size())
    return invalid_dataset("too little room for the labels", name(), "give a larger buffer");
  const auto classes = static_cast<std::int64_t>(classes_);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    MTC_ASSIGN(const auto source, source_index(indices[i]));
    const std::int64_t stored = load_integer(labels_->row(source), labels_->dtype());
    const std::int64_t label = stored + label_offset_;
    if (label < 0 || (classes > 0 && label >= classes)) {
      return invalid_dataset(
          "the label of sample " + std::to_string(source) + " is " + std::to_string(label) +
              (classes > 0 ? ", but there are " + std::to_string(classes) + " classes" : std::string()),
          labels_->file_of(source), "check classes and label_offset");
    }
    out[i] = label;
  }
  return {};
}

}  // namespace mtc::data
