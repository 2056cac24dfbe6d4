// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/geometry.hpp"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace mtc::data {

namespace {

std::string text(std::int64_t height, std::int64_t width) {
  return std::to_string(height) + "x" + std::to_string(width);
}

Result<Size> target_size(const Image& image, const Geometry& geometry) {
  std::int64_t height = image.height;
  std::int64_t width = image.width;
  if (geometry.exact) {
    height = geometry.exact->height;
    width = geometry.exact->width;
  } else if (geometry.shorter_side) {
    const std::int64_t shorter = std::min(height, width);
    height = height * *geometry.shorter_side / shorter;
    width = width * *geometry.shorter_side / shorter;
  }
  if (height > kMaxPixels / width) {
    return Error{
        Code::invalid_argument,
        "resize would make " + text(height, width) + " of a picture of " + text(image.height, image.width),
        {},
        "use a smaller size, or take the picture out"};
  }
  return Size{static_cast<int>(height), static_cast<int>(width)};
}

int interpolation(Filter filter) {
  switch (filter) {
    case Filter::area:
      return cv::INTER_AREA;
    case Filter::bicubic:
      return cv::INTER_CUBIC;
    case Filter::bilinear:
      break;
  }
  return cv::INTER_LINEAR_EXACT;
}

}  // namespace

Result<Image> resize(const Image& image, const Geometry& geometry) {
  MTC_ASSIGN(const Size size, target_size(image, geometry));
  if (size == Size{image.height, image.width}) return image;
  Image resized(size.height, size.width);
  Image source = image;  // OpenCV's header over memory is not const.
  const cv::Mat from(source.height, source.width, CV_8UC3, source.pixels.data());
  cv::Mat to(resized.height, resized.width, CV_8UC3, resized.pixels.data());
  cv::resize(from, to, to.size(), 0, 0, interpolation(geometry.filter));
  return resized;
}

Result<Image> crop_center(const Image& image, Size size) {
  if (size.height > image.height || size.width > image.width) {
    return Error{Code::invalid_argument,
                 "the crop of " + text(size.height, size.width) + " is larger than the picture, " +
                     text(image.height, image.width) + " after resize",
                 {},
                 "use a smaller crop, or resize before"};
  }
  Image cut(size.height, size.width);
  const auto top = static_cast<std::size_t>((image.height - size.height) / 2);
  const auto left = static_cast<std::size_t>((image.width - size.width) / 2);
  const auto row = static_cast<std::size_t>(size.width) * 3;
  for (std::size_t y = 0; y < static_cast<std::size_t>(size.height); ++y) {
    const auto from = ((top + y) * static_cast<std::size_t>(image.width) + left) * 3;
    std::copy_n(image.pixels.begin() + static_cast<std::ptrdiff_t>(from), row,
                cut.pixels.begin() + static_cast<std::ptrdiff_t>(y * row));
  }
  return cut;
}

std::vector<std::uint8_t> to_planes(const Image& image, Color color) {
  const std::size_t area = image.pixels.size() / 3;
  std::vector<std::uint8_t> planes(color == Color::gray ? area : area * 3);
  for (std::size_t i = 0; i < area; ++i) {
    const std::uint8_t* pixel = &image.pixels[i * 3];
    if (color == Color::gray) {
      const unsigned luma = 299U * pixel[0] + 587U * pixel[1] + 114U * pixel[2];
      planes[i] = static_cast<std::uint8_t>((luma + 500U) / 1000U);
      continue;
    }
    for (std::size_t channel = 0; channel < 3; ++channel) {
      planes[channel * area + i] = pixel[color == Color::bgr ? 2 - channel : channel];
    }
  }
  return planes;
}

}  // namespace mtc::data
