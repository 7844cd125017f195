#include <math.h>

#include "element.h"
#include "exponential.h"
#include "handlers.h"

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

// What has so many elements is divided among threads, in blocks of about so many.
static const int64_t WORTH_THREADS = 1 << 15, BLOCK_ELEMENTS = 1 << 13;

typedef struct {
  bool is_bf16, is_gradient;
  int64_t rows, columns, block_rows;
  const char *x, *targets, *cotangents;
  char *result;
} Entropies;

static void compute_block(void *context, int64_t index) {
  const Entropies *all = context;
  int64_t size = all->is_bf16 ? sizeof(tanren_bf16) : sizeof(float), first = index * all->block_rows;
  int64_t rows = tanren_least(all->block_rows, all->rows - first), start = first * all->columns * size;
  const char *x = all->x + start, *targets = all->targets + start;
  if (all->is_gradient) {
    TANREN_CALL(
      all->is_bf16, cross_entropy_gradients, x, targets, all->cotangents + first * size, rows, all->columns,
      all->result + start);
  } else {
    TANREN_CALL(all->is_bf16, cross_entropies, x, targets, rows, all->columns, all->result + first * size);
  }
}

static bool has_type(const XLA_FFI_Buffer *array, const XLA_FFI_Buffer *logits, int64_t rank) {
  return array->dtype == logits->dtype && array->rank == rank &&
    memcmp(array->dims, logits->dims, (size_t)rank * sizeof *array->dims) == 0;
}

static XLA_FFI_Error *compute(XLA_FFI_CallFrame *frame, bool is_gradient) {
  if (tanren_is_preparation(frame)) return NULL;
  bool is_sound = tanren_has(frame, is_gradient ? 3 : 2, 1);
  const XLA_FFI_Buffer *x = is_sound ? tanren_argument(frame, 0) : NULL;
  is_sound = is_sound && (x->dtype == XLA_FFI_DataType_F32 || x->dtype == XLA_FFI_DataType_BF16) && x->rank >= 1 &&
    has_type(tanren_argument(frame, 1), x, x->rank) &&
    has_type(tanren_result(frame, 0), x, is_gradient ? x->rank : x->rank - 1) &&
    (!is_gradient || has_type(tanren_argument(frame, 2), x, x->rank - 1)) && x->dims[x->rank - 1] > 0;
  if (!is_sound) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a cross entropy: the arrays' types or extents don't fit");
  }
  int64_t elements = tanren_element_count(x), columns = x->dims[x->rank - 1];
  Entropies all = {
    .is_bf16 = x->dtype == XLA_FFI_DataType_BF16,
    .is_gradient = is_gradient,
    .rows = elements / columns,
    .columns = columns,
    .block_rows = BLOCK_ELEMENTS / columns + 1,
    .x = x->data,
    .targets = tanren_argument(frame, 1)->data,
    .cotangents = is_gradient ? tanren_argument(frame, 2)->data : NULL,
    .result = tanren_result(frame, 0)->data};
  tanren_parallel(
    elements < WORTH_THREADS ? NULL : frame, (all.rows + all.block_rows - 1) / all.block_rows, compute_block, &all);
  return NULL;
}

// Arguments: logits and targets [rows..., classes]. Result: cross entropies [rows...].
XLA_FFI_Error *tanren_cross_entropy(XLA_FFI_CallFrame *frame) { return compute(frame, false); }

// Arguments: logits and targets, and cotangents of the cross entropies. Result: the cotangents of the logits.
XLA_FFI_Error *tanren_cross_entropy_gradient(XLA_FFI_CallFrame *frame) { return compute(frame, true); }
