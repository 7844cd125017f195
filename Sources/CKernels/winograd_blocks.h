// Winograd's filtering of the tiles of a batch, a block of tiles at a time.

#ifndef TANREN_WINOGRAD_BLOCKS_H
#define TANREN_WINOGRAD_BLOCKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// Tiles of a block, and floats between two matrices, so that their rows don't compete for the same lines of a cache.
enum { TANREN_BLOCK = 128, TANREN_GAP = 16 };

// Images under tiles.
typedef struct {
  float *data;
  int64_t height, width, channels;
} TanrenImages;

typedef struct {
  TanrenImages input, output;
  int64_t tile_rows, tile_columns, tiles, blocks, parts;
  // Where the first tile's input begins.
  int64_t low[2];
  // [16, input's channels, output's], of each part where it is a gradient.
  float *matrices;
  // What lies outside of the images, and where what falls there goes: as long as a pixel.
  float *zeros;
  float *rest;
  atomic_int status;
} TanrenBlocks;

// A product of 16 matrices: [TANREN_BLOCK, inner] x [inner, outer], or the sum of what is there and the product of
// [inner, TANREN_BLOCK] and [TANREN_BLOCK, outer].
typedef struct {
  int64_t inner, outer;
  bool is_gradient;
} TanrenProduct;

// Returns oneDNN's status.
int tanren_winograd_multiply(const TanrenProduct *product, float *left, float *right, float *result);

// Part of the blocks, for `tanren_parallel`: the output from the input, or the kernel's gradient from both.
void tanren_winograd_run_part(void *blocks, int64_t part);
void tanren_winograd_run_gradient_part(void *blocks, int64_t part);

#endif
