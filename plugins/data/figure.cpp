// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/figure.hpp"

#include <algorithm>
#include <cstdlib>

namespace mtc::data {

namespace {

constexpr std::int64_t kOne = std::int64_t{1} << 14U;

/// A point in the coordinates of the figure: centre at 0, not turned.
struct Point {
  std::int64_t u = 0;
  std::int64_t v = 0;

  [[nodiscard]] std::int64_t square() const { return u * u + v * v; }
  [[nodiscard]] bool within(std::int64_t half_width, std::int64_t half_height) const {
    return std::abs(u) <= half_width && std::abs(v) <= half_height;
  }
};

/// Index of the interval of length `step` that holds `position`, for negative positions too.
std::int64_t interval(std::int64_t position, std::int64_t step) {
  return position >= 0 ? position / step : -((-position + step - 1) / step);
}

bool in_texture(Shape shape, const Point& p, std::int64_t period) {
  const std::int64_t half = period / 2;
  const std::int64_t column = interval(p.u, half);
  const std::int64_t row = interval(p.v, half);
  switch (shape) {
    case Shape::rows:
      return row % 2 == 0;
    case Shape::columns:
      return column % 2 == 0;
    case Shape::checker:
      return (row + column) % 2 == 0;
    default: {  // dots: a disc in the middle of each cell
      const Point in_cell{p.u - interval(p.u, period) * period - half,
                          p.v - interval(p.v, period) * period - half};
      return in_cell.square() * 100 <= period * period * 14;
    }
  }
}

bool in_outline(Shape shape, const Point& p, std::int64_t r) {
  const std::int64_t distance = p.square();
  switch (shape) {
    case Shape::disc:
      return distance * 100 <= r * r * 72;
    case Shape::square:
      return p.within(r * 3 / 4, r * 3 / 4);
    case Shape::triangle:  // Equilateral, one corner at v = r; 1774/1024 is the square root of 3.
      return p.v >= -r / 2 && std::abs(p.u) * 1774 / 1024 + p.v <= r;
    case Shape::ring:
      return distance * 100 <= r * r * 90 && distance * 100 >= r * r * 28;
    case Shape::cross:
      return p.within(r, r * 3 / 10) || p.within(r * 3 / 10, r);
    default: {  // crescent: a disc without another one
      const Point other{p.u - r * 45 / 100, p.v};
      return distance * 100 <= r * r * 85 && other.square() * 100 > r * r * 50;
    }
  }
}

}  // namespace

std::int64_t sine(int degrees) {
  int x = degrees % 360;
  if (x < 0) x += 360;
  const std::int64_t sign = x < 180 ? 1 : -1;
  const std::int64_t half = x % 180;
  const std::int64_t product = half * (180 - half);
  return sign * 4 * product * kOne / (40500 - product);
}

void Figure::turn(int degrees) {
  sine_ = sine(degrees);
  cosine_ = sine(degrees + 90);
}

bool Figure::contains(int x, int y) const {
  const std::int64_t dx = x - center_x;
  const std::int64_t dy = y - center_y;
  const Point p{(dx * cosine_ + dy * sine_) / kOne, (dy * cosine_ - dx * sine_) / kOne};
  if (shape == Shape::bar) return p.within(radius, period);
  const std::int64_t r = radius;
  if (shape < Shape::rows) return in_outline(shape, p, r);
  const bool in_patch = round ? p.square() <= r * r : p.within(r * 9 / 10, r * 9 / 10);
  return in_patch && in_texture(shape, p, period);
}

}  // namespace mtc::data
