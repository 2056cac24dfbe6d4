// SPDX-License-Identifier: Apache-2.0
#include "plugins/data/draw.hpp"

#include <algorithm>
#include <cstdlib>

#include "plugins/data/figure.hpp"

namespace mtc::data {

namespace {

using Rgb = std::array<int, 3>;

constexpr int kLeastContrast = 180;  // Sum over the channels.

Rgb random_color(Random& random) {
  return {random.between(20, 235), random.between(20, 235), random.between(20, 235)};
}

int contrast(const Rgb& a, const Rgb& b) {
  return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]);
}

/// A colour that can be told from `other`.
Rgb contrasting_color(Random& random, const Rgb& other) {
  Rgb color = random_color(random);
  while (contrast(color, other) < kLeastContrast) color = random_color(random);
  return color;
}

using Canvas = std::array<Rgb, std::size_t{kSide} * kSide>;

Rgb& at(Canvas& canvas, int x, int y) { return canvas[static_cast<std::size_t>(y * kSide + x)]; }

/// A plane of colour that grows lighter or darker in a random direction.
void shade(Canvas& canvas, const Rgb& color, Random& random) {
  const int across = random.between(-40, 40);
  const int down = random.between(-40, 40);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const int light = (across * (x - kSide / 2) + down * (y - kSide / 2)) / kSide;
      for (std::size_t channel = 0; channel < 3; ++channel)
        at(canvas, x, y)[channel] = color[channel] + light;
    }
  }
}

/// A figure over what is there; each pixel is covered by as many quarters as of its four sample points lie
/// inside.
void paint(Canvas& canvas, const Figure& figure, const Rgb& color) {
  constexpr int kQuarter = kUnit / 4;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      int covered = 0;
      for (const int dy : {kQuarter, 3 * kQuarter}) {
        for (const int dx : {kQuarter, 3 * kQuarter}) {
          covered += figure.contains(x * kUnit + dx, y * kUnit + dy) ? 1 : 0;
        }
      }
      Rgb& pixel = at(canvas, x, y);
      for (std::size_t channel = 0; channel < 3; ++channel) {
        pixel[channel] += (color[channel] - pixel[channel]) * covered / 4;
      }
    }
  }
}

/// A straight bar through (x, y), `width` and `length` in pixels.
Figure bar(Random& random, int x, int y, int width, int length) {
  Figure figure;
  figure.shape = Shape::bar;
  figure.center_x = x;
  figure.center_y = y;
  figure.radius = length * kUnit / 2;
  figure.period = width * kUnit / 2;
  figure.turn(random.between(0, 359));
  return figure;
}

Figure object(int label, Random& random) {
  Figure figure;
  figure.shape = static_cast<Shape>(label);
  figure.radius = random.between(9 * kUnit, 13 * kUnit);
  figure.center_x = random.between(12 * kUnit, 20 * kUnit);
  figure.center_y = random.between(12 * kUnit, 20 * kUnit);
  figure.period = random.between(3 * kUnit + kUnit / 2, 5 * kUnit);
  figure.round = random.chance(50);
  const bool upright = figure.shape == Shape::rows || figure.shape == Shape::columns;
  figure.turn(upright ? random.between(-22, 22) : random.between(-30, 30));
  return figure;
}

/// Noise of the given standard deviation: the sum of four bytes is close to normal, with mean 510 and
/// deviation 147.8.
int noise_of(std::uint64_t bits, int deviation) {
  int sum = -510;
  for (int i = 0; i < 4; ++i) sum += static_cast<int>(bits >> (8 * i) & 0xFFU);
  return sum * deviation / 148;
}

}  // namespace

void draw(int label, const Difficulty& difficulty, Random& random,
          std::span<std::uint8_t, kSampleBytes> planes) {
  Canvas canvas;
  const Rgb background = random_color(random);
  shade(canvas, background, random);
  const int lines = random.between(0, 2);
  for (int i = 0; i < lines; ++i) {
    const Figure line =
        bar(random, random.between(0, kSide * kUnit), random.between(0, kSide * kUnit), 1, 40);
    paint(canvas, line, random_color(random));
  }
  const Figure figure = object(label, random);
  paint(canvas, figure, contrasting_color(random, background));
  if (random.chance(difficulty.occlusion)) {
    const int x = figure.center_x + random.between(-5 * kUnit, 5 * kUnit);
    const int y = figure.center_y + random.between(-5 * kUnit, 5 * kUnit);
    paint(canvas, bar(random, x, y, random.between(2, 4), 48), random_color(random));
  }
  for (std::size_t i = 0; i < canvas.size(); ++i) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const int value = canvas[i][channel] + noise_of(random.next(), difficulty.noise);
      planes[channel * canvas.size() + i] = static_cast<std::uint8_t>(std::clamp(value, 0, 255));
    }
  }
}

}  // namespace mtc::data
