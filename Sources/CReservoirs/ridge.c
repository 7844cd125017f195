#include <stdlib.h>

#include "reservoir_handlers.h"
#include "symmetric_product.h"
#include "systems.h"

// Ridge regression in float64: rows [..., steps, n + m], which are X and targets beside each other and may come in parts, and
// penalties [..., n, 1], to the weights [..., n, m], column-major, that solve (X^T X + penalties) W = X^T targets; NaN where
// that isn't positive definite. One product has all that is needed: the matrix, and below it the right sides.

typedef struct {
  TanrenBatch batch;
  TanrenRows rows;
  const double *penalties;
  double *results;
  int sides;
} Ridge;

static bool solve_one(void *context, XLA_FFI_CallFrame *frame, int64_t index) {
  Ridge *ridge = context;
  int height = ridge->rows.columns, sides = ridge->sides, n = height - sides, info = 0;
  double *product = malloc((size_t)height * (size_t)height * sizeof *product), *weights = ridge->results + index * n * sides;
  bool has_memory = product != NULL && tanren_symmetric_product(frame, &ridge->rows, index, product);
  if (has_memory) {
    for (int64_t i = 0; i < n; i++) {
      product[i * height + i] += ridge->penalties[index * n + i];
      for (int64_t j = 0; j < sides; j++) weights[j * n + i] = product[(n + j) * height + i];
    }
    // BLAS takes the rows for columns, and so the lower triangle for the upper one.
    if (tanren_factor_positive(&ridge->batch, "U", n, product, height)) {
      ridge->batch.lapack->potrs("U", &n, &sides, product, &height, weights, &n, &info, 1);
    } else {
      tanren_fill_nan(&ridge->batch, 0, 1, index);
    }
  }
  free(product);
  return has_memory;
}

XLA_FFI_Error *tanren_ridge(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  Ridge ridge = {.batch = {.lapack = tanren_lapack(XLA_FFI_DataType_F64), .is_double = true, .element = sizeof(double)}};
  if (ridge.batch.lapack == NULL) {
    return tanren_error(frame, XLA_FFI_Error_Code_FAILED_PRECONDITION, "a regression needs OpenBLAS, which isn't loaded");
  }
  int64_t arguments = frame->args.size;
  if (arguments < 2 || !tanren_has(frame, arguments, 1) || !tanren_rows_read(frame, arguments - 1, &ridge.rows)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a regression takes one to four arrays of float64 that fit, and penalties");
  }
  const XLA_FFI_Buffer *penalties = tanren_argument(frame, arguments - 1), *weights = tanren_result(frame, 0);
  int64_t rank = weights->rank, n = rank < 2 ? 0 : weights->dims[rank - 2], sides = rank < 2 ? 0 : weights->dims[rank - 1];
  if (weights->dtype != XLA_FFI_DataType_F64 || penalties->dtype != XLA_FFI_DataType_F64 || n < 1 || sides < 1 ||
      n + sides != ridge.rows.columns || tanren_element_count(penalties) != ridge.rows.batch * n ||
      tanren_element_count(weights) != ridge.rows.batch * n * sides) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a regression: the extents don't fit");
  }
  ridge.penalties = penalties->data;
  ridge.results = weights->data;
  ridge.sides = (int)sides;
  ridge.batch.arrays[0] = (TanrenMatrices){
    (char *)ridge.results, (int)n, (int)sides, (size_t)(n * sides) * sizeof(double), sizeof(double)};
  return tanren_rows_run(frame, ridge.rows.batch, &ridge, solve_one);
}
