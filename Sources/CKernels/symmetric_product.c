#include "symmetric_product.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "element.h"
#include "openblas.h"
#include "wide_product.h"

enum {
  // Columns of X that one tile has on its shorter and on its longer side.
  SIDE = 192,
  LENGTH = 4 * SIDE,
  // Rows of X that are put together at a time if they come in parts, and those that a thread takes at once.
  STRETCH = 3072,
  BUNDLE = 64,
  // Members from which on a thread takes one at a time.
  MANY = 4,
};

// A stretch of rows whose columns are beside each other.
typedef struct {
  const TanrenRows *rows;
  int64_t index, first;
  int steps;
  const double *data;
  double *copy, *product;
} Product;

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

static void copy_rows(void *context, int64_t bundle) {
  const Product *product = context;
  const TanrenRows *rows = product->rows;
  int64_t end = tanren_least((bundle + 1) * BUNDLE, product->steps);
  for (int64_t step = bundle * BUNDLE; step < end; step++) {
    double *place = product->copy + step * rows->columns;
    for (int part = 0; part < rows->count; part++) {
      int64_t width = rows->widths[part];
      const double *row = rows->parts[part] + (product->index * rows->steps + product->first + step) * width;
      memcpy(place, row, (size_t)width * sizeof *place);
      place += width;
    }
  }
}

// The tiles beside and on the diagonal of the SIDE columns from `first` on.
static int64_t tiles_beside(int64_t columns, int64_t first) {
  int64_t rest = columns - first - SIDE;
  return 1 + (rest <= 0 ? 0 : (rest + LENGTH - 1) / LENGTH);
}

static void multiply(void *context, int64_t number) {
  const Product *product = context;
  const TanrenOpenBLASFunctions *blas = tanren_openblas();
  int stride = product->rows->columns, steps = product->steps, first = 0;
  for (int64_t count; number >= (count = tiles_beside(stride, first)); first += SIDE) number -= count;
  int width = (int)tanren_least(SIDE, stride - first);
  double *result = product->product + (int64_t)first * stride + first, one = 1, old = product->first > 0;
  // BLAS takes the arrays for their transposes.
  if (number == 0) {
    blas->dsyrk("L", "N", &width, &steps, &one, product->data + first, &stride, &old, result, &stride, 1, 1);
  } else {
    int begin = first + SIDE + (int)(number - 1) * LENGTH, length = (int)tanren_least(LENGTH, stride - begin);
    blas->dgemm(
      "N", "T", &length, &width, &steps, &one, product->data + begin, &stride, product->data + first, &stride, &old,
      result + (begin - first), &stride, 1, 1);
  }
}

// By OpenBLAS, in tiles.
static bool tiled_product(
  XLA_FFI_CallFrame *frame, const TanrenRows *rows, int64_t index, double *result, int64_t count, const TanrenPhase *then) {
  Product product = {.rows = rows, .index = index, .product = result};
  int stretch = rows->steps, columns = rows->columns;
  if (rows->count == 1) {
    product.data = rows->parts[0] + index * rows->steps * columns;
  } else {
    stretch = (int)tanren_least(STRETCH, rows->steps);
    product.data = product.copy = malloc((size_t)stretch * (size_t)columns * sizeof *product.copy);
    if (product.copy == NULL) return false;
  }
  int64_t tiles = 0;
  for (int first = 0; first < columns; first += SIDE) tiles += tiles_beside(columns, first);
  for (; product.first < rows->steps; product.first += stretch) {
    product.steps = (int)tanren_least(stretch, rows->steps - product.first);
    int64_t bundles = rows->count == 1 ? 0 : (product.steps + BUNDLE - 1) / BUNDLE;
    TanrenPhase phases[2 + TANREN_MORE_PHASES] = {{bundles, copy_rows, &product}, {tiles, multiply, &product}};
    if (count > 0) memcpy(phases + 2, then, (size_t)count * sizeof *then);
    bool isLast = product.first + stretch >= rows->steps;
    tanren_parallel_phases(frame, isLast ? 2 + count : 2, phases);
  }
  free(product.copy);
  return true;
}

bool tanren_symmetric_product(
  XLA_FFI_CallFrame *frame, const TanrenRows *rows, int64_t index, double *result, int64_t count, const TanrenPhase *then) {
  if (rows->steps == 0) {
    memset(result, 0, (size_t)rows->columns * (size_t)rows->columns * sizeof *result);
    tanren_parallel_phases(frame, count, then);
    return true;
  }
  return tanren_has_wide_product() ? tanren_wide_product(frame, rows, index, result, count, then)
                                   : tiled_product(frame, rows, index, result, count, then);
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
