#include <stdlib.h>
#include <string.h>

#include "element.h"
#include "matrices.h"
#include "tile.h"

// Symmetric products: rows [..., steps, n] to [..., n, n], X^T X. X may come in up to MOST parts, which are its columns
// one after the other. Half of it is computed, a stretch of rows after the other.

enum {
  ROWS = TILE_ROWS,
  PANELS = TILE_PANELS,
  COLUMNS = TILE_COLUMNS,
  // Rows of X at a time, and panels of the product's rows that a thread takes: packed they stay in the second cache.
  DEPTH = 384,
  RISE = 32,
  // Columns and rows that are mirrored at a time.
  SQUARE = 32,
  MOST = 4,
};

// Columns of X: [steps, columns].
typedef struct {
  const double *data;
  int64_t columns;
} Part;

// What a product of n columns is computed from.
typedef struct {
  const Part *parts;
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
  const Part *part = gram->parts;
  int64_t start = 0, count;
  if ((panel + 1) * ROWS > gram->n) memset(packed, 0, (size_t)gram->depth * ROWS * sizeof(double));
  for (int64_t column = panel * ROWS; column < tanren_least((panel + 1) * ROWS, gram->n); column += count) {
    while (column >= start + part->columns) start += part++->columns;
    count = tanren_least((panel + 1) * ROWS, start + part->columns) - column;
    for (int64_t t = 0; t < gram->depth; t++) {
      double *place = packed + t * ROWS + column % ROWS;
      const double *row = part->data + (gram->first + t) * part->columns + column - start;
      if (count == ROWS) memcpy(place, row, ROWS * sizeof(double));
      else memcpy(place, row, (size_t)count * sizeof(double));
    }
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

static bool multiply(const tanren_threads *threads, const Part *parts, int64_t steps, int64_t n, double *product) {
  int64_t panels = (n + COLUMNS - 1) / COLUMNS * PANELS;
  Gram gram = {
    .parts = parts, .steps = steps, .n = n, .blocks = ((n + ROWS - 1) / ROWS + RISE - 1) / RISE,
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

typedef struct {
  tanren_matrices all;
  Part parts[MOST];
  int64_t count;
} Batch;

static void multiply_one(void *context, int64_t index) {
  Batch *batch = context;
  tanren_matrices *all = &batch->all;
  Part parts[MOST];
  for (int64_t i = 0; i < batch->count; i++) {
    Part part = batch->parts[i];
    parts[i] = (Part){part.data + index * all->rows * part.columns, part.columns};
  }
  int64_t n = all->columns;
  if (!multiply(&all->threads, parts, all->rows, n, all->results + index * n * n)) atomic_store(&all->failed, true);
}

XLA_FFI_Error *tanren_gram(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  const XLA_FFI_Buffer *result = tanren_result(frame, 0), *buffers[MOST + 1] = {result};
  Batch batch = {0};
  int64_t matrices;
  for (; batch.count < MOST && tanren_argument(frame, batch.count) != NULL; batch.count++) {
    buffers[batch.count + 1] = tanren_argument(frame, batch.count);
  }
  if (batch.count == 0 || !tanren_has(frame, batch.count, 1) ||
      !tanren_read_matrices(buffers, (int)batch.count + 1, &matrices)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a symmetric product takes one to four arrays of float64");
  }
  int64_t rank = result->rank, n = result->dims[rank - 1];
  batch.all = (tanren_matrices){.results = result->data, .rows = buffers[1]->dims[rank - 2], .columns = n};
  int64_t columns = 0;
  bool is_sound = result->dims[rank - 2] == n;
  for (int64_t i = 0; i < batch.count; i++) {
    const XLA_FFI_Buffer *buffer = buffers[i + 1];
    batch.parts[i] = (Part){buffer->data, buffer->dims[rank - 1]};
    columns += batch.parts[i].columns;
    is_sound = is_sound && buffer->dims[rank - 2] == batch.all.rows && batch.parts[i].columns > 0;
  }
  if (!is_sound || columns != n) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a symmetric product: the extents don't fit");
  }
  return tanren_run_matrices(frame, &batch.all, matrices, multiply_one);
}
