// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/decode.hpp"

#include <fstream>
#include <optional>

#include "plugins/data/array_writer.hpp"
#include "plugins/data/decode_image.hpp"
#include "plugins/data/image_list.hpp"

namespace mtc::data {

namespace {

Result<Image> load(const ImageEntry& entry, const Geometry& geometry) {
  MTC_ASSIGN(Image image, decode_file(entry.file));
  MTC_ASSIGN(image, resize(image, geometry));
  if (!geometry.crop) return image;
  auto cut = crop_center(image, *geometry.crop);
  if (!cut) cut.error().where = entry.file.string();
  return cut;
}

Error other_size(const Image& image, Size first, const std::string& where) {
  const auto text = [](int height, int width) {
    return std::to_string(height) + "x" + std::to_string(width);
  };
  return Error{Code::invalid_argument,
               "the image is " + text(image.height, image.width) + ", but the first one is " +
                   text(first.height, first.width),
               where, "set crop, or resize with height and width"};
}

Result<void> write_lines(const std::string& path, const std::vector<std::string>& lines) {
  std::ofstream stream(path, std::ios::binary);
  for (const auto& line : lines) stream << line << '\n';
  stream.close();
  if (stream) return {};
  return Error{Code::resource_exhausted, "cannot write the file", path, "check free space and permissions"};
}

Result<void> write_labels(const std::string& folder, const ImageList& list) {
  const std::vector<std::int64_t> shape{static_cast<std::int64_t>(list.entries.size())};
  MTC_ASSIGN(auto labels, ArrayWriter::create(folder + "/labels.npy", kInt64, shape));
  std::vector<std::string> names;
  for (const auto& entry : list.entries) {
    MTC_TRY(labels.append(std::as_bytes(std::span(&entry.label, 1))));
    names.push_back(entry.name);
  }
  MTC_TRY(labels.close());
  MTC_TRY(write_lines(folder + "/files.txt", names));
  if (list.classes.empty()) return {};
  return write_lines(folder + "/classes.txt", list.classes);
}

}  // namespace

Result<DecodeSummary> decode(const DecodeRequest& request, const Tick& tick) {
  MTC_ASSIGN(const ImageList list, list_images(request.sources, request.labels));
  const std::size_t total = list.entries.size();
  std::optional<ArrayWriter> images;
  Size first;
  for (std::size_t i = 0; i < total; ++i) {
    MTC_TRY(tick(i, total));
    MTC_ASSIGN(const Image image, load(list.entries[i], request.geometry));
    if (!images) {
      first = {image.height, image.width};
      const std::vector<std::int64_t> shape{static_cast<std::int64_t>(total),
                                            static_cast<std::int64_t>(request.geometry.channels()),
                                            first.height, first.width};
      MTC_ASSIGN(images, ArrayWriter::create(request.folder + "/images.npy", kUint8, shape));
    }
    if (Size{image.height, image.width} != first)
      return other_size(image, first, list.entries[i].file.string());
    const auto planes = to_planes(image, request.geometry.color);
    MTC_TRY(images->append(std::as_bytes(std::span(planes))));
  }
  MTC_TRY(images->close());
  MTC_TRY(write_labels(request.folder, list));
  MTC_TRY(tick(total, total));
  return DecodeSummary{total, list.unlisted};
}

}  // namespace mtc::data
