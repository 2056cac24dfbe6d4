// SPDX-License-Identifier: Apache-2.0
//
// Sizes and strides of the program's tensors.
#include "plugins/cpu/lower/ir.hpp"

namespace mtc::cpu {

std::int64_t elements(const Shape& shape) {
  std::int64_t count = 1;
  for (const auto extent : shape) count *= extent;
  return count;
}

Shape strides(const Shape& shape, Layout layout) {
  if (layout == Layout::nhwc) {
    const auto c = shape[1];
    const auto h = shape[2];
    const auto w = shape[3];
    return {h * w * c, 1, w * c, c};
  }
  Shape result(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) result[axis - 1] = result[axis] * shape[axis];
  return result;
}

bool same_bytes_in_any_layout(const Shape& shape) {
  return shape.size() != 4 || shape[1] == 1 || shape[2] * shape[3] == 1;
}

}  // namespace mtc::cpu
