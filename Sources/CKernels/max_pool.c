#include "element.h"
#include "handlers.h"

// The greatest element of each window of [..., height, width, channels], windows side by side, and the gradient,
// which goes to the first that is greatest. Attribute: window, the windows' height and width. What no window
// covers at the end gets no cotangent.

enum { CHUNK = 256 };

#define TYPE f32
#include "max_pool_rows.h"
#undef TYPE
#define TYPE bf16
#include "max_pool_rows.h"
#undef TYPE

typedef struct {
  bool is_bf16;
  int64_t images, height, width, channels, rows, windows;
  const int64_t *window;
  const char *x, *cotangent;
  char *y, *result;
} Pool;

static int64_t size_of(const Pool *pool) { return pool->is_bf16 ? sizeof(tanren_bf16) : sizeof(tanren_f32); }

// Where row `index` of windows begins, in the images and in the pooled ones.
static int64_t image_offset(const Pool *pool, int64_t index) {
  int64_t row = index / pool->rows * pool->height + index % pool->rows * pool->window[0];
  return row * pool->width * pool->channels * size_of(pool);
}

static int64_t pooled_offset(const Pool *pool, int64_t index) {
  return index * pool->windows * pool->channels * size_of(pool);
}

static void pool_row(void *context, int64_t index) {
  const Pool *pool = context;
  const char *x = pool->x + image_offset(pool, index);
  char *y = pool->y + pooled_offset(pool, index);
  int64_t row = pool->width * pool->channels;
  if (pool->is_bf16) {
    pool_row_bf16(
      (const tanren_bf16 *)x, (tanren_bf16 *)y, pool->windows, pool->window[0], pool->window[1], row, pool->channels);
  } else {
    pool_row_f32((const float *)x, (float *)y, pool->windows, pool->window[0], pool->window[1], row, pool->channels);
  }
}

static void spread_row(void *context, int64_t index) {
  const Pool *pool = context;
  int64_t image = image_offset(pool, index), pooled = pooled_offset(pool, index);
  int64_t row = pool->width * pool->channels;
  if (pool->is_bf16) {
    spread_row_bf16(
      (const tanren_bf16 *)(pool->x + image), (const tanren_bf16 *)(pool->y + pooled),
      (const tanren_bf16 *)(pool->cotangent + pooled), (tanren_bf16 *)(pool->result + image), pool->windows,
      pool->window[0], pool->window[1], row, pool->channels);
  } else {
    spread_row_f32(
      (const float *)(pool->x + image), (const float *)(pool->y + pooled), (const float *)(pool->cotangent + pooled),
      (float *)(pool->result + image), pool->windows, pool->window[0], pool->window[1], row, pool->channels);
  }
  // What the windows leave over: at the end of each line, and below the last of an image.
  char *lines = pool->result + image;
  int64_t line = row * size_of(pool), covered = pool->windows * pool->window[1] * pool->channels * size_of(pool);
  for (int64_t i = 0; i < pool->window[0]; i++) memset(lines + i * line + covered, 0, line - covered);
  if (index % pool->rows == pool->rows - 1) {
    memset(lines + pool->window[0] * line, 0, (pool->height - pool->rows * pool->window[0]) * line);
  }
}

static bool prepare(
  const XLA_FFI_CallFrame *frame, Pool *pool, const XLA_FFI_Buffer *x, const XLA_FFI_Buffer *y) {
  int64_t rank = x->rank;
  pool->window = tanren_integers(frame, "window", 2);
  if (pool->window == NULL || rank < 3 || y->rank != rank || y->dtype != x->dtype ||
      (x->dtype != XLA_FFI_DataType_F32 && x->dtype != XLA_FFI_DataType_BF16) || tanren_element_count(y) == 0) {
    return false;
  }
  pool->is_bf16 = x->dtype == XLA_FFI_DataType_BF16;
  pool->height = x->dims[rank - 3];
  pool->width = x->dims[rank - 2];
  pool->channels = x->dims[rank - 1];
  pool->rows = y->dims[rank - 3];
  pool->windows = y->dims[rank - 2];
  pool->images = 1;
  for (int64_t axis = 0; axis < rank - 3; axis++) {
    if (x->dims[axis] != y->dims[axis]) return false;
    pool->images *= x->dims[axis];
  }
  return pool->window[0] >= 1 && pool->window[1] >= 1 && y->dims[rank - 1] == pool->channels &&
    pool->height / pool->window[0] == pool->rows && pool->width / pool->window[1] == pool->windows;
}

static XLA_FFI_Error *refuse(const XLA_FFI_CallFrame *frame) {
  return tanren_error(
    frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "maximum pooling: the arrays' types or extents don't fit");
}

// Argument: x. Result: y.
XLA_FFI_Error *tanren_max_pool(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  Pool pool = {0};
  if (!tanren_has(frame, 1, 1) || !prepare(frame, &pool, tanren_argument(frame, 0), tanren_result(frame, 0))) {
    return refuse(frame);
  }
  pool.x = tanren_argument(frame, 0)->data;
  pool.y = tanren_result(frame, 0)->data;
  tanren_parallel(frame, pool.images * pool.rows, pool_row, &pool);
  return NULL;
}

// Arguments: x, y and the cotangent of y. Result: the cotangent of x.
XLA_FFI_Error *tanren_max_pool_gradient(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  Pool pool = {0}, other = {0};
  if (!tanren_has(frame, 3, 1) || !prepare(frame, &pool, tanren_argument(frame, 0), tanren_argument(frame, 1)) ||
      !prepare(frame, &other, tanren_result(frame, 0), tanren_argument(frame, 2)) ||
      memcmp(
        tanren_argument(frame, 0)->dims, tanren_result(frame, 0)->dims,
        tanren_result(frame, 0)->rank * sizeof(int64_t)) != 0 ||
      tanren_argument(frame, 0)->dtype != tanren_result(frame, 0)->dtype) {
    return refuse(frame);
  }
  pool.x = tanren_argument(frame, 0)->data;
  pool.y = tanren_argument(frame, 1)->data;
  pool.cotangent = tanren_argument(frame, 2)->data;
  pool.result = tanren_result(frame, 0)->data;
  tanren_parallel(frame, pool.images * pool.rows, spread_row, &pool);
  return NULL;
}
