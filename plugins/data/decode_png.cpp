// SPDX-License-Identifier: Apache-2.0
#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

#include <png.h>

#include "plugins/data/decode_image.hpp"

namespace mtc::data {

namespace {

/// What libpng's callbacks read from and write to.
struct Source {
  std::span<const std::uint8_t> rest;
  std::string message;
};

void read_bytes(png_structp png, png_bytep out, png_size_t count) {
  auto& source = *static_cast<Source*>(png_get_io_ptr(png));
  if (count > source.rest.size()) png_error(png, "the file ends too early");
  std::memcpy(out, source.rest.data(), count);
  source.rest = source.rest.subspan(count);
}

void on_error(png_structp png, png_const_charp message) {
  static_cast<Source*>(png_get_error_ptr(png))->message = message;
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

/// One decoder of libpng. Its calls leave by longjmp on error, so each function that calls setjmp holds no
/// object with a destructor.
class Decoder {
 public:
  explicit Decoder(std::span<const std::uint8_t> bytes) : source_{bytes, {}} {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source_, on_error, on_warning);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
  }
  ~Decoder() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  [[nodiscard]] bool ready() const { return info_ != nullptr; }
  [[nodiscard]] const std::string& message() const { return source_.message; }
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }

  /// Reads the header and asks for 8-bit RGB.
  bool read_header() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_read_fn(png_, &source_, read_bytes);
    png_read_info(png_, info_);
    width_ = static_cast<int>(png_get_image_width(png_, info_));
    height_ = static_cast<int>(png_get_image_height(png_, info_));
    png_set_expand(png_);
    png_set_strip_16(png_);
    png_set_gray_to_rgb(png_);
    png_set_strip_alpha(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    if (png_get_rowbytes(png_, info_) != static_cast<png_size_t>(width_) * 3)
      png_error(png_, "unexpected row size");
    return true;
  }
  /// Reads all rows and the end of the file.
  bool read_rows(png_bytepp rows) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
    return true;
  }

 private:
  Source source_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  int width_ = 0;
  int height_ = 0;
};

Error damaged(const Decoder& decoder) {
  return Error{Code::data_loss, "damaged PNG: " + decoder.message(), {}, "remove the file or copy it again"};
}

}  // namespace

Result<Image> decode_png(std::span<const std::uint8_t> bytes) {
  Decoder decoder(bytes);
  if (!decoder.ready())
    return Error{Code::resource_exhausted, "cannot start the PNG decoder", {}, "free memory"};
  if (!decoder.read_header()) return damaged(decoder);
  if (std::int64_t{decoder.width()} * decoder.height() > kMaxPixels) {
    return Error{Code::resource_exhausted, "the PNG has more than 2^28 pixels", {}, "scale it down before"};
  }
  Image image(decoder.height(), decoder.width());
  std::vector<png_bytep> rows;
  const auto stride = static_cast<std::size_t>(image.width) * 3;
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
    rows.push_back(image.pixels.data() + y * stride);
  }
  if (!decoder.read_rows(rows.data())) return damaged(decoder);
  return image;
}

}  // namespace mtc::data
