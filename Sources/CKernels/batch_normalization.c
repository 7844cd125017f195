#include <math.h>
#include <stdlib.h>

#include "element.h"
#include "handlers.h"

// Batch normalization of [..., channels], with relu fused, and its gradient. Attributes: epsilon (f64) and relu
// (i64). Arrays of channels are float32.
//
// Sums are taken in single precision over a few rows and added up in double precision. Squares are of distances
// from a mean of the block's first rows, and blocks are put together as Chan, Golub and LeVeque (1983) do: nothing
// cancels where a mean is large beside the deviation.

#define TYPE f32
#include "batch_normalization_rows.h"
#undef TYPE
#define TYPE bf16
#include "batch_normalization_rows.h"
#undef TYPE

// Rows whose sums are single precision, and rows whose mean the shift is.
enum { TILE = 128, SAMPLE = 8, BLOCK_BYTES = 1 << 18, BLOCK_LIMIT = 256 };

typedef struct {
  bool is_bf16, is_rectified;
  int64_t rows, channels, block_rows, blocks;
  const void *x, *cotangent;
  void *result;
  const float *mean, *factor, *offset, *slope, *constant;
  // For each block two sums of each channel.
  double *sums;
  // For each block three rows of working memory.
  float *work;
  // For each block the shift of its moments.
  float *shifts;
} Pass;

typedef struct {
  const char *x, *cotangent;
  char *result;
  int64_t rows;
} Block;

static size_t element_size(const Pass *pass) { return pass->is_bf16 ? sizeof(tanren_bf16) : sizeof(tanren_f32); }

