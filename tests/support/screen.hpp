// SPDX-License-Identifier: Apache-2.0
//
// What a terminal shows of the bytes it gets: wraps, carriage returns, cursor up, erasing, colours passed
// over.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mtc::test {

class Screen {
 public:
  explicit Screen(std::size_t columns) : columns_(columns) {}

  void write(std::string_view bytes);

  /// The lines now, without trailing spaces.
  [[nodiscard]] std::vector<std::string> lines() const;
  /// The lines as they were before each erasing.
  [[nodiscard]] const std::vector<std::vector<std::string>>& snapshots() const { return snapshots_; }
  /// Lines that a text went over the edge of.
  [[nodiscard]] std::size_t wraps() const { return wraps_; }

 private:
  void put(std::string_view character);
  void control(std::string_view numbers, char final);

  std::size_t columns_;
  std::vector<std::vector<std::string>> cells_{1};
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  std::size_t wraps_ = 0;
  std::vector<std::vector<std::string>> snapshots_;
};

}  // namespace mtc::test
