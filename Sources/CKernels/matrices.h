// What the handlers for batches of matrices by LAPACK share.

#ifndef TANREN_MATRICES_H
#define TANREN_MATRICES_H

#include <stdatomic.h>

#include "handlers.h"
#include "openblas.h"

enum { TANREN_MOST_ARRAYS = 8 };

// One array of a batch: matrices, or vectors with one column.
typedef struct {
  char *data;
  int rows, columns;
  // The bytes from one member to the next, and of an element.
  size_t stride, element;
} TanrenMatrices;

// The arrays of a call, arguments first.
typedef struct {
  const TanrenLAPACK *lapack;
  int64_t count;
  bool is_double;
  size_t element;
  TanrenMatrices arrays[TANREN_MOST_ARRAYS];
  atomic_bool has_failed;
} TanrenBatch;

// Reads a call's arrays, which have the same axes before their last one or two. `kinds` has a letter for each argument,
// '>', and a letter for each result: M for matrices and V for vectors of one element type, float32 or float64, and I for
// vectors of int32. Returns what is wrong, or NULL.
XLA_FFI_Error *tanren_batch_read(XLA_FFI_CallFrame *frame, const char *operation, const char *kinds, TanrenBatch *batch);

// Whether the array has matrices, or vectors, of that size.
bool tanren_batch_is(const TanrenBatch *batch, int array, int rows, int columns);

// An error for arrays whose extents don't go together.
XLA_FFI_Error *tanren_batch_misfit(const XLA_FFI_CallFrame *frame, const char *operation);

// Calls `body` for each member, on XLA's threads. It returns false where there is no memory.
XLA_FFI_Error *tanren_batch_run(
  XLA_FFI_CallFrame *frame, const char *operation, TanrenBatch *batch, bool (*body)(const TanrenBatch *, int64_t));

// Array `array` of a member.
void *tanren_member(const TanrenBatch *batch, int array, int64_t index);

// Memory for so many elements, or integers, and one more: malloc(0) may be NULL.
void *tanren_elements(const TanrenBatch *batch, int64_t count);
int *tanren_integers_for(int64_t count);

// Element `index` as a number.
double tanren_number(const TanrenBatch *batch, const void *data, int64_t index);

// Whether `count` elements are finite.
bool tanren_is_finite(const TanrenBatch *batch, const void *data, int64_t count);

// Fills a member of all arrays from `first` on with NaN, those of integers with 0.
void tanren_fill_nan(const TanrenBatch *batch, int first, int count, int64_t index);

// Sets the elements above (or below) the diagonal of a column-major matrix to 0.
void tanren_clear_triangle(const TanrenBatch *batch, void *matrix, int rows, int columns, bool is_upper);

#endif
