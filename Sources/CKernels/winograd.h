// Convolutions of two spatial axes under 3x3 kernels with strides of 1, by Winograd's minimal filtering.

#ifndef TANREN_WINOGRAD_H
#define TANREN_WINOGRAD_H

#include "frame.h"

// Images [batch, height, width, channels] and [batch, rows, columns, features], and the kernel [3, 3, channels,
// features] between them, in single precision.
typedef struct TanrenFilter {
  int64_t batch, height, width, rows, columns, channels, features;
  // What is added before the first row and column.
  int64_t low[2];
  float *input, *kernel, *output;
} TanrenFilter;

// Whether this is faster than the sums themselves.
bool tanren_winograd_pays(const TanrenFilter *filter, int64_t threads);

// The output, the input's gradient or the kernel's. Return oneDNN's status.
int tanren_winograd(const XLA_FFI_CallFrame *frame, const TanrenFilter *filter);
int tanren_winograd_input_gradient(const XLA_FFI_CallFrame *frame, const TanrenFilter *filter);
int tanren_winograd_kernel_gradient(const XLA_FFI_CallFrame *frame, const TanrenFilter *filter);

#endif
