#include "symmetric_product.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "openblas.h"

enum {
  // Columns of X that one tile has on its shorter and on its longer side.
  SIDE = 192,
  LENGTH = 4 * SIDE,
  // Members from which on a thread takes one at a time.
  MANY = 4,
};

// Columns of one part, from column `offset` of X on.
typedef struct {
  const double *data;
  int stride, width, offset;
} Columns;

typedef struct {
  Columns rows, columns;
} Tile;

typedef struct {
  const TanrenRows *matrices;
  int64_t index;
  double *product;
  Tile *tiles;
  int64_t count;
} Product;

static int least(int a, int b) { return a < b ? a : b; }

bool tanren_rows_read(const XLA_FFI_CallFrame *frame, int64_t count, TanrenRows *rows) {
  *rows = (TanrenRows){.count = (int)count, .batch = 1};
  if (count < 1 || count > TANREN_PARTS) return false;
  const XLA_FFI_Buffer *first = tanren_argument(frame, 0);
  int64_t leading = first->rank - 2, columns = 0;
  if (leading < 0 || first->dims[leading] > INT_MAX) return false;
  rows->steps = (int)first->dims[leading];
  for (int64_t axis = 0; axis < leading; axis++) rows->batch *= first->dims[axis];
  for (int64_t i = 0; i < count; i++) {
    const XLA_FFI_Buffer *part = tanren_argument(frame, i);
    if (part->rank != first->rank || part->dtype != XLA_FFI_DataType_F64) return false;
    if (memcmp(part->dims, first->dims, (size_t)(leading + 1) * sizeof *part->dims) != 0) return false;
    columns += part->dims[leading + 1];
    if (part->dims[leading + 1] == 0 || columns > INT_MAX) return false;
    rows->parts[i] = part->data;
    rows->widths[i] = (int)part->dims[leading + 1];
  }
  rows->columns = (int)columns;
  return true;
}

// Writes the tiles to the left of `rows`, and the one on the diagonal; NULL counts them.
static int64_t list(const TanrenRows *matrices, int64_t index, Columns rows, Tile *tiles) {
  int64_t count = 0;
  int offset = 0;
  for (int part = 0; part < matrices->count && offset < rows.offset; part++) {
    int width = matrices->widths[part], end = least(width, rows.offset - offset);
    const double *data = matrices->parts[part] + index * matrices->steps * width;
    for (int first = 0; first < end; first += LENGTH) {
      if (tiles != NULL) tiles[count] = (Tile){rows, {data + first, width, least(LENGTH, end - first), offset + first}};
      count++;
    }
    offset += width;
  }
  if (tiles != NULL) tiles[count] = (Tile){rows, rows};
  return count + 1;
}

// All tiles, from the longest rows on.
static int64_t list_all(const TanrenRows *matrices, int64_t index, Tile *tiles) {
  int64_t count = 0;
  int offset = matrices->columns;
  for (int part = matrices->count - 1; part >= 0; part--) {
    int width = matrices->widths[part];
    offset -= width;
    const double *data = matrices->parts[part] + index * matrices->steps * width;
    for (int first = (width - 1) / SIDE * SIDE; first >= 0; first -= SIDE) {
      Columns rows = {data + first, width, least(SIDE, width - first), offset + first};
      count += list(matrices, index, rows, tiles == NULL ? NULL : tiles + count);
    }
  }
  return count;
}

static void multiply(void *context, int64_t number) {
  Product *product = context;
  const TanrenOpenBLASFunctions *blas = tanren_openblas();
  Tile tile = product->tiles[number];
  int steps = product->matrices->steps, stride = product->matrices->columns;
  double *result = product->product + (int64_t)tile.rows.offset * stride + tile.columns.offset, one = 1, zero = 0;
  // BLAS takes the arrays for their transposes.
  if (tile.rows.offset == tile.columns.offset) {
    blas->dsyrk("U", "N", &tile.rows.width, &steps, &one, tile.rows.data, &tile.rows.stride, &zero, result, &stride, 1, 1);
  } else {
    blas->dgemm(
      "N", "T", &tile.columns.width, &tile.rows.width, &steps, &one, tile.columns.data, &tile.columns.stride,
      tile.rows.data, &tile.rows.stride, &zero, result, &stride, 1, 1);
  }
}

bool tanren_symmetric_product(XLA_FFI_CallFrame *frame, const TanrenRows *rows, int64_t index, double *result) {
  if (rows->steps == 0) {
    memset(result, 0, (size_t)rows->columns * (size_t)rows->columns * sizeof *result);
    return true;
  }
  Product product = {.matrices = rows, .index = index, .product = result, .count = list_all(rows, index, NULL)};
  product.tiles = malloc((size_t)product.count * sizeof *product.tiles);
  if (product.tiles == NULL) return false;
  list_all(rows, index, product.tiles);
  if (frame != NULL) {
    tanren_parallel(frame, product.count, multiply, &product);
  } else {
    for (int64_t number = 0; number < product.count; number++) multiply(&product, number);
  }
  free(product.tiles);
  return true;
}

typedef struct {
  void *context;
  bool (*body)(void *, XLA_FFI_CallFrame *, int64_t);
  atomic_bool has_failed;
} Run;

static void run_one(void *context, int64_t index) {
  Run *run = context;
  if (!run->body(run->context, NULL, index)) atomic_store(&run->has_failed, true);
}

XLA_FFI_Error *tanren_rows_run(
  XLA_FFI_CallFrame *frame, int64_t batch, void *context, bool (*body)(void *, XLA_FFI_CallFrame *, int64_t)) {
  Run run = {.context = context, .body = body};
  atomic_init(&run.has_failed, false);
  if (batch < MANY) {
    for (int64_t index = 0; index < batch; index++) {
      if (!body(context, frame, index)) atomic_store(&run.has_failed, true);
    }
  } else {
    tanren_parallel(frame, batch, run_one, &run);
  }
  if (!atomic_load(&run.has_failed)) return NULL;
  return tanren_error(frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "a product of matrices: out of memory");
}
