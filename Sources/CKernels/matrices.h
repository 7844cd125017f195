// What handlers for batches of matrices in float64 share.

#ifndef TANREN_MATRICES_H
#define TANREN_MATRICES_H

#include <stdatomic.h>

#include "handlers.h"

// The threads that one matrix may use.
typedef struct {
  const XLA_FFI_CallFrame *frame;
  bool is_shared;
} tanren_threads;

void tanren_spread(const tanren_threads *threads, int64_t count, void (*body)(void *, int64_t), void *context);

typedef struct {
  tanren_threads threads;
  const double *matrices, *right;
  double *results;
  // Rows and columns of a matrix, columns of a right side.
  int64_t rows, columns, sides;
  atomic_bool failed;
} tanren_matrices;

// Whether all arrays are of float64 and of one rank, and those before the last two axes fit; how many matrices it is.
bool tanren_read_matrices(const XLA_FFI_Buffer *const buffers[], int count, int64_t *batch);

// Calls `body` for each matrix, which sets `failed` where there is no memory. Many matrices go to the threads whole; of few
// each is shared.
XLA_FFI_Error *tanren_run_matrices(
  XLA_FFI_CallFrame *frame, tanren_matrices *batch, int64_t count, void (*body)(void *, int64_t));

#endif
