// SPDX-License-Identifier: Apache-2.0
//
// Kernel threads of libtorch and of the BLAS under it.
#pragma once

namespace mtc::autograd {

/// Sets both for the whole process. OpenBLAS has a thread pool of its own, which at::set_num_threads does not
/// reach.
void set_threads(int threads);

}  // namespace mtc::autograd
