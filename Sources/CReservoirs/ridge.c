#include <math.h>
#include <stdlib.h>

#include "factor.h"
#include "openblas.h"
#include "reservoir_handlers.h"
#include "symmetric_product.h"

// Ridge regression in float64: rows [..., steps, n + m], which are X and targets beside each other and may come in parts, and
// penalties [..., n, 1], to the weights [..., n, m], column-major, that solve (X^T X + penalties) W = X^T targets; NaN where
// that isn't positive definite. One product has all that is needed: the matrix, and beside it the right sides, which its
// decomposition substitutes forward.

typedef struct {
  TanrenRows rows;
  const double *penalties;
  double *results;
  int sides;
} Ridge;

// Solves L^T W = `weights` in place for the factor L.
static void substitute_back(const double *factor, int n, int height, int sides, double *weights) {
  double one = 1;
  tanren_openblas()->dtrsm("L", "L", "T", "N", &n, &sides, &one, factor, &height, weights, &n, 1, 1, 1, 1);
}

typedef struct {
  double *product;
  const double *penalties;
  int64_t n, height;
} Diagonal;

static void penalize(void *context, int64_t number) {
  (void)number;
  const Diagonal *diagonal = context;
  for (int64_t i = 0; i < diagonal->n; i++) diagonal->product[i * diagonal->height + i] += diagonal->penalties[i];
}

static bool solve_one(void *context, XLA_FFI_CallFrame *frame, int64_t index) {
  Ridge *ridge = context;
  int64_t height = ridge->rows.columns, sides = ridge->sides, n = height - sides;
  double *product = malloc((size_t)height * (size_t)height * sizeof *product), *weights = ridge->results + index * n * sides;
  // BLAS takes the rows for columns, and so the upper triangle for the lower one.
  TanrenFactoring *factoring = product == NULL ? NULL : tanren_factoring(product, (int)n, (int)height);
  TanrenFactor outcome = TANREN_NO_MEMORY;
  if (factoring != NULL) {
    Diagonal diagonal = {product, ridge->penalties + index * n, n, height};
    TanrenPhase then[] = {{1, penalize, &diagonal}, tanren_factoring_phase(factoring)};
    bool isDone = tanren_symmetric_product(frame, &ridge->rows, index, product, 2, then);
    outcome = tanren_factoring_end(factoring);
    if (!isDone) outcome = TANREN_NO_MEMORY;
  }
  if (outcome != TANREN_NO_MEMORY) {
    for (int64_t j = 0; j < sides; j++) {
      for (int64_t i = 0; i < n; i++) {
        weights[j * n + i] = outcome == TANREN_FACTORED ? product[i * height + n + j] : (double)NAN;
      }
    }
    if (outcome == TANREN_FACTORED) substitute_back(product, (int)n, (int)height, (int)sides, weights);
  }
  free(product);
  return outcome != TANREN_NO_MEMORY;
}

XLA_FFI_Error *tanren_ridge(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  if (tanren_openblas() == NULL) {
    return tanren_error(frame, XLA_FFI_Error_Code_FAILED_PRECONDITION, "a regression needs OpenBLAS, which isn't loaded");
  }
  Ridge ridge = {0};
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
  return tanren_rows_run(frame, ridge.rows.batch, &ridge, solve_one);
}
