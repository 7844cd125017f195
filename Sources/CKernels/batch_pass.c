#include <stdlib.h>

#include "batch_pass.h"
#include "element.h"

// Sums are taken in single precision over a few rows and added up in double precision. Squares are of distances
// from a mean of the block's first rows, so that nothing cancels where a mean is large beside the deviation.

#define TYPE f32
#include "batch_normalization_rows.h"
#undef TYPE
#define TYPE bf16
#include "batch_normalization_rows.h"
#undef TYPE

// Rows whose sums are single precision, and rows whose mean the shift is.
enum { TILE = 128, SAMPLE = 8, BLOCK_BYTES = 1 << 18, BLOCK_LIMIT = 256 };

typedef struct {
  const char *x, *cotangent;
  char *result;
  int64_t rows;
} Block;

static size_t element_size(const TanrenBatchPass *pass) { return pass->is_bf16 ? sizeof(tanren_bf16) : sizeof(tanren_f32); }

// Rows `start` and following.
static Block rows_from(const TanrenBatchPass *pass, int64_t start, int64_t rows) {
  int64_t offset = start * pass->channels * (int64_t)element_size(pass);
  return (Block){
    (const char *)pass->x + offset, pass->cotangent == NULL ? NULL : (const char *)pass->cotangent + offset,
    pass->result == NULL ? NULL : (char *)pass->result + offset, rows};
}

int64_t tanren_batch_block_end(const TanrenBatchPass *pass, int64_t index) {
  return tanren_least((index + 1) * pass->block_rows, pass->rows);
}

// Calls `add` for each tile of a block with cleared sums, which it then adds up.
static void add_tiles(
  const TanrenBatchPass *pass, int64_t index, void (*add)(const TanrenBatchPass *, Block, float *, float *, const float *)) {
  int64_t channels = pass->channels;
  double *sums = pass->sums + 2 * channels * index;
  float *tile = pass->work + 2 * channels * index;
  const float *shift = pass->shifts == NULL ? NULL : pass->shifts + channels * index;
  memset(sums, 0, 2 * channels * sizeof *sums);
  for (int64_t start = index * pass->block_rows; start < tanren_batch_block_end(pass, index); start += TILE) {
    memset(tile, 0, 2 * channels * sizeof *tile);
    Block block = rows_from(pass, start, tanren_least(TILE, tanren_batch_block_end(pass, index) - start));
    add(pass, block, tile, tile + channels, shift);
    for (int64_t c = 0; c < 2 * channels; c++) sums[c] += tile[c];
  }
}

static void add_moments(const TanrenBatchPass *pass, Block block, float *sum, float *squares, const float *shift) {
  TANREN_CALL(pass->is_bf16, add_moments, block.x, block.rows, pass->channels, shift, sum, squares);
}

void tanren_moments_of_block(void *context, int64_t index) {
  const TanrenBatchPass *pass = context;
  int64_t channels = pass->channels, start = index * pass->block_rows;
  float *shift = pass->shifts + channels * index, *work = pass->work + 2 * channels * index;
  Block sample = rows_from(pass, start, tanren_least(SAMPLE, tanren_batch_block_end(pass, index) - start));
  memset(shift, 0, channels * sizeof *shift);
  memset(work, 0, 2 * channels * sizeof *work);
  add_moments(pass, sample, work, work + channels, shift);
  for (int64_t c = 0; c < channels; c++) shift[c] = work[c] / (float)sample.rows;
  add_tiles(pass, index, add_moments);
}

void tanren_normalize_block(void *context, int64_t index) {
  const TanrenBatchPass *pass = context;
  // The rows read last are the likeliest to be in a cache still.
  index = pass->blocks - 1 - index;
  int64_t start = index * pass->block_rows;
  Block block = rows_from(pass, start, tanren_batch_block_end(pass, index) - start);
  TANREN_CALL(
    pass->is_bf16, normalize, block.x, block.result, block.rows, pass->channels, pass->mean, pass->factor,
    pass->offset, pass->is_rectified);
}

static void add_cotangents(const TanrenBatchPass *pass, Block block, float *sum, float *products, const float *shift) {
  (void)shift;
  TANREN_CALL(
    pass->is_bf16, add_cotangents, block.x, block.cotangent, block.rows, pass->channels, pass->mean, pass->factor,
    pass->offset, pass->is_rectified, sum, products);
}

void tanren_cotangents_of_block(void *context, int64_t index) { add_tiles(context, index, add_cotangents); }

void tanren_pull_back_block(void *context, int64_t index) {
  const TanrenBatchPass *pass = context;
  index = pass->blocks - 1 - index;
  int64_t start = index * pass->block_rows;
  Block block = rows_from(pass, start, tanren_batch_block_end(pass, index) - start);
  TANREN_CALL(
    pass->is_bf16, pull_back, block.x, block.cotangent, block.result, block.rows, pass->channels, pass->mean,
    pass->factor, pass->offset, pass->slope, pass->constant, pass->is_rectified);
}

bool tanren_batch_pass_begin(TanrenBatchPass *pass, bool has_shifts) {
  int64_t rows = BLOCK_BYTES / (pass->channels * (int64_t)element_size(pass));
  int64_t fewest = (pass->rows + BLOCK_LIMIT - 1) / BLOCK_LIMIT;
  pass->block_rows = rows > fewest ? rows : fewest;
  pass->blocks = (pass->rows + pass->block_rows - 1) / pass->block_rows;
  int64_t cells = pass->blocks * pass->channels;
  // Sums, working memory, shifts, and the factors of the second pass.
  size_t size = 2 * cells * sizeof(double) + (2 + has_shifts) * cells * sizeof(float);
  pass->sums = malloc(size + 4 * pass->channels * sizeof(float));
  if (pass->sums == NULL) return false;
  pass->work = (float *)(pass->sums + 2 * cells);
  pass->shifts = has_shifts ? pass->work + 2 * cells : NULL;
  return true;
}

float *tanren_batch_pass_factors(const TanrenBatchPass *pass) {
  return pass->work + (2 + (pass->shifts != NULL)) * pass->blocks * pass->channels;
}
