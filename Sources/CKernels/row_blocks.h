// Rows of float32 or bfloat16, along the last axis, that threads share in blocks.

#ifndef TANREN_ROW_BLOCKS_H
#define TANREN_ROW_BLOCKS_H

#include "element.h"
#include "frame.h"

typedef struct {
  bool is_bf16, is_gradient;
  // Bytes of an element.
  int64_t size;
  int64_t rows, columns, block_rows;
  // The arguments' elements and those of the result.
  const char *arguments[3];
  char *result;
} TanrenRows;

// The rows of a block: the first, how many, and where the first begins, in bytes.
typedef struct {
  int64_t first, count, start;
} TanrenRowBlock;

// Whether an array is one that rows can be of.
TANREN_INLINE bool tanren_has_rows(const XLA_FFI_Buffer *x) {
  return (x->dtype == XLA_FFI_DataType_F32 || x->dtype == XLA_FFI_DataType_BF16) && x->rank >= 1 &&
    x->dims[x->rank - 1] > 0;
}

TANREN_INLINE TanrenRowBlock tanren_row_block(const TanrenRows *all, int64_t index) {
  int64_t first = index * all->block_rows;
  return (TanrenRowBlock){
    first, tanren_least(all->block_rows, all->rows - first), first * all->columns * all->size};
}

// Calls `body` with the rows of the first argument, and with the number of each block.
TANREN_INLINE void tanren_share_rows(
  const XLA_FFI_CallFrame *frame, int count, bool is_gradient, void (*body)(void *rows, int64_t index)) {
  // What has so many elements is divided among threads, in blocks of about so many.
  const int64_t worth_threads = 1 << 15, block_elements = 1 << 13;
  const XLA_FFI_Buffer *x = tanren_argument(frame, 0);
  int64_t elements = tanren_element_count(x), columns = x->dims[x->rank - 1];
  bool is_bf16 = x->dtype == XLA_FFI_DataType_BF16;
  TanrenRows all = {
    .is_bf16 = is_bf16,
    .is_gradient = is_gradient,
    .size = is_bf16 ? sizeof(tanren_bf16) : sizeof(float),
    .rows = elements / columns,
    .columns = columns,
    .block_rows = block_elements / columns + 1,
    .result = tanren_result(frame, 0)->data};
  for (int i = 0; i < count; i++) all.arguments[i] = tanren_argument(frame, i)->data;
  tanren_parallel(
    elements < worth_threads ? NULL : frame, (all.rows + all.block_rows - 1) / all.block_rows, body, &all);
}

#endif
