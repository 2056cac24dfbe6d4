// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <turbojpeg.h>

#include "plugins/data/decode_image.hpp"

namespace mtc::data {

namespace {

Error damaged(tjhandle handle) {
  return Error{Code::data_loss,
               std::string("damaged JPEG: ") + tjGetErrorStr2(handle),
               {},
               "remove the file or copy it again"};
}

}  // namespace

Result<Image> decode_jpeg(std::span<const std::uint8_t> bytes) {
  const std::unique_ptr<void, int (*)(tjhandle)> handle(tjInitDecompress(), tjDestroy);
  if (!handle) return Error{Code::resource_exhausted, "cannot start the JPEG decoder", {}, "free memory"};
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int colorspace = 0;
  const auto size = static_cast<unsigned long>(bytes.size());
  if (tjDecompressHeader3(handle.get(), bytes.data(), size, &width, &height, &subsampling, &colorspace) !=
      0) {
    return damaged(handle.get());
  }
  if (colorspace == TJCS_CMYK || colorspace == TJCS_YCCK) {
    return Error{Code::unimplemented, "the JPEG is CMYK", {}, "convert it to RGB"};
  }
  if (std::int64_t{width} * height > kMaxPixels) {
    return Error{Code::resource_exhausted, "the JPEG has more than 2^28 pixels", {}, "scale it down before"};
  }
  Image image(height, width);
  constexpr int kFlags = TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING;
  if (tjDecompress2(handle.get(), bytes.data(), size, image.pixels.data(), width, 0, height, TJPF_RGB,
                    kFlags) != 0) {
    return damaged(handle.get());
  }
  return image;
}

}  // namespace mtc::data
