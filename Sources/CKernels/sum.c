#include <stdlib.h>

#include "element.h"
#include "handlers.h"

// The sum of [outer..., rows..., columns...] over its rows. Attributes: outer and rows, how many axes these are.
//
// Sums are taken in single precision over a few rows and added up in double precision, block after block.

#define TYPE f32
#include "sum_rows.h"
#undef TYPE
#define TYPE bf16
#include "sum_rows.h"
#undef TYPE

// Rows whose sums are single precision, bytes of a block, and the most blocks of an outer index.
enum { TILE = 64, BLOCK_BYTES = 1 << 17, BLOCK_LIMIT = 256 };

typedef struct {
  bool is_bf16;
  int64_t outer, rows, columns, block_rows, blocks;
  const char *x;
  // Of each block.
  double *sums;
  float *work;
} Sums;

static void sum_block(void *context, int64_t index) {
  const Sums *all = context;
  int64_t columns = all->columns, size = all->is_bf16 ? sizeof(tanren_bf16) : sizeof(float);
  int64_t start = index % all->blocks * all->block_rows, end = start + all->block_rows;
  if (end > all->rows) end = all->rows;
  const char *x = all->x + index / all->blocks * all->rows * columns * size;
  double *sums = all->sums + index * columns;
  float *tile = all->work + index * columns;
  memset(sums, 0, columns * sizeof *sums);
  for (int64_t row = start; row < end; row += TILE) {
    memset(tile, 0, columns * sizeof *tile);
    int64_t rows = end - row < TILE ? end - row : TILE;
    TANREN_CALL(all->is_bf16, add_rows, x + row * columns * size, rows, columns, tile);
    for (int64_t c = 0; c < columns; c++) sums[c] += tile[c];
  }
}

// Argument: the array. Result: the sums.
XLA_FFI_Error *tanren_sum(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  const XLA_FFI_Buffer *x = tanren_argument(frame, 0), *y = tanren_result(frame, 0);
  int64_t outer, rows;
  bool is_sound = tanren_has(frame, 1, 1) && tanren_integer(frame, "outer", &outer) &&
    tanren_integer(frame, "rows", &rows) && (x->dtype == XLA_FFI_DataType_F32 || x->dtype == XLA_FFI_DataType_BF16) &&
    y->dtype == x->dtype && outer >= 0 && rows >= 1 && outer + rows <= x->rank && y->rank == x->rank - rows;
  Sums all = {.outer = 1, .rows = 1, .columns = 1};
  for (int64_t axis = 0; is_sound && axis < x->rank; axis++) {
    int64_t *extent = axis < outer ? &all.outer : axis < outer + rows ? &all.rows : &all.columns;
    *extent *= x->dims[axis];
    if (axis < outer || axis >= outer + rows) is_sound = y->dims[axis < outer ? axis : axis - rows] == x->dims[axis];
  }
  if (!is_sound || tanren_element_count(x) == 0) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a sum over rows: the arrays' types or extents don't fit");
  }
  all.is_bf16 = x->dtype == XLA_FFI_DataType_BF16;
  all.x = x->data;
  int64_t size = all.is_bf16 ? sizeof(tanren_bf16) : sizeof(float);
  int64_t block = BLOCK_BYTES / (all.columns * size), fewest = (all.rows + BLOCK_LIMIT - 1) / BLOCK_LIMIT;
  all.block_rows = block > fewest ? block : fewest;
  all.blocks = (all.rows + all.block_rows - 1) / all.block_rows;
  int64_t cells = all.outer * all.blocks * all.columns;
  all.sums = malloc(cells * (sizeof *all.sums + sizeof *all.work));
  if (all.sums == NULL) {
    return tanren_error(frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "a sum over rows: there isn't enough memory");
  }
  all.work = (float *)(all.sums + cells);
  tanren_parallel(frame, all.outer * all.blocks, sum_block, &all);
  for (int64_t i = 0; i < all.outer; i++) {
    double *sums = all.sums + i * all.blocks * all.columns;
    for (int64_t j = 1; j < all.blocks; j++) {
      for (int64_t c = 0; c < all.columns; c++) sums[c] += sums[j * all.columns + c];
    }
    char *result = (char *)y->data + i * all.columns * size;
    TANREN_CALL(all.is_bf16, store_sums, sums, all.columns, result);
  }
  free(all.sums);
  return NULL;
}
