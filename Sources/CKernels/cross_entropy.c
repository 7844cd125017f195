#include <math.h>

#include "element.h"
#include "exponential.h"
#include "handlers.h"
#include "row_blocks.h"

// The cross entropy of logits and targets, `-sum(t log softmax(x))` over the last axis, and its gradient by the logits. A row is
// computed in single precision, whatever the arrays' type.

// How much is computed at once, in places of their own so that sums have the same order with every instruction set, and the
// columns from which on these are places of one row.
enum { PLACES = 16, WIDE = 64 };

// The maximum of the row in each place, and sums over it.
typedef struct {
  float maximum[PLACES];
  // Of e^(x - maximum), of t, and of t (x - maximum).
  float powers[PLACES], targets[PLACES], products[PLACES];
} Rows;

// Puts the sum of all places into each.
TANREN_INLINE void add_places(float values[PLACES]) {
  for (int half = PLACES / 2; half > 0; half /= 2) {
    for (int j = 0; j < half; j++) values[j] += values[j + half];
  }
  for (int j = 1; j < PLACES; j++) values[j] = values[0];
}

#define TYPE f32
#include "cross_entropy_rows.h"
#undef TYPE
#define TYPE bf16
#include "cross_entropy_rows.h"
#undef TYPE

static void compute_block(void *context, int64_t index) {
  const TanrenRows *all = context;
  TanrenRowBlock block = tanren_row_block(all, index);
  const char *x = all->arguments[0] + block.start, *targets = all->arguments[1] + block.start;
  // Of a row there is one.
  int64_t row = block.first * all->size;
  if (all->is_gradient) {
    TANREN_CALL(
      all->is_bf16, cross_entropy_gradients, x, targets, all->arguments[2] + row, block.count, all->columns,
      all->result + block.start);
  } else {
    TANREN_CALL(all->is_bf16, cross_entropies, x, targets, block.count, all->columns, all->result + row);
  }
}

static bool has_type(const XLA_FFI_Buffer *array, const XLA_FFI_Buffer *logits, int64_t rank) {
  return array->dtype == logits->dtype && array->rank == rank &&
    memcmp(array->dims, logits->dims, (size_t)rank * sizeof *array->dims) == 0;
}

static XLA_FFI_Error *compute(XLA_FFI_CallFrame *frame, bool is_gradient) {
  if (tanren_is_preparation(frame)) return NULL;
  int count = is_gradient ? 3 : 2;
  bool is_sound = tanren_has(frame, count, 1);
  const XLA_FFI_Buffer *x = is_sound ? tanren_argument(frame, 0) : NULL;
  is_sound = is_sound && tanren_has_rows(x) && has_type(tanren_argument(frame, 1), x, x->rank) &&
    has_type(tanren_result(frame, 0), x, is_gradient ? x->rank : x->rank - 1) &&
    (!is_gradient || has_type(tanren_argument(frame, 2), x, x->rank - 1));
  if (!is_sound) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a cross entropy: the arrays' types or extents don't fit");
  }
  tanren_share_rows(frame, count, is_gradient, compute_block);
  return NULL;
}

// Arguments: logits and targets [rows..., classes]. Result: cross entropies [rows...].
XLA_FFI_Error *tanren_cross_entropy(XLA_FFI_CallFrame *frame) { return compute(frame, false); }

// Arguments: logits and targets, and cotangents of the cross entropies. Result: the cotangents of the logits.
XLA_FFI_Error *tanren_cross_entropy_gradient(XLA_FFI_CallFrame *frame) { return compute(frame, true); }
