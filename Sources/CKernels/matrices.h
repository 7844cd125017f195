// What handlers for batches of matrices in float64 share.

#ifndef TANREN_MATRICES_H
#define TANREN_MATRICES_H

#include <stdatomic.h>

#include "crew.h"
#include "handlers.h"
#include "symmetric_product.h"

// The most parts that a matrix may come in.
enum { TANREN_PARTS = 4 };

typedef struct {
  // The threads that one matrix may use.
  tanren_crew *crew;
  // The first matrix' columns.
  tanren_columns parts[TANREN_PARTS];
  const double *matrices, *right;
  double *results;
  // Rows and columns of a matrix, columns of a right side.
  int64_t rows, columns, sides;
  atomic_bool failed;
} tanren_matrices;

// Whether all arrays are of float64 and of one rank, and those before the last two axes fit; how many matrices it is.
bool tanren_read_matrices(const XLA_FFI_Buffer *const buffers[], int count, int64_t *batch);

// Reads the parts of matrices, which are `count` arrays: their rows, and their columns together. Returns whether they fit.
bool tanren_read_parts(const XLA_FFI_Buffer *const buffers[], int64_t count, tanren_matrices *batch);

// The lower triangle of X^T X, X being matrix `index`. Returns whether there was memory for it.
bool tanren_multiply_parts(const tanren_matrices *batch, int64_t index, double *product);

// Calls `body` for each matrix, which sets `failed` where there is no memory. Many matrices go to the threads whole; of few
// each is shared.
XLA_FFI_Error *tanren_run_matrices(
  XLA_FFI_CallFrame *frame, tanren_matrices *batch, int64_t count, void (*body)(void *, int64_t));

#endif
