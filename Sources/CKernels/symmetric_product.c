#include "symmetric_product.h"

#include <stdlib.h>
#include <string.h>

#include "element.h"
#include "tile.h"

enum {
  ROWS = TILE_ROWS,
  PANELS = TILE_PANELS,
  COLUMNS = TILE_COLUMNS,
  // Rows of X at a time, and panels of the product's rows: packed, those of a block stay in the second cache.
  DEPTH = 384,
  RISE = 32,
  // Panels of the product's columns that a thread takes at once.
  SEGMENT = 4 * PANELS,
  // Rows of X that a thread packs at once.
  BUNDLE = 8,
};

typedef struct {
  const tanren_columns *parts;
  int64_t n;
  // The stretch of rows that is packed: [panels, DEPTH, ROWS].
  int64_t first, depth;
  double *packed, *product;
} Product;

// Packs BUNDLE rows of the stretch, zeros beyond the last column.
static void pack(void *context, int64_t bundle) {
  Product *product = context;
  for (int64_t t = bundle * BUNDLE; t < tanren_least(product->depth, (bundle + 1) * BUNDLE); t++) {
    double *packed = product->packed + t * ROWS;
    int64_t column = 0, end = 0;
    for (const tanren_columns *part = product->parts; column < product->n; part++) {
      const double *row = part->data + (product->first + t) * part->columns - end;
      end += part->columns;
      for (; column < end && column % ROWS != 0; column++) packed[column / ROWS * DEPTH * ROWS + column % ROWS] = row[column];
      for (; column + ROWS <= end; column += ROWS) memcpy(packed + column * DEPTH, row + column, ROWS * sizeof(double));
      for (; column < end; column++) packed[column / ROWS * DEPTH * ROWS + column % ROWS] = row[column];
    }
    for (; column % ROWS != 0; column++) packed[column / ROWS * DEPTH * ROWS + column % ROWS] = 0;
  }
}

// The tiles of RISE panels of rows and SEGMENT of columns, up to the diagonal.
static void multiply_block(Product *product, int64_t begin, int64_t segment) {
  int64_t n = product->n, end = tanren_least(begin + RISE, (n + ROWS - 1) / ROWS), bottom = tanren_least(end * ROWS, n);
  int64_t left = segment * SEGMENT, right = tanren_least(left + SEGMENT, end);
  for (int64_t first = left; first < right; first += PANELS) {
    const double *columns[PANELS];
    for (int64_t j = 0; j < PANELS; j++) columns[j] = product->packed + (first + j) * DEPTH * ROWS;
    for (int64_t panel = begin > first ? begin : first; panel < end; panel++) {
      tanren_tile(
        product->packed + panel * DEPTH * ROWS, columns, product->depth, product->first == 0 ? TILE_SET : TILE_ADD,
        product->product + panel * ROWS * n + first * ROWS, n, tanren_least(ROWS, n - panel * ROWS),
        tanren_least(COLUMNS, bottom - first * ROWS));
    }
  }
}

// How many segments the block has that begins with panel `begin`.
static int64_t segments(int64_t n, int64_t begin) {
  return (tanren_least(begin + RISE, (n + ROWS - 1) / ROWS) + SEGMENT - 1) / SEGMENT;
}

// Blocks are numbered from the longest rows on.
static void multiply(void *context, int64_t index) {
  Product *product = context;
  int64_t begin = ((product->n + ROWS - 1) / ROWS - 1) / RISE * RISE;
  for (int64_t count; index >= (count = segments(product->n, begin)); begin -= RISE) index -= count;
  multiply_block(product, begin, index);
}

bool tanren_symmetric_product(
  tanren_crew *crew, const tanren_columns *parts, int64_t steps, int64_t n, double *result) {
  int64_t panels = (n + ROWS - 1) / ROWS, blocks = 0;
  // The last tile reads panels beyond the last column.
  Product product = {
    .parts = parts, .n = n, .packed = tanren_lines((panels + PANELS) * DEPTH * ROWS), .product = result};
  if (product.packed == NULL) return false;
  for (int64_t begin = 0; begin * ROWS < n; begin += RISE) blocks += segments(n, begin);
  // Of no steps at all the product is zero, which has to be written too.
  do {
    product.depth = tanren_least(DEPTH, steps - product.first);
    tanren_crew_do(crew, (product.depth + BUNDLE - 1) / BUNDLE, pack, &product);
    tanren_crew_do(crew, blocks, multiply, &product);
    product.first += DEPTH;
  } while (product.first < steps);
  free(product.packed);
  return true;
}
