#include <math.h>
#include <stdlib.h>

#include "handlers.h"

// Layer normalization over the last axis, and its gradient. Arrays are [groups, rows, columns] with a scale and an offset, in
// float32, for each group: [groups, columns]. Attribute: epsilon (f64). A row is computed in single precision, whatever the
// arrays' type.

// Of a row: its mean, and what its distances from it are multiplied with.
typedef struct {
  float mean, factor;
} Moments;

#define TYPE f32
#include "row_places.h"
#include "layer_normalization_rows.h"
#undef TYPE
#define TYPE bf16
#include "row_places.h"
#include "layer_normalization_rows.h"
#undef TYPE

// What has so many elements is divided among threads, in blocks of about so many, and of so many a group at most.
static const int64_t WORTH_THREADS = 1 << 15, BLOCK_ELEMENTS = 1 << 13, BLOCKS = 64;

typedef struct {
  bool is_bf16;
  double epsilon;
  int64_t groups, rows, columns, block_rows, blocks;
  const char *x, *cotangents;
  const float *scale, *offset;
  char *result;
  // The blocks' cotangents of scale and offset, [groups, blocks, 2, columns]; NULL for the normalization itself.
  float *sums;
} Normalization;

static void compute_block(void *context, int64_t index) {
  const Normalization *all = context;
  int64_t group = index / all->blocks, first = index % all->blocks * all->block_rows, columns = all->columns;
  int64_t rows = tanren_least(all->block_rows, all->rows - first);
  int64_t start = (group * all->rows + first) * columns * (all->is_bf16 ? (int64_t)sizeof(tanren_bf16) : (int64_t)sizeof(float));
  const float *scale = all->scale + group * columns;
  if (all->sums != NULL) {
    TANREN_CALL(
      all->is_bf16, normalization_gradient_rows, all->x + start, scale, all->cotangents + start, all->epsilon, rows, columns,
      all->result + start, all->sums + 2 * columns * index);
  } else {
    TANREN_CALL(
      all->is_bf16, normalize_rows, all->x + start, scale, all->offset + group * columns, all->epsilon, rows, columns,
      all->result + start);
  }
}

// Whether an array has the leading axes of `x`, fewer than all, and its last.
static bool is_of_groups(const XLA_FFI_Buffer *array, const XLA_FFI_Buffer *x) {
  return array->dtype == XLA_FFI_DataType_F32 && array->rank >= 1 && array->rank < x->rank &&
    memcmp(array->dims, x->dims, (size_t)(array->rank - 1) * sizeof *x->dims) == 0 &&
    array->dims[array->rank - 1] == x->dims[x->rank - 1];
}

// The cotangents of scale and offset from those of the blocks.
static void add_blocks(const Normalization *all, float *scale, float *offset) {
  for (int64_t group = 0; group < all->groups; group++) {
    for (int64_t part = 0; part < 2; part++) {
      float *total = (part == 0 ? scale : offset) + group * all->columns;
      for (int64_t column = 0; column < all->columns; column++) {
        double sum = 0;
        for (int64_t block = 0; block < all->blocks; block++) {
          sum += all->sums[((group * all->blocks + block) * 2 + part) * all->columns + column];
        }
        total[column] = (float)sum;
      }
    }
  }
}

static XLA_FFI_Error *compute(XLA_FFI_CallFrame *frame, bool is_gradient) {
  if (tanren_is_preparation(frame)) return NULL;
  double epsilon = 0;
  bool is_sound = tanren_has(frame, 3, is_gradient ? 3 : 1) && tanren_double(frame, "epsilon", &epsilon);
  const XLA_FFI_Buffer *x = is_sound ? tanren_argument(frame, 0) : NULL;
  const XLA_FFI_Buffer *scale = is_sound ? tanren_argument(frame, 1) : NULL;
  is_sound = is_sound && (x->dtype == XLA_FFI_DataType_F32 || x->dtype == XLA_FFI_DataType_BF16) && x->rank >= 2 &&
    tanren_element_count(x) > 0 && is_of_groups(scale, x) && tanren_has_type_of(tanren_result(frame, 0), x) &&
    tanren_has_type_of(tanren_argument(frame, 2), is_gradient ? x : scale) &&
    (!is_gradient || (tanren_has_type_of(tanren_result(frame, 1), scale) && tanren_has_type_of(tanren_result(frame, 2), scale)));
  if (!is_sound) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "layer normalization: the arrays' types or extents don't fit");
  }
  int64_t elements = tanren_element_count(x), columns = x->dims[x->rank - 1];
  Normalization all = {
    .is_bf16 = x->dtype == XLA_FFI_DataType_BF16,
    .epsilon = epsilon,
    .groups = tanren_element_count(scale) / columns,
    .columns = columns,
    .x = x->data,
    .cotangents = is_gradient ? tanren_argument(frame, 2)->data : NULL,
    .scale = scale->data,
    .offset = is_gradient ? NULL : tanren_argument(frame, 2)->data,
    .result = tanren_result(frame, 0)->data};
  all.rows = elements / columns / all.groups;
  int64_t least = (all.rows + BLOCKS - 1) / BLOCKS, usual = BLOCK_ELEMENTS / columns + 1;
  all.block_rows = least > usual ? least : usual;
  all.blocks = (all.rows + all.block_rows - 1) / all.block_rows;
  if (is_gradient) {
    all.sums = calloc((size_t)(all.groups * all.blocks * 2 * columns), sizeof *all.sums);
    if (all.sums == NULL) {
      return tanren_error(
        frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "layer normalization: there isn't enough memory");
    }
  }
  tanren_parallel(elements < WORTH_THREADS ? NULL : frame, all.groups * all.blocks, compute_block, &all);
  if (is_gradient) add_blocks(&all, tanren_result(frame, 1)->data, tanren_result(frame, 2)->data);
  free(all.sums);
  return NULL;
}

// Arguments: x [groups..., rows..., columns], scale and offset [groups..., columns]. Result: x, normalized.
XLA_FFI_Error *tanren_layer_normalization(XLA_FFI_CallFrame *frame) { return compute(frame, false); }

// Arguments: x, scale and the cotangents of the result. Results: the cotangents of x, scale and offset.
XLA_FFI_Error *tanren_layer_normalization_gradient(XLA_FFI_CallFrame *frame) { return compute(frame, true); }