// Rows `start` and following.
static Block rows_from(const Pass *pass, int64_t start, int64_t rows) {
  int64_t offset = start * pass->channels * (int64_t)element_size(pass);
  return (Block){
    (const char *)pass->x + offset, pass->cotangent == NULL ? NULL : (const char *)pass->cotangent + offset,
    pass->result == NULL ? NULL : (char *)pass->result + offset, rows};
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t block_end(const Pass *pass, int64_t index) {
  return least((index + 1) * pass->block_rows, pass->rows);
}

// Calls `add` for each tile of a block with cleared sums, which it then adds up.
static void add_tiles(
  const Pass *pass, int64_t index, void (*add)(const Pass *, Block, float *, float *, const float *)) {
  int64_t channels = pass->channels;
  double *sums = pass->sums + 2 * channels * index;
  float *tile = pass->work + 2 * channels * index;
  const float *shift = pass->shifts == NULL ? NULL : pass->shifts + channels * index;
  memset(sums, 0, 2 * channels * sizeof *sums);
  for (int64_t start = index * pass->block_rows; start < block_end(pass, index); start += TILE) {
    memset(tile, 0, 2 * channels * sizeof *tile);
    Block block = rows_from(pass, start, least(TILE, block_end(pass, index) - start));
    add(pass, block, tile, tile + channels, shift);
    for (int64_t c = 0; c < 2 * channels; c++) sums[c] += tile[c];
  }
}

static void add_moments(const Pass *pass, Block block, float *sum, float *squares, const float *shift) {
  if (pass->is_bf16) {
    add_moments_bf16((const tanren_bf16 *)block.x, block.rows, pass->channels, shift, sum, squares);
  } else {
    add_moments_f32((const float *)block.x, block.rows, pass->channels, shift, sum, squares);
  }
}

static void moments_of_block(void *context, int64_t index) {
  const Pass *pass = context;
  int64_t channels = pass->channels, start = index * pass->block_rows;
  float *shift = pass->shifts + channels * index, *work = pass->work + 2 * channels * index;
  Block sample = rows_from(pass, start, least(SAMPLE, block_end(pass, index) - start));
  memset(shift, 0, channels * sizeof *shift);
  memset(work, 0, 2 * channels * sizeof *work);
  add_moments(pass, sample, work, work + channels, shift);
  for (int64_t c = 0; c < channels; c++) shift[c] = work[c] / (float)sample.rows;
  add_tiles(pass, index, add_moments);
}

static void normalize_block(void *context, int64_t index) {
  const Pass *pass = context;
  // The rows read last are the likeliest to be in a cache still.
  index = pass->blocks - 1 - index;
  int64_t start = index * pass->block_rows;
  Block block = rows_from(pass, start, block_end(pass, index) - start);
  if (pass->is_bf16) {
    normalize_bf16(
      (const tanren_bf16 *)block.x, (tanren_bf16 *)block.result, block.rows, pass->channels, pass->mean,
      pass->factor, pass->offset, pass->is_rectified);
  } else {
    normalize_f32(
      (const float *)block.x, (float *)block.result, block.rows, pass->channels, pass->mean, pass->factor,
      pass->offset, pass->is_rectified);
  }
}

static void add_cotangents(const Pass *pass, Block block, float *sum, float *products, const float *shift) {
  (void)shift;
  if (pass->is_bf16) {
    add_cotangents_bf16(
      (const tanren_bf16 *)block.x, (const tanren_bf16 *)block.cotangent, block.rows, pass->channels, pass->mean,
      pass->factor, pass->offset, pass->is_rectified, sum, products);
  } else {
    add_cotangents_f32(
      (const float *)block.x, (const float *)block.cotangent, block.rows, pass->channels, pass->mean, pass->factor,
      pass->offset, pass->is_rectified, sum, products);
  }
}

static void cotangents_of_block(void *context, int64_t index) { add_tiles(context, index, add_cotangents); }

static void pull_back_block(void *context, int64_t index) {
  const Pass *pass = context;
  index = pass->blocks - 1 - index;
  int64_t start = index * pass->block_rows;
  Block block = rows_from(pass, start, block_end(pass, index) - start);
  if (pass->is_bf16) {
    pull_back_bf16(
      (const tanren_bf16 *)block.x, (const tanren_bf16 *)block.cotangent, (tanren_bf16 *)block.result, block.rows,
      pass->channels, pass->mean, pass->factor, pass->offset, pass->slope, pass->constant, pass->is_rectified);
  } else {
    pull_back_f32(
      (const float *)block.x, (const float *)block.cotangent, (float *)block.result, block.rows, pass->channels,
      pass->mean, pass->factor, pass->offset, pass->slope, pass->constant, pass->is_rectified);
  }
}

// Whether `count` arguments or results from `first` on are float32 arrays of the channels.
static bool are_channels(const XLA_FFI_Buffer *array, int64_t channels) {
  return array->dtype == XLA_FFI_DataType_F32 && array->rank == 1 && array->dims[0] == channels;
}

static bool is_like(const XLA_FFI_Buffer *array, const XLA_FFI_Buffer *other) {
  return array->dtype == other->dtype && array->rank == other->rank &&
    memcmp(array->dims, other->dims, other->rank * sizeof *other->dims) == 0;
}

// What both directions have in common: sizes, attributes and working memory, which the caller frees.
static XLA_FFI_Error *begin(const XLA_FFI_CallFrame *frame, Pass *pass, double *epsilon, bool has_shifts) {
  const XLA_FFI_Buffer *x = tanren_argument(frame, 0);
  int64_t is_rectified;
  if ((x->dtype != XLA_FFI_DataType_F32 && x->dtype != XLA_FFI_DataType_BF16) || x->rank < 2 ||
      !tanren_double(frame, "epsilon", epsilon) || !tanren_integer(frame, "relu", &is_rectified)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT,
      "batch normalization takes float32 or bfloat16 arrays [..., channels], epsilon and relu");
  }
  pass->is_bf16 = x->dtype == XLA_FFI_DataType_BF16;
  pass->is_rectified = is_rectified != 0;
  pass->channels = x->dims[x->rank - 1];
  if (tanren_element_count(x) == 0) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "batch normalization takes arrays with elements");
  }
  pass->rows = tanren_element_count(x) / pass->channels;
  pass->x = x->data;
  int64_t rows = BLOCK_BYTES / (pass->channels * (int64_t)element_size(pass));
  int64_t fewest = (pass->rows + BLOCK_LIMIT - 1) / BLOCK_LIMIT;
  pass->block_rows = rows > fewest ? rows : fewest;
  pass->blocks = (pass->rows + pass->block_rows - 1) / pass->block_rows;
  int64_t cells = pass->blocks * pass->channels;
  // Sums, working memory, shifts, and the factors of the second pass.
  size_t size = 2 * cells * sizeof(double) + (2 + has_shifts) * cells * sizeof(float);
  pass->sums = malloc(size + 4 * pass->channels * sizeof(float));
  if (pass->sums == NULL) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "batch normalization: there isn't enough memory");
  }
  pass->work = (float *)(pass->sums + 2 * cells);
  pass->shifts = has_shifts ? pass->work + 2 * cells : NULL;
  return NULL;
}

// Four arrays of the channels, behind the rest of the working memory.
static float *factors(const Pass *pass) {
  return pass->work + (2 + (pass->shifts != NULL)) * pass->blocks * pass->channels;
}

