#include <math.h>

#include "exponential.h"
#include "handlers.h"
#include "row_blocks.h"

// Softmax over the last axis, `e^x / sum(e^x)`, and its gradient. A row is computed in single precision, whatever the arrays' type.

#define TYPE f32
#include "row_places.h"
#include "softmax_rows.h"
#undef TYPE
#define TYPE bf16
#include "row_places.h"
#include "softmax_rows.h"
#undef TYPE

static void compute_block(void *context, int64_t index) {
  const TanrenRows *all = context;
  TanrenRowBlock block = tanren_row_block(all, index);
  const char *first = all->arguments[0] + block.start;
  char *result = all->result + block.start;
  if (all->is_gradient) {
    TANREN_CALL(
      all->is_bf16, softmax_gradient_rows, first, all->arguments[1] + block.start, block.count, all->columns, result);
  } else {
    TANREN_CALL(all->is_bf16, softmax_rows, first, block.count, all->columns, result);
  }
}

static XLA_FFI_Error *compute(XLA_FFI_CallFrame *frame, bool is_gradient) {
  if (tanren_is_preparation(frame)) return NULL;
  int count = is_gradient ? 2 : 1;
  bool is_sound = tanren_has(frame, count, 1);
  const XLA_FFI_Buffer *x = is_sound ? tanren_argument(frame, 0) : NULL;
  is_sound = is_sound && tanren_has_rows(x) && tanren_has_type_of(tanren_result(frame, 0), x) &&
    tanren_has_type_of(tanren_argument(frame, count - 1), x);
  if (!is_sound) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "softmax: the arrays' types or extents don't fit");
  }
  tanren_share_rows(frame, count, is_gradient, compute_block);
  return NULL;
}

// Argument: x. Result: its softmax over the last axis.
XLA_FFI_Error *tanren_softmax(XLA_FFI_CallFrame *frame) { return compute(frame, false); }

// Arguments: a softmax, and its cotangents. Result: the cotangents of what it was computed from.
XLA_FFI_Error *tanren_softmax_gradient(XLA_FFI_CallFrame *frame) { return compute(frame, true); }
