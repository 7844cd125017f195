#include <stdlib.h>

#include "onednn.h"
#include "winograd_blocks.h"
#include "winograd_tiles.h"

// The size x size pixels from a row and column of an image on; those outside of it are `outside`.
static void find_pixels(
  const TanrenImages *images, int64_t image, int64_t row, int64_t column, int size, float *outside, float **pixels) {
  for (int i = 0; i < size; i++) {
    for (int j = 0; j < size; j++) {
      int64_t y = row + i, x = column + j;
      bool is_inside = y >= 0 && x >= 0 && y < images->height && x < images->width;
      float *pixel = images->data + ((image * images->height + y) * images->width + x) * images->channels;
      *pixels++ = is_inside ? pixel : outside;
    }
  }
}

// Calls `transform` with the pixels of each tile of a block and its row in the matrices.
static int64_t for_tiles(
  const TanrenBlocks *work, int64_t block, const TanrenImages *images, int size, const int64_t *low, float *outside, float *rows,
  void (*transform)(float *const *pixels, float *rows, int64_t stride, int64_t channels)) {
  int64_t first = block * TANREN_BLOCK, rest = work->tiles - first, count = rest < TANREN_BLOCK ? rest : TANREN_BLOCK;
  int64_t stride = TANREN_BLOCK * images->channels + TANREN_GAP;
  for (int64_t i = 0; i < count; i++) {
    int64_t tile = first + i, column = tile % work->tile_columns, row = tile / work->tile_columns % work->tile_rows;
    float *pixels[POSITIONS];
    find_pixels(
      images, tile / (work->tile_rows * work->tile_columns), 2 * row - low[0], 2 * column - low[1], size, outside,
      pixels);
    transform(pixels, rows + i * images->channels, stride, images->channels);
  }
  return count;
}

static void transform_back(float *const *pixels, float *rows, int64_t stride, int64_t channels) {
  transform_output(rows, stride, pixels, channels);
}

// Rows of tiles that aren't there are zeros.
static void clear_rows(float *rows, int64_t count, int64_t channels) {
  for (int i = 0; i < POSITIONS && count < TANREN_BLOCK; i++) {
    float *matrix = rows + i * (TANREN_BLOCK * channels + TANREN_GAP);
    memset(matrix + count * channels, 0, (TANREN_BLOCK - count) * channels * sizeof *matrix);
  }
}

static const int64_t origin[2] = {0, 0};

static int run_blocks(TanrenBlocks *work, int64_t part, float *left, float *right) {
  int64_t inner = work->input.channels, outer = work->output.channels;
  TanrenProduct product = {.inner = inner, .outer = outer};
  int status = dnnl_success;
  int64_t end = (part + 1) * work->blocks / work->parts;
  for (int64_t block = part * work->blocks / work->parts; block < end && status == dnnl_success; block++) {
    int64_t count = for_tiles(work, block, &work->input, 4, work->low, work->zeros, left, transform_input);
    clear_rows(left, count, inner);
    status = tanren_winograd_multiply(&product, left, work->matrices, right);
    if (status == dnnl_success) {
      for_tiles(work, block, &work->output, 2, origin, work->rest, right, transform_back);
    }
  }
  return status;
}

static int run_gradient_blocks(TanrenBlocks *work, int64_t part, float *left, float *right) {
  int64_t inner = work->input.channels, outer = work->output.channels;
  TanrenProduct product = {.inner = inner, .outer = outer, .is_gradient = true};
  float *sums = work->matrices + part * POSITIONS * inner * outer;
  memset(sums, 0, POSITIONS * inner * outer * sizeof *sums);
  int status = dnnl_success;
  int64_t end = (part + 1) * work->blocks / work->parts;
  for (int64_t block = part * work->blocks / work->parts; block < end && status == dnnl_success; block++) {
    int64_t count = for_tiles(work, block, &work->input, 4, work->low, work->zeros, left, transform_input);
    clear_rows(left, count, inner);
    for_tiles(work, block, &work->output, 2, origin, work->zeros, right, transform_cotangent);
    clear_rows(right, count, outer);
    status = tanren_winograd_multiply(&product, left, right, sums);
  }
  return status;
}

static void run_in_memory(TanrenBlocks *work, int64_t part, int (*run)(TanrenBlocks *, int64_t, float *, float *)) {
  int64_t left = POSITIONS * (TANREN_BLOCK * work->input.channels + TANREN_GAP);
  int64_t right = POSITIONS * (TANREN_BLOCK * work->output.channels + TANREN_GAP);
  void *memory;
  int status = dnnl_out_of_memory;
  if (posix_memalign(&memory, 64, (left + right) * sizeof(float)) == 0) {
    status = run(work, part, memory, (float *)memory + left);
    free(memory);
  }
  if (status != dnnl_success) atomic_store(&work->status, status);
}

void tanren_winograd_run_part(void *context, int64_t part) { run_in_memory(context, part, run_blocks); }
void tanren_winograd_run_gradient_part(void *context, int64_t part) { run_in_memory(context, part, run_gradient_blocks); }