// Arguments: x, scale, offset. Results: output, mean, biased variance.
XLA_FFI_Error *tanren_batch_normalization(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  Pass pass = {0};
  double epsilon;
  if (!tanren_has(frame, 3, 3)) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "batch normalization takes three arrays");
  }
  XLA_FFI_Error *error = begin(frame, &pass, &epsilon, true);
  if (error != NULL) return error;
  int64_t channels = pass.channels;
  if (!are_channels(tanren_argument(frame, 1), channels) || !are_channels(tanren_argument(frame, 2), channels) ||
      !are_channels(tanren_result(frame, 1), channels) || !are_channels(tanren_result(frame, 2), channels) ||
      !is_like(tanren_result(frame, 0), tanren_argument(frame, 0))) {
    free(pass.sums);
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "batch normalization: the arrays' types or extents don't fit");
  }
  const float *scale = tanren_argument(frame, 1)->data;
  float *mean = tanren_result(frame, 1)->data, *variance = tanren_result(frame, 2)->data;
  float *factor = factors(&pass);
  tanren_parallel(frame, pass.blocks, moments_of_block, &pass);
  for (int64_t c = 0; c < channels; c++) {
    double rows = 0, center = 0, squares = 0;
    for (int64_t block = 0; block < pass.blocks; block++) {
      double count = (double)(block_end(&pass, block) - block * pass.block_rows);
      double sum = pass.sums[2 * channels * block + c];
      double block_mean = pass.shifts[channels * block + c] + sum / count;
      double distance = block_mean - center;
      squares += pass.sums[(2 * block + 1) * channels + c] - sum * sum / count;
      squares += distance * distance * rows * count / (rows + count);
      center += distance * count / (rows + count);
      rows += count;
    }
    // Rounding may leave a little less than nothing.
    squares = squares < 0 ? 0 : squares;
    mean[c] = (float)center;
    variance[c] = (float)(squares / rows);
    factor[c] = (float)(scale[c] / sqrt(squares / rows + epsilon));
  }
  pass.result = tanren_result(frame, 0)->data;
  pass.mean = mean;
  pass.factor = factor;
  pass.offset = tanren_argument(frame, 2)->data;
  tanren_parallel(frame, pass.blocks, normalize_block, &pass);
  free(pass.sums);
  return NULL;
}

// Arguments: x, scale, offset, mean, variance, and the cotangents of output, mean and variance. Results: the
// cotangents of x, scale and offset.
XLA_FFI_Error *tanren_batch_normalization_gradient(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  Pass pass = {0};
  double epsilon;
  if (!tanren_has(frame, 8, 3)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "the gradient of batch normalization takes eight arrays");
  }
  XLA_FFI_Error *error = begin(frame, &pass, &epsilon, false);
  if (error != NULL) return error;
  int64_t channels = pass.channels;
  bool is_sound = is_like(tanren_argument(frame, 5), tanren_argument(frame, 0)) &&
    is_like(tanren_result(frame, 0), tanren_argument(frame, 0));
  for (int i = 1; i < 8; i++) is_sound = is_sound && (i == 5 || are_channels(tanren_argument(frame, i), channels));
  for (int i = 1; i < 3; i++) is_sound = is_sound && are_channels(tanren_result(frame, i), channels);
  if (!is_sound) {
    free(pass.sums);
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT,
      "the gradient of batch normalization: the arrays' types or extents don't fit");
  }
  const float *scale = tanren_argument(frame, 1)->data, *variance = tanren_argument(frame, 4)->data;
  const float *to_mean = tanren_argument(frame, 6)->data, *to_variance = tanren_argument(frame, 7)->data;
  float *to_scale = tanren_result(frame, 1)->data, *to_offset = tanren_result(frame, 2)->data;
  float *factor = factors(&pass), *slope = factor + channels, *constant = slope + channels;
  for (int64_t c = 0; c < channels; c++) factor[c] = (float)(scale[c] / sqrt(variance[c] + epsilon));
  pass.cotangent = tanren_argument(frame, 5)->data;
  pass.mean = tanren_argument(frame, 3)->data;
  pass.offset = tanren_argument(frame, 2)->data;
  pass.factor = factor;
  tanren_parallel(frame, pass.blocks, cotangents_of_block, &pass);
  double rows = (double)pass.rows;
  for (int64_t c = 0; c < channels; c++) {
    double sum = 0, products = 0, inverse = 1 / sqrt(variance[c] + epsilon);
    for (int64_t block = 0; block < pass.blocks; block++) {
      sum += pass.sums[2 * channels * block + c];
      products += pass.sums[(2 * block + 1) * channels + c];
    }
    to_scale[c] = (float)(products * inverse);
    to_offset[c] = (float)sum;
    // What mean and variance depend on of x.
    slope[c] = (float)((2 * to_variance[c] - scale[c] * inverse * inverse * inverse * products) / rows);
    constant[c] = (float)((to_mean[c] - scale[c] * inverse * sum) / rows);
  }
  pass.slope = slope;
  pass.constant = constant;
  pass.result = tanren_result(frame, 0)->data;
  tanren_parallel(frame, pass.blocks, pull_back_block, &pass);
  free(pass.sums);
  return NULL;
}
