#include <math.h>

#include "exponential.h"
#include "handlers.h"

// Softmax over the last axis, `e^x / sum(e^x)`, and its gradient. A row is computed in single precision, whatever the arrays' type.

#define TYPE f32
#include "row_places.h"
#include "softmax_rows.h"
#undef TYPE
#define TYPE bf16
#include "row_places.h"
#include "softmax_rows.h"
#undef TYPE

// What has so many elements is divided among threads, in blocks of about so many.
static const int64_t WORTH_THREADS = 1 << 15, BLOCK_ELEMENTS = 1 << 13;

typedef struct {
  bool is_bf16, is_gradient;
  int64_t rows, columns, block_rows;
  // Inputs, or outputs and their cotangents.
  const char *arrays[2];
  char *result;
} Softmax;

static void compute_block(void *context, int64_t index) {
  const Softmax *all = context;
  int64_t size = all->is_bf16 ? sizeof(tanren_bf16) : sizeof(float), first = index * all->block_rows;
  int64_t rows = tanren_least(all->block_rows, all->rows - first), start = first * all->columns * size;
  char *result = all->result + start;
  if (all->is_gradient) {
    TANREN_CALL(
      all->is_bf16, softmax_gradient_rows, all->arrays[0] + start, all->arrays[1] + start, rows, all->columns, result);
  } else {
    TANREN_CALL(all->is_bf16, softmax_rows, all->arrays[0] + start, rows, all->columns, result);
  }
}

static XLA_FFI_Error *compute(XLA_FFI_CallFrame *frame, bool is_gradient) {
  if (tanren_is_preparation(frame)) return NULL;
  bool is_sound = tanren_has(frame, is_gradient ? 2 : 1, 1);
  const XLA_FFI_Buffer *x = is_sound ? tanren_argument(frame, 0) : NULL;
  is_sound = is_sound && (x->dtype == XLA_FFI_DataType_F32 || x->dtype == XLA_FFI_DataType_BF16) && x->rank >= 1 &&
    tanren_has_type_of(tanren_result(frame, 0), x) && (!is_gradient || tanren_has_type_of(tanren_argument(frame, 1), x)) &&
    x->dims[x->rank - 1] > 0;
  if (!is_sound) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "softmax: the arrays' types or extents don't fit");
  }
  int64_t elements = tanren_element_count(x), columns = x->dims[x->rank - 1];
  Softmax all = {
    .is_bf16 = x->dtype == XLA_FFI_DataType_BF16,
    .is_gradient = is_gradient,
    .rows = elements / columns,
    .columns = columns,
    .block_rows = BLOCK_ELEMENTS / columns + 1,
    .arrays = {x->data, is_gradient ? tanren_argument(frame, 1)->data : NULL},
    .result = tanren_result(frame, 0)->data};
  tanren_parallel(
    elements < WORTH_THREADS ? NULL : frame, (all.rows + all.block_rows - 1) / all.block_rows, compute_block, &all);
  return NULL;
}

// Argument: x. Result: its softmax over the last axis.
XLA_FFI_Error *tanren_softmax(XLA_FFI_CallFrame *frame) { return compute(frame, false); }

// Arguments: a softmax, and its cotangents. Result: the cotangents of what it was computed from.
XLA_FFI_Error *tanren_softmax_gradient(XLA_FFI_CallFrame *frame) { return compute(frame, true); }
