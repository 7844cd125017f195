#include <stdlib.h>

#include "cholesky.h"
#include "matrices.h"
#include "tile.h"

// Ridge regression: rows [..., steps, n + m], which are X and targets beside each other and may come in parts, and penalties
// [..., n, 1], to the weights [..., n, m] that solve (X^T X + penalties) W = X^T targets; NaN where that isn't positive
// definite. One product has all that is needed: the matrix, and below it the right sides.

static void solve_one(void *context, int64_t index) {
  tanren_matrices *batch = context;
  int64_t sides = batch->sides, height = batch->columns, n = height - sides;
  double *rows = tanren_lines(height * height);
  bool is_solved = rows != NULL && tanren_multiply_parts(batch, index, rows);
  if (is_solved) {
    for (int64_t i = 0; i < n; i++) rows[i * height + i] += batch->right[index * n + i];
    is_solved = tanren_cholesky_solve(batch->crew, rows, n, sides, height, batch->results + index * n * sides);
  }
  if (!is_solved) atomic_store(&batch->failed, true);
  free(rows);
}

XLA_FFI_Error *tanren_ridge(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  const XLA_FFI_Buffer *buffers[TANREN_PARTS + 2] = {tanren_result(frame, 0)};
  int64_t arguments = 0, count;
  for (; arguments <= TANREN_PARTS && tanren_argument(frame, arguments) != NULL; arguments++) {
    buffers[arguments + 1] = tanren_argument(frame, arguments);
  }
  if (arguments < 2 || !tanren_has(frame, arguments, 1) || !tanren_read_matrices(buffers, (int)arguments + 1, &count)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a regression takes one to four arrays of float64, and penalties");
  }
  int64_t rank = buffers[0]->rank;
  const int64_t *weights = buffers[0]->dims + rank - 2, *penalties = buffers[arguments]->dims + rank - 2;
  tanren_matrices batch = {.right = buffers[arguments]->data, .results = buffers[0]->data, .sides = weights[1]};
  if (!tanren_read_parts(buffers + 1, arguments - 1, &batch) || weights[0] + weights[1] != batch.columns ||
      penalties[0] != weights[0] || penalties[1] != 1) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a regression: the extents don't fit");
  }
  return tanren_run_matrices(frame, &batch, count, solve_one);
}
