// The passes over a batch that batch normalization and its gradient are made of.

#ifndef TANREN_BATCH_PASS_H
#define TANREN_BATCH_PASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
} TanrenBatchPass;

// Sizes the blocks of `rows` and `channels`, and gets working memory, which begins with `sums`, for the caller to free.
// Returns whether there was any.
bool tanren_batch_pass_begin(TanrenBatchPass *pass, bool has_shifts);

// Behind it four arrays of the channels.
float *tanren_batch_pass_factors(const TanrenBatchPass *pass);

// Where a block's rows end.
int64_t tanren_batch_block_end(const TanrenBatchPass *pass, int64_t index);

// The passes, for `tanren_parallel` over the blocks: sums and squares of distances from the shifts; the output; sums of the
// cotangents and of their products with the distances from the mean; the cotangents of x.
void tanren_moments_of_block(void *pass, int64_t index);
void tanren_normalize_block(void *pass, int64_t index);
void tanren_cotangents_of_block(void *pass, int64_t index);
void tanren_pull_back_block(void *pass, int64_t index);

#endif
