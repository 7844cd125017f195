#include "element.h"
#include "matrices.h"

// Symmetric products: rows [..., steps, n] to [..., n, n], X^T X. X may come in parts, which are its columns one after the
// other.

// Columns and rows that are mirrored at a time.
enum { SQUARE = 32 };

typedef struct {
  double *product;
  int64_t n;
} Mirror;

// Writes SQUARE columns right of the diagonal.
static void mirror(void *context, int64_t index) {
  Mirror *square = context;
  int64_t n = square->n, left = index * SQUARE, right = tanren_least(left + SQUARE, n);
  double *product = square->product;
  for (int64_t top = 0; top < right; top += SQUARE) {
    for (int64_t i = top; i < tanren_least(top + SQUARE, right); i++) {
      for (int64_t j = left > i ? left : i + 1; j < right; j++) product[i * n + j] = product[j * n + i];
    }
  }
}

static void multiply_one(void *context, int64_t index) {
  tanren_matrices *batch = context;
  int64_t n = batch->columns;
  Mirror square = {batch->results + index * n * n, n};
  if (tanren_multiply_parts(batch, index, square.product)) {
    tanren_crew_do(batch->crew, (n + SQUARE - 1) / SQUARE, mirror, &square);
  } else {
    atomic_store(&batch->failed, true);
  }
}

XLA_FFI_Error *tanren_gram(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  const XLA_FFI_Buffer *result = tanren_result(frame, 0), *buffers[TANREN_PARTS + 1] = {result};
  int64_t parts = 0, count;
  for (; parts < TANREN_PARTS && tanren_argument(frame, parts) != NULL; parts++) {
    buffers[parts + 1] = tanren_argument(frame, parts);
  }
  if (parts == 0 || !tanren_has(frame, parts, 1) || !tanren_read_matrices(buffers, (int)parts + 1, &count)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a symmetric product takes one to four arrays of float64");
  }
  tanren_matrices batch = {.results = result->data};
  const int64_t *extents = result->dims + result->rank - 2;
  if (!tanren_read_parts(buffers + 1, parts, &batch) || extents[0] != batch.columns || extents[1] != batch.columns) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a symmetric product: the extents don't fit");
  }
  return tanren_run_matrices(frame, &batch, count, multiply_one);
}
