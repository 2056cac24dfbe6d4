// SPDX-License-Identifier: Apache-2.0
//
// Matrix products. Source: ONNX Gemm-7/9/11/13, MatMul-1/9/13.
#include <ATen/ATen.h>

#include "plugins/support/autograd/operators.hpp"

namespace mtc::autograd {
namespace {

std::vector<at::Tensor> gemm(const Call& call) {
  at::Tensor a = call.input(0);
  at::Tensor b = call.input(1);
  if (a.dim() != 2 || b.dim() != 2) reject("A and B must be matrices");
  if (call.integer("transA", 0) != 0) a = a.t();
  if (call.integer("transB", 0) != 0) b = b.t();
  const double alpha = call.number("alpha", 1.0F);
  if (call.has(2)) return one(at::addmm(call.input(2), a, b, call.number("beta", 1.0F), alpha));
  const at::Tensor product = at::mm(a, b);
  return one(alpha == 1.0 ? product : product * alpha);
}

std::vector<at::Tensor> matmul(const Call& call) { return one(at::matmul(call.input(0), call.input(1))); }

}  // namespace

std::vector<Row> matmul_operators() {
  return {{"Gemm", {7, 9, 11, 13}, gemm}, {"MatMul", {1, 9, 13}, matmul}};
}

}  // namespace mtc::autograd
