#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "matrices.h"
#include "tile.h"
#include "vectors.h"

// Cholesky's decomposition: symmetric matrices [..., n, n], of which the lower triangle is read, and right sides
// [..., n, m], to solutions [..., n, m]; NaN where a matrix isn't positive definite.

enum {
  ROWS = TILE_ROWS,
  PANELS = TILE_PANELS,
  COLUMNS = TILE_COLUMNS,
  // Columns that one step finishes.
  BLOCK = 48,
};

typedef double Lanes __attribute__((vector_size(ROWS * sizeof(double)), aligned(8), may_alias));

// A decomposition on its way: the matrix [n, n], whose lower triangle becomes the factor, and the finished block's
// columns below the diagonal as panels of rows.
typedef struct {
  double *matrix;
  int64_t n, first, width;
  double *packed;
} Factor;

// The block on the diagonal.
static bool factor_diagonal(Factor *factor) {
  int64_t n = factor->n;
  double *block = factor->matrix + factor->first * n + factor->first;
  for (int64_t j = 0; j < factor->width; j++) {
    double pivot = block[j * n + j];
    for (int64_t k = 0; k < j; k++) pivot -= block[j * n + k] * block[j * n + k];
    if (!(pivot > 0) || !isfinite(pivot)) return false;
    block[j * n + j] = sqrt(pivot);
    double inverse = 1 / block[j * n + j];
    for (int64_t i = j + 1; i < factor->width; i++) {
      double sum = block[i * n + j];
      for (int64_t k = 0; k < j; k++) sum -= block[i * n + k] * block[j * n + k];
      block[i * n + j] = sum * inverse;
    }
  }
  return true;
}

// The block's columns in ROWS rows below it, which are also packed.
TANREN_VECTORIZED static void solve_rows(const Factor *factor, int64_t panel) {
  int64_t n = factor->n, width = factor->width, top = factor->first + width + panel * ROWS;
  int64_t count = tanren_least(ROWS, n - top);
  const double *block = factor->matrix + factor->first * n + factor->first;
  double *rows = factor->matrix + top * n + factor->first;
  Lanes *packed = (Lanes *)(factor->packed + panel * BLOCK * ROWS);
  for (int64_t k = 0; k < width; k++) {
    double column[ROWS] = {0};
    for (int64_t i = 0; i < count; i++) column[i] = rows[i * n + k];
    memcpy(&packed[k], column, sizeof column);
  }
  for (int64_t k = 0; k < width; k++) {
    const double *row = block + k * n;
    Lanes a = packed[k], b = {0}, c = {0}, d = {0};
    int64_t l = 0;
    for (; l + 4 <= k; l += 4) {
      a -= packed[l] * row[l];
      b -= packed[l + 1] * row[l + 1];
      c -= packed[l + 2] * row[l + 2];
      d -= packed[l + 3] * row[l + 3];
    }
    for (; l < k; l++) a -= packed[l] * row[l];
    packed[k] = ((a + b) + (c + d)) / row[k];
  }
  for (int64_t k = 0; k < width; k++) {
    double column[ROWS];
    memcpy(column, &packed[k], sizeof column);
    for (int64_t i = 0; i < count; i++) rows[i * n + k] = column[i];
  }
}

static void solve_panel(void *context, int64_t panel) { solve_rows(context, panel); }

// What the finished columns take from COLUMNS columns right of them.
static void update_columns(void *context, int64_t group) {
  Factor *factor = context;
  int64_t n = factor->n, top = factor->first + factor->width, first = group * PANELS;
  const double *right[PANELS];
  for (int64_t j = 0; j < PANELS; j++) right[j] = factor->packed + (first + j) * BLOCK * ROWS;
  for (int64_t panel = first; top + panel * ROWS < n; panel++) {
    int64_t row = top + panel * ROWS, column = top + first * ROWS;
    tanren_tile(
      factor->packed + panel * BLOCK * ROWS, right, factor->width, true, factor->matrix + row * n + column, n,
      tanren_least(ROWS, n - row), tanren_least(COLUMNS, n - column));
  }
}

static bool decompose(const tanren_threads *threads, Factor *factor) {
  for (factor->first = 0; factor->first < factor->n; factor->first += factor->width) {
    factor->width = tanren_least(BLOCK, factor->n - factor->first);
    if (!factor_diagonal(factor)) return false;
    int64_t rest = factor->n - factor->first - factor->width;
    tanren_spread(threads, (rest + ROWS - 1) / ROWS, solve_panel, factor);
    tanren_spread(threads, (rest + COLUMNS - 1) / COLUMNS, update_columns, factor);
  }
  return true;
}

// L L^T x = b in place.
static void substitute(const double *factor, int64_t n, double *x) {
  for (int64_t i = 0; i < n; i++) x[i] = (x[i] - tanren_inner_product(factor + i * n, x, i)) / factor[i * n + i];
  for (int64_t i = n - 1; i >= 0; i--) {
    x[i] /= factor[i * n + i];
    tanren_add_scaled(x, factor + i * n, -x[i], i);
  }
}

static void solve_one(void *context, int64_t index) {
  tanren_matrices *batch = context;
  int64_t n = batch->columns, sides = batch->sides;
  double *matrix = tanren_lines(n * n), *x = tanren_lines(n);
  Factor factor = {.matrix = matrix, .n = n, .packed = tanren_lines((n + COLUMNS + ROWS) / ROWS * BLOCK * ROWS + COLUMNS * BLOCK)};
  double *result = batch->results + index * n * sides;
  const double *right = batch->right + index * n * sides;
  if (matrix == NULL || x == NULL || factor.packed == NULL) {
    atomic_store(&batch->failed, true);
  } else {
    memcpy(matrix, batch->matrices + index * n * n, (size_t)(n * n) * sizeof(double));
    bool is_definite = decompose(&batch->threads, &factor);
    for (int64_t j = 0; j < sides; j++) {
      for (int64_t i = 0; i < n; i++) x[i] = right[i * sides + j];
      if (is_definite) substitute(matrix, n, x);
      for (int64_t i = 0; i < n; i++) result[i * sides + j] = is_definite ? x[i] : (double)NAN;
    }
  }
  free(matrix);
  free(x);
  free(factor.packed);
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
