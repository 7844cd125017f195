#include "cholesky.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tile.h"
#include "vectors.h"

enum {
  ROWS = TILE_ROWS,
  PANELS = TILE_PANELS,
  COLUMNS = TILE_COLUMNS,
  // Columns that one step finishes.
  BLOCK = 48,
};

typedef double Lanes __attribute__((vector_size(ROWS * sizeof(double)), aligned(8), may_alias));

// A decomposition on its way, from left to right: what the finished columns take from the next ones is taken when their
// turn comes, so that every element is read and written once.
typedef struct {
  double *rows;
  // Rows and columns of the factor, and how far apart its rows are.
  int64_t height, n, stride;
  // The block at work, and the inverses of its diagonal.
  int64_t first, width;
  double inverses[BLOCK];
  // The finished columns as panels of rows, [panels, n, ROWS].
  double *packed;
} Factor;

// Takes from the block's columns, in ROWS rows, what the finished ones give.
static void update(void *context, int64_t index) {
  Factor *factor = context;
  int64_t n = factor->n, stride = factor->stride, panel = factor->first / ROWS + index, top = panel * ROWS;
  // Up to the diagonal.
  int64_t end = tanren_least(factor->first + factor->width, top + ROWS);
  for (int64_t left = factor->first; left < end; left += COLUMNS) {
    const double *columns[PANELS];
    for (int64_t j = 0; j < PANELS; j++) columns[j] = factor->packed + (left / ROWS + j) * n * ROWS;
    tanren_tile(
      factor->packed + panel * n * ROWS, columns, factor->first, TILE_SUBTRACT, factor->rows + top * stride + left, stride,
      tanren_least(ROWS, factor->height - top), tanren_least(COLUMNS, n - left));
  }
}

// The block on the diagonal. Returns whether it is positive definite.
static bool factor_diagonal(Factor *factor) {
  int64_t stride = factor->stride, width = factor->width;
  double *block = factor->rows + factor->first * (stride + 1), column[BLOCK];
  for (int64_t j = 0; j < width; j++) {
    double pivot = block[j * stride + j];
    if (!(pivot > 0) || !isfinite(pivot)) return false;
    block[j * stride + j] = sqrt(pivot);
    factor->inverses[j] = 1 / block[j * stride + j];
    for (int64_t i = j + 1; i < width; i++) {
      column[i] = block[i * stride + j] *= factor->inverses[j];
      tanren_add_scaled(block + i * stride + j + 1, column + j + 1, -column[i], i - j);
    }
  }
  return true;
}

// The block's columns in ROWS rows below the diagonal, which are also packed.
TANREN_VECTORIZED static void solve_rows(const Factor *factor, int64_t panel) {
  int64_t stride = factor->stride, width = factor->width, top = panel * ROWS, count = tanren_least(ROWS, factor->height - top);
  // The last block ends within a panel.
  int64_t begin = factor->first + width > top ? factor->first + width - top : 0;
  const double *block = factor->rows + factor->first * (stride + 1);
  double *rows = factor->rows + top * stride + factor->first;
  Lanes *packed = (Lanes *)(factor->packed + (panel * factor->n + factor->first) * ROWS);
  for (int64_t k = 0; k < width; k++) {
    double column[ROWS] = {0};
    for (int64_t i = begin; i < count; i++) column[i] = rows[i * stride + k];
    memcpy(&packed[k], column, sizeof column);
  }
  for (int64_t k = 0; k < width; k++) {
    const double *row = block + k * stride;
    Lanes a = packed[k], b = {0}, c = {0}, d = {0};
    int64_t l = 0;
    for (; l + 4 <= k; l += 4) {
      a -= packed[l] * row[l];
      b -= packed[l + 1] * row[l + 1];
      c -= packed[l + 2] * row[l + 2];
      d -= packed[l + 3] * row[l + 3];
    }
    for (; l < k; l++) a -= packed[l] * row[l];
    packed[k] = ((a + b) + (c + d)) * factor->inverses[k];
  }
  for (int64_t k = 0; k < width; k++) {
    double column[ROWS];
    memcpy(column, &packed[k], sizeof column);
    for (int64_t i = begin; i < count; i++) rows[i * stride + k] = column[i];
  }
}

static void solve(void *context, int64_t index) {
  Factor *factor = context;
  solve_rows(factor, (factor->first + factor->width) / ROWS + index);
}

// L^T x = b in place, for one right side.
static void substitute(void *context, int64_t side) {
  Factor *factor = context;
  double *x = factor->rows + (factor->n + side) * factor->stride;
  for (int64_t i = factor->n - 1; i >= 0; i--) {
    const double *row = factor->rows + i * factor->stride;
    x[i] /= row[i];
    tanren_add_scaled(x, row, -x[i], i);
  }
}

bool tanren_cholesky_solve(
  tanren_crew *crew, double *rows, int64_t n, int64_t sides, int64_t stride, double *solutions) {
  int64_t height = n + sides, panels = (height + ROWS - 1) / ROWS;
  // The last tile reads panels below the last row.
  Factor factor = {
    .rows = rows, .height = height, .n = n, .stride = stride, .packed = tanren_lines((panels + PANELS) * n * ROWS)};
  if (factor.packed == NULL) return false;
  bool is_definite = true;
  for (; factor.first < n && is_definite; factor.first += factor.width) {
    factor.width = tanren_least(BLOCK, n - factor.first);
    if (factor.first > 0) tanren_crew_do(crew, panels - factor.first / ROWS, update, &factor);
    is_definite = factor_diagonal(&factor);
    if (is_definite) tanren_crew_do(crew, panels - (factor.first + factor.width) / ROWS, solve, &factor);
  }
  if (is_definite) tanren_crew_do(crew, sides, substitute, &factor);
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < sides; j++) solutions[i * sides + j] = is_definite ? rows[(n + j) * stride + i] : (double)NAN;
  }
  free(factor.packed);
  return true;
}
