#include <stdlib.h>
#include <string.h>

#include "cholesky.h"
#include "matrices.h"
#include "tile.h"

// Symmetric matrices [..., n, n], of which the lower triangle is read, and right sides [..., n, m], to solutions [..., n, m];
// NaN where a matrix isn't positive definite.

static void solve_one(void *context, int64_t index) {
  tanren_matrices *batch = context;
  int64_t n = batch->columns, sides = batch->sides;
  double *rows = tanren_lines((n + sides) * n);
  const double *matrix = batch->matrices + index * n * n, *right = batch->right + index * n * sides;
  bool is_solved = false;
  if (rows != NULL) {
    for (int64_t i = 0; i < n; i++) memcpy(rows + i * n, matrix + i * n, (size_t)(i + 1) * sizeof(double));
    for (int64_t j = 0; j < sides; j++) {
      for (int64_t i = 0; i < n; i++) rows[(n + j) * n + i] = right[i * sides + j];
    }
    is_solved = tanren_cholesky_solve(batch->crew, rows, n, sides, n, batch->results + index * n * sides);
  }
  if (!is_solved) atomic_store(&batch->failed, true);
  free(rows);
}

XLA_FFI_Error *tanren_positive_solve(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  const XLA_FFI_Buffer *buffers[] = {tanren_argument(frame, 0), tanren_argument(frame, 1), tanren_result(frame, 0)};
  int64_t count;
  if (!tanren_has(frame, 2, 1) || !tanren_read_matrices(buffers, 3, &count)) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a solution takes two arrays of float64");
  }
  int64_t rank = buffers[0]->rank, n = buffers[0]->dims[rank - 1], sides = buffers[1]->dims[rank - 1];
  for (int i = 0; i < 3; i++) {
    if (buffers[i]->dims[rank - 2] != n || (i > 0 && buffers[i]->dims[rank - 1] != sides)) {
      return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a solution: the extents don't fit");
    }
  }
  tanren_matrices batch = {
    .matrices = buffers[0]->data, .right = buffers[1]->data, .results = buffers[2]->data, .columns = n, .sides = sides};
  return tanren_run_matrices(frame, &batch, count, solve_one);
}
