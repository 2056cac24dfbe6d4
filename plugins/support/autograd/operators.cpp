// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/autograd/operators.hpp"

namespace mtc::autograd {

std::vector<Row> operators() {
  std::vector<Row> rows;
  for (const auto family : {activation_operators, conv_operators, elementwise_operators, indexing_operators,
                            matmul_operators, normalization_operators, pool_operators, quantize_operators,
                            reduce_operators, resize_operators, shape_operators}) {
    const auto more = family();
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

}  // namespace mtc::autograd
