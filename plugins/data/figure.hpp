// SPDX-License-Identifier: Apache-2.0
//
// Plane figures in fixed-point coordinates: whether a point lies inside.
#pragma once

#include <cstdint>

namespace mtc::data {

inline constexpr int kUnit = 256;  ///< One pixel, in the fixed-point coordinates used here.

/// The first ten are the classes of the generated dataset, in their order.
enum class Shape { disc, square, triangle, ring, cross, crescent, rows, columns, checker, dots, bar };

struct Figure {
  Shape shape = Shape::disc;
  int center_x = 0;  ///< Fixed point, as all lengths here.
  int center_y = 0;
  int radius = kUnit;      ///< Of the circle around the figure (a bar: half its length).
  int period = 4 * kUnit;  ///< Of a texture (a bar: half its width).
  bool round = false;      ///< Textures: the patch is a disc, else a square.

  /// Turns the figure by `degrees`, any integer.
  void turn(int degrees);

  /// Whether the point (x, y) lies inside.
  [[nodiscard]] bool contains(int x, int y) const;

 private:
  std::int64_t sine_ = 0;  ///< Of the angle, times 2^14.
  std::int64_t cosine_ = std::int64_t{1} << 14U;
};

/// Sine of `degrees` times 2^14 in integer arithmetic, within 0.2 %. Source: Bhaskara I's approximation,
/// sin x° = 4x(180 − x) / (40500 − x(180 − x)) for 0 <= x <= 180.
std::int64_t sine(int degrees);

}  // namespace mtc::data
