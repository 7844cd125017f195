// One triangle of X^T X in float64, in blocks that XLA's threads share.

#ifndef TANREN_SYMMETRIC_PRODUCT_H
#define TANREN_SYMMETRIC_PRODUCT_H

#include "frame.h"

// The most parts that the columns of X may come in.
enum { TANREN_PARTS = 4 };

// The most phases that may follow a product.
enum { TANREN_MORE_PHASES = 4 };

// Matrices X [batch, steps, columns], row-major, in parts: each has some of the columns.
typedef struct {
  const double *parts[TANREN_PARTS];
  int widths[TANREN_PARTS];
  int count, steps, columns;
  int64_t batch;
} TanrenRows;

// Reads `count` arguments. Returns whether they are parts of matrices in float64.
bool tanren_rows_read(const XLA_FFI_CallFrame *frame, int64_t count, TanrenRows *rows);

// Writes the upper triangle of a member's product, row-major, which is the lower one to BLAS; what is below it near the
// diagonal changes too. With a frame the blocks are shared among XLA's threads. They don't depend on how many there are.
// The same call of the pool does `count` further phases after it. Returns whether there was memory; if not, nothing was done.
bool tanren_symmetric_product(
  XLA_FFI_CallFrame *frame, const TanrenRows *rows, int64_t index, double *product, int64_t count, const TanrenPhase *then);

// Calls `body` for each member: with the frame where they are few, else on several threads at a time and with NULL. It
// returns false where there is no memory.
XLA_FFI_Error *tanren_rows_run(
  XLA_FFI_CallFrame *frame, int64_t batch, void *context, bool (*body)(void *, XLA_FFI_CallFrame *, int64_t));

#endif
