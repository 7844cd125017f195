// The functions that XLA calls; their arguments, results and attributes are described where they are implemented.

#ifndef TANREN_HANDLERS_H
#define TANREN_HANDLERS_H

#include "frame.h"

XLA_FFI_Error *tanren_convolution(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_convolution_input_gradient(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_convolution_kernel_gradient(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_dot(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_product(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_batch_normalization(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_batch_normalization_gradient(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_sum(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_cross_entropy(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_cross_entropy_gradient(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_layer_normalization(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_layer_normalization_gradient(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_softmax(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_softmax_gradient(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_max_pool(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_max_pool_gradient(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_affine_sampling(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_random_bits(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_folded_key(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_barrier(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_gram(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_cholesky(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_positive_solve(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_solve(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_eigh(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_eigvals(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_svd(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_qr(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_lu(XLA_FFI_CallFrame *frame);

#endif
