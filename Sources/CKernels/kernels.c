#include "kernels.h"

#include "handlers.h"

// A target's number grows when its meaning changes: compiled programs outlive the library.
static const TanrenKernel kernels[] = {
  {"tanren.convolution.2", (void *)tanren_convolution, TANREN_ONEDNN},
  {"tanren.convolution_input_gradient.2", (void *)tanren_convolution_input_gradient, TANREN_ONEDNN},
  {"tanren.convolution_kernel_gradient.2", (void *)tanren_convolution_kernel_gradient, TANREN_ONEDNN},
  {"tanren.dot.1", (void *)tanren_dot, TANREN_ONEDNN},
  {"tanren.product.1", (void *)tanren_product, TANREN_NO_LIBRARY},
  {"tanren.batch_normalization.1", (void *)tanren_batch_normalization, TANREN_NO_LIBRARY},
  {"tanren.batch_normalization_gradient.1", (void *)tanren_batch_normalization_gradient, TANREN_NO_LIBRARY},
  {"tanren.sum.1", (void *)tanren_sum, TANREN_NO_LIBRARY},
  {"tanren.cross_entropy.1", (void *)tanren_cross_entropy, TANREN_NO_LIBRARY},
  {"tanren.cross_entropy_gradient.1", (void *)tanren_cross_entropy_gradient, TANREN_NO_LIBRARY},
  {"tanren.softmax.1", (void *)tanren_softmax, TANREN_NO_LIBRARY},
  {"tanren.softmax_gradient.1", (void *)tanren_softmax_gradient, TANREN_NO_LIBRARY},
  {"tanren.layer_normalization.1", (void *)tanren_layer_normalization, TANREN_NO_LIBRARY},
  {"tanren.layer_normalization_gradient.1", (void *)tanren_layer_normalization_gradient, TANREN_NO_LIBRARY},
  {"tanren.max_pool.1", (void *)tanren_max_pool, TANREN_NO_LIBRARY},
  {"tanren.max_pool_gradient.1", (void *)tanren_max_pool_gradient, TANREN_NO_LIBRARY},
  {"tanren.affine_sampling.1", (void *)tanren_affine_sampling, TANREN_NO_LIBRARY},
  {"tanren.random_bits.1", (void *)tanren_random_bits, TANREN_NO_LIBRARY},
  {"tanren.folded_key.1", (void *)tanren_folded_key, TANREN_NO_LIBRARY},
  {"tanren.barrier.1", (void *)tanren_barrier, TANREN_NO_LIBRARY},
  {"tanren.gram.3", (void *)tanren_gram, TANREN_OPENBLAS},
  {"tanren.cholesky.1", (void *)tanren_cholesky, TANREN_OPENBLAS},
  {"tanren.positive_solve.2", (void *)tanren_positive_solve, TANREN_OPENBLAS},
  {"tanren.solve.1", (void *)tanren_solve, TANREN_OPENBLAS},
  {"tanren.eigh.1", (void *)tanren_eigh, TANREN_OPENBLAS},
  {"tanren.eigvals.1", (void *)tanren_eigvals, TANREN_OPENBLAS},
  {"tanren.svd.1", (void *)tanren_svd, TANREN_OPENBLAS},
  {"tanren.qr.1", (void *)tanren_qr, TANREN_OPENBLAS},
  {"tanren.lu.1", (void *)tanren_lu, TANREN_OPENBLAS},
};

const TanrenKernel *tanren_kernels(size_t *count) {
  *count = sizeof kernels / sizeof *kernels;
  return kernels;
}
