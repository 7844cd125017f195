#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "matrices.h"

// Cholesky's decomposition and systems of equations in float32 or float64, all column-major.

// Whether the diagonal has finite numbers other than 0: what isn't finite in a matrix reaches the diagonal of its factor.
static bool is_regular(const TanrenBatch *batch, const void *matrix, int n, int stride) {
  for (int64_t i = 0; i < n; i++) {
    double pivot = tanren_number(batch, matrix, i * stride + i);
    if (!isfinite(pivot) || pivot == 0) return false;
  }
  return true;
}

// Replaces the triangle `uplo` of a column-major matrix by its factor. Returns whether the matrix is positive definite.
static bool factor_positive(const TanrenBatch *batch, const char *uplo, int n, void *matrix, int stride) {
  int info = 0;
  batch->lapack->potrf(uplo, &n, matrix, &stride, &info, 1);
  return info == 0 && is_regular(batch, matrix, n, stride);
}

// The lower factors of symmetric positive definite matrices [..., n, n], of which the lower triangle is read; NaN where a
// matrix isn't positive definite.

static bool cholesky_one(const TanrenBatch *batch, int64_t index) {
  int n = batch->arrays[0].rows;
  void *factor = tanren_member(batch, 1, index);
  memcpy(factor, tanren_member(batch, 0, index), batch->arrays[0].stride);
  if (factor_positive(batch, "L", n, factor, n)) {
    tanren_clear_triangle(batch, factor, n, n, true);
  } else {
    tanren_fill_nan(batch, 1, 1, index);
  }
  return true;
}

XLA_FFI_Error *tanren_cholesky(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  static const char *name = "Cholesky's decomposition";
  TanrenBatch batch = {0};
  XLA_FFI_Error *error = tanren_batch_read(frame, name, "M>M", &batch);
  if (error != NULL) return error;
  int n = batch.arrays[0].rows;
  if (batch.arrays[0].columns != n || !tanren_batch_is(&batch, 1, n, n)) return tanren_batch_misfit(frame, name);
  return n == 0 ? NULL : tanren_batch_run(frame, name, &batch, cholesky_one);
}

// X with A X = B for matrices [..., n, n] and right sides [..., n, m]: NaN where A is singular, or for the symmetric ones, of
// which the lower triangle is read, where it isn't positive definite.

static bool solve_with(const TanrenBatch *batch, int64_t index, bool is_positive) {
  int n = batch->arrays[0].rows, sides = batch->arrays[1].columns, info = 0;
  void *matrix = tanren_elements(batch, (int64_t)n * n), *solution = tanren_member(batch, 2, index);
  int *pivots = is_positive ? NULL : tanren_integers_for(n);
  bool has_memory = matrix != NULL && (is_positive || pivots != NULL);
  if (has_memory) {
    memcpy(matrix, tanren_member(batch, 0, index), batch->arrays[0].stride);
    memcpy(solution, tanren_member(batch, 1, index), batch->arrays[1].stride);
    bool is_solvable = is_positive;
    if (is_positive) {
      is_solvable = factor_positive(batch, "L", n, matrix, n);
      if (is_solvable) batch->lapack->potrs("L", &n, &sides, matrix, &n, solution, &n, &info, 1);
    } else {
      batch->lapack->getrf(&n, &n, matrix, &n, pivots, &info);
      is_solvable = info == 0 && is_regular(batch, matrix, n, n);
      if (is_solvable) batch->lapack->getrs("N", &n, &sides, matrix, &n, pivots, solution, &n, &info, 1);
    }
    if (!is_solvable) tanren_fill_nan(batch, 2, 1, index);
  }
  free(matrix);
  free(pivots);
  return has_memory;
}

static bool solve_one(const TanrenBatch *batch, int64_t index) { return solve_with(batch, index, false); }
static bool positive_solve_one(const TanrenBatch *batch, int64_t index) { return solve_with(batch, index, true); }

static XLA_FFI_Error *solve(XLA_FFI_CallFrame *frame, bool (*body)(const TanrenBatch *, int64_t)) {
  if (tanren_is_preparation(frame)) return NULL;
  static const char *name = "a system of equations";
  TanrenBatch batch = {0};
  XLA_FFI_Error *error = tanren_batch_read(frame, name, "MM>M", &batch);
  if (error != NULL) return error;
  int n = batch.arrays[0].rows, sides = batch.arrays[1].columns;
  if (batch.arrays[0].columns != n || batch.arrays[1].rows != n || !tanren_batch_is(&batch, 2, n, sides)) {
    return tanren_batch_misfit(frame, name);
  }
  return n == 0 || sides == 0 ? NULL : tanren_batch_run(frame, name, &batch, body);
}

XLA_FFI_Error *tanren_solve(XLA_FFI_CallFrame *frame) { return solve(frame, solve_one); }
XLA_FFI_Error *tanren_positive_solve(XLA_FFI_CallFrame *frame) { return solve(frame, positive_solve_one); }
