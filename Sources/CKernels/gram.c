#include <stdlib.h>
#include <string.h>

#include "matrices.h"
#include "tile.h"

// Symmetric products: rows [..., steps, n] to [..., n, n], X^T X. Half of it is computed, a stretch of rows after the
// other.

enum {
  ROWS = TILE_ROWS,
  PANELS = TILE_PANELS,
  COLUMNS = TILE_COLUMNS,
  // Rows of X at a time, and panels of the product's rows that a thread takes: packed they stay in the second cache.
  DEPTH = 384,
  RISE = 32,
  // Columns and rows that are mirrored at a time.
  SQUARE = 32,
};

// What a product of n columns is computed from.
typedef struct {
  const double *rows;
  int64_t steps, n, blocks;
  // The stretch that is packed: [panels, DEPTH, ROWS].
  int64_t first, depth;
  double *packed;
  double *product;
} Gram;

// Packs one panel of the stretch, zeros beyond the last column.
static void pack_columns(void *context, int64_t panel) {
  Gram *gram = context;
  double *packed = gram->packed + panel * DEPTH * ROWS;
  int64_t column = panel * ROWS, count = tanren_least(ROWS, gram->n - column);
  for (int64_t t = 0; t < gram->depth; t++) {
    const double *row = gram->rows + (gram->first + t) * gram->n + column;
    if (count == ROWS) {
      memcpy(packed + t * ROWS, row, ROWS * sizeof(double));
      continue;
    }
    for (int64_t i = 0; i < ROWS; i++) packed[t * ROWS + i] = i < count ? row[i] : 0;
  }
}

// The tiles of RISE panels of rows up to the diagonal. The longest rows come first.
static void multiply_rows(void *context, int64_t index) {
  Gram *gram = context;
  int64_t n = gram->n, begin = (gram->blocks - 1 - index) * RISE;
  int64_t end = tanren_least(begin + RISE, (n + ROWS - 1) / ROWS), bottom = tanren_least(end * ROWS, n);
  if (gram->first == 0) {
    for (int64_t i = begin * ROWS; i < bottom; i++) memset(gram->product + i * n, 0, (size_t)bottom * sizeof(double));
  }
  for (int64_t first = 0; first < end; first += PANELS) {
    const double *right[PANELS];
    for (int64_t j = 0; j < PANELS; j++) right[j] = gram->packed + (first + j) * DEPTH * ROWS;
    for (int64_t panel = begin > first ? begin : first; panel < end; panel++) {
      tanren_tile(
        gram->packed + panel * DEPTH * ROWS, right, gram->depth, false, gram->product + panel * ROWS * n + first * ROWS, n,
        tanren_least(ROWS, n - panel * ROWS), tanren_least(COLUMNS, bottom - first * ROWS));
    }
  }
}

// Writes SQUARE columns right of the diagonal. What a tile has there already is right too, and written again.
static void mirror(void *context, int64_t index) {
  Gram *gram = context;
  int64_t n = gram->n, left = index * SQUARE, right = tanren_least(left + SQUARE, n);
  for (int64_t top = 0; top < right; top += SQUARE) {
    for (int64_t i = top; i < tanren_least(top + SQUARE, right); i++) {
      for (int64_t j = left > i ? left : i + 1; j < right; j++) gram->product[i * n + j] = gram->product[j * n + i];
    }
  }
}

static bool multiply(const tanren_threads *threads, const double *rows, int64_t steps, int64_t n, double *product) {
  int64_t panels = (n + COLUMNS - 1) / COLUMNS * PANELS;
  Gram gram = {
    .rows = rows, .steps = steps, .n = n, .blocks = ((n + ROWS - 1) / ROWS + RISE - 1) / RISE,
    .packed = tanren_lines(panels * DEPTH * ROWS), .product = product};
  if (gram.packed == NULL) return false;
  for (; gram.first < steps; gram.first += DEPTH) {
    gram.depth = tanren_least(DEPTH, steps - gram.first);
    tanren_spread(threads, panels, pack_columns, &gram);
    tanren_spread(threads, gram.blocks, multiply_rows, &gram);
  }
  tanren_spread(threads, (n + SQUARE - 1) / SQUARE, mirror, &gram);
  free(gram.packed);
  return true;
}

static void multiply_one(void *context, int64_t index) {
  tanren_matrices *batch = context;
  int64_t n = batch->columns;
  if (!multiply(&batch->threads, batch->matrices + index * batch->rows * n, batch->rows, n, batch->results + index * n * n)) {
    atomic_store(&batch->failed, true);
  }
}

XLA_FFI_Error *tanren_gram(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  const XLA_FFI_Buffer *buffers[] = {tanren_argument(frame, 0), tanren_result(frame, 0)};
  int64_t count;
  if (!tanren_has(frame, 1, 1) || !tanren_read_matrices(buffers, 2, &count)) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a symmetric product takes one array of float64");
  }
  int64_t rank = buffers[0]->rank, n = buffers[0]->dims[rank - 1];
  if (buffers[1]->dims[rank - 1] != n || buffers[1]->dims[rank - 2] != n) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a symmetric product: the extents don't fit");
  }
  tanren_matrices batch = {
    .matrices = buffers[0]->data, .results = buffers[1]->data, .rows = buffers[0]->dims[rank - 2], .columns = n};
  return tanren_run_matrices(frame, &batch, count, multiply_one);
}
