#include "kernels.h"

#include "handlers.h"

// A target's number grows when its meaning changes: compiled programs outlive the library.
static const TanrenKernel kernels[] = {
  {"tanren.convolution.2", (void *)tanren_convolution, true},
  {"tanren.convolution_input_gradient.2", (void *)tanren_convolution_input_gradient, true},
  {"tanren.convolution_kernel_gradient.2", (void *)tanren_convolution_kernel_gradient, true},
  {"tanren.dot.1", (void *)tanren_dot, true},
  {"tanren.batch_normalization.1", (void *)tanren_batch_normalization, false},
  {"tanren.batch_normalization_gradient.1", (void *)tanren_batch_normalization_gradient, false},
  {"tanren.sum.1", (void *)tanren_sum, false},
  {"tanren.max_pool.1", (void *)tanren_max_pool, false},
  {"tanren.max_pool_gradient.1", (void *)tanren_max_pool_gradient, false},
  {"tanren.affine_sampling.1", (void *)tanren_affine_sampling, false},
  {"tanren.reservoir.3", (void *)tanren_reservoir, false},
  {"tanren.gram.2", (void *)tanren_gram, false},
  {"tanren.positive_solve.1", (void *)tanren_positive_solve, false},
  {"tanren.ridge.1", (void *)tanren_ridge, false},
};

const TanrenKernel *tanren_kernels(size_t *count) {
  *count = sizeof kernels / sizeof *kernels;
  return kernels;
}
