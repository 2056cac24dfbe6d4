// SPDX-License-Identifier: Apache-2.0
#include "plugins/support/autograd/threads.hpp"

#include <dlfcn.h>

#include <ATen/Parallel.h>

namespace mtc::autograd {

void set_threads(int threads) {
  at::set_num_threads(threads);
  // The library that libtorch has loaded already; another BLAS than OpenBLAS has no such function and no
  // pool.
  void* blas = dlopen("libblas.so.3", RTLD_LAZY | RTLD_NOLOAD);
  if (blas == nullptr) return;
  if (void* symbol = dlsym(blas, "openblas_set_num_threads")) {
    reinterpret_cast<void (*)(int)>(symbol)(threads);
  }
  dlclose(blas);
}

}  // namespace mtc::autograd
