#include "element.h"
#include "handlers.h"
#include "openblas.h"
#include "symmetric_product.h"

// Symmetric products: rows [..., steps, n] to [..., n, n], X^T X. X may come in parts, which are its columns one after the
// other.

// Columns and rows that are mirrored at a time.
enum { SQUARE = 32 };

typedef struct {
  TanrenRows rows;
  double *results;
} Gram;

// Copies the upper triangle to the lower one.
static void mirror(double *product, int64_t n) {
  for (int64_t left = 0; left < n; left += SQUARE) {
    int64_t right = tanren_least(left + SQUARE, n);
    for (int64_t i = left; i < n; i++) {
      for (int64_t j = left; j < tanren_least(right, i); j++) product[i * n + j] = product[j * n + i];
    }
  }
}

static bool multiply_one(void *context, XLA_FFI_CallFrame *frame, int64_t index) {
  Gram *gram = context;
  int64_t n = gram->rows.columns;
  double *product = gram->results + index * n * n;
  if (!tanren_symmetric_product(frame, &gram->rows, index, product, 0, NULL)) return false;
  mirror(product, n);
  return true;
}

XLA_FFI_Error *tanren_gram(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  if (tanren_openblas() == NULL) {
    return tanren_error(frame, XLA_FFI_Error_Code_FAILED_PRECONDITION, "a symmetric product needs OpenBLAS");
  }
  Gram gram;
  int64_t parts = frame->args.size;
  const XLA_FFI_Buffer *result = tanren_result(frame, 0);
  if (!tanren_has(frame, parts, 1) || !tanren_rows_read(frame, parts, &gram.rows)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a symmetric product takes one to four arrays of float64 that fit");
  }
  int64_t n = gram.rows.columns;
  if (result->dtype != XLA_FFI_DataType_F64 || result->rank < 2 || result->dims[result->rank - 1] != n ||
      result->dims[result->rank - 2] != n || tanren_element_count(result) != gram.rows.batch * n * n) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a symmetric product: the extents don't fit");
  }
  gram.results = result->data;
  return tanren_rows_run(frame, gram.rows.batch, &gram, multiply_one);
}
