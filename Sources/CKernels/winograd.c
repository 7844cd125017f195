#include "winograd.h"

#include <stdlib.h>

#include "plan.h"
#include "winograd_blocks.h"
#include "winograd_kernels.h"

// An output of 2x2 takes 16 products of channels by features instead of 36. The tiles of all images are one row of
// blocks: a block's tiles are transformed into 16 matrices [tile, channels], these are multiplied by the kernel's 16
// matrices, and the products transformed back. Parts of the row are shared among XLA's threads. Additions in the
// transforms are few and their factors 1 and 1/2, so that rounding isn't worse than that of the sums themselves.

// The fewest channels, parts a thread, and bytes of kernels' gradients of all parts together.
enum { FEWEST = 64, PARTS = 8, GRADIENT_BYTES = 1 << 22 };
// Elements of a kernel from which on its transform is worth another thread.
enum { LARGE = 1 << 13 };

// TanrenBlocks on images of `filter`, the rest of which is cleared memory that begins with `floats`, which the caller frees.
static TanrenBlocks begin(const TanrenFilter *filter, TanrenImages input, TanrenImages output, int64_t floats) {
  int64_t longest = input.channels > output.channels ? input.channels : output.channels;
  TanrenBlocks work = {
    .input = input, .output = output, .tile_rows = (output.height + 1) / 2, .tile_columns = (output.width + 1) / 2};
  work.tiles = filter->batch * work.tile_rows * work.tile_columns;
  work.blocks = (work.tiles + TANREN_BLOCK - 1) / TANREN_BLOCK;
  void *memory;
  if (posix_memalign(&memory, 64, (floats + 2 * longest) * sizeof(float)) != 0) return work;
  work.matrices = memory;
  work.zeros = work.matrices + floats;
  work.rest = work.zeros + longest;
  memset(work.zeros, 0, longest * sizeof(float));
  return work;
}

static TanrenImages input_of(const TanrenFilter *filter) {
  return (TanrenImages){filter->input, filter->height, filter->width, filter->channels};
}

static TanrenImages output_of(const TanrenFilter *filter) {
  return (TanrenImages){filter->output, filter->rows, filter->columns, filter->features};
}

typedef struct {
  const float *kernel;
  float *result;
  int64_t rows, columns;
} Matrix;

static void share(
  const XLA_FFI_CallFrame *frame, int64_t count, int64_t elements, void (*body)(void *, int64_t), void *context) {
  if (elements >= LARGE) {
    tanren_parallel(frame, count, body, context);
  } else {
    for (int64_t index = 0; index < count; index++) body(context, index);
  }
}

static void transform_kernel_row(void *context, int64_t row) {
  const Matrix *all = context;
  int64_t start = row * all->columns;
  transform_kernel(all->kernel + start, all->result + start, all->rows * all->columns, all->columns);
}

static int finish(const XLA_FFI_CallFrame *frame, TanrenBlocks *work, const float *kernel) {
  Matrix matrix = {kernel, work->matrices, work->input.channels, work->output.channels};
  share(frame, matrix.rows, matrix.rows * matrix.columns, transform_kernel_row, &matrix);
  work->parts = tanren_least(work->blocks, PARTS * tanren_thread_count(frame));
  tanren_parallel(frame, work->parts, tanren_winograd_run_part, work);
  free(work->matrices);
  return atomic_load(&work->status);
}

int tanren_winograd(const XLA_FFI_CallFrame *frame, const TanrenFilter *filter) {
  TanrenBlocks work = begin(filter, input_of(filter), output_of(filter), POSITIONS * filter->channels * filter->features);
  if (work.matrices == NULL) return dnnl_out_of_memory;
  work.low[0] = filter->low[0];
  work.low[1] = filter->low[1];
  return finish(frame, &work, filter->kernel);
}

// A place of the kernel, [rows, columns], turned over and moved to the other end.
static void turn_place(void *context, int64_t place) {
  const Matrix *all = context;
  int64_t rows = all->rows, columns = all->columns;
  const float *from = all->kernel + place * rows * columns;
  float *to = all->result + (8 - place) * rows * columns;
  for (int64_t i = 0; i < rows; i += LANES) {
    for (int64_t j = 0; j < columns; j++) {
      for (int k = 0; k < LANES; k++) to[j * rows + i + k] = from[(i + k) * columns + j];
    }
  }
}

int tanren_winograd_input_gradient(const XLA_FFI_CallFrame *frame, const TanrenFilter *filter) {
  // The cotangents' convolution under the kernel turned round.
  int64_t size = filter->channels * filter->features;
  TanrenBlocks work = begin(filter, output_of(filter), input_of(filter), (POSITIONS + 9) * size);
  if (work.matrices == NULL) return dnnl_out_of_memory;
  work.low[0] = 2 - filter->low[0];
  work.low[1] = 2 - filter->low[1];
  Matrix turned = {filter->kernel, work.matrices + POSITIONS * size, filter->channels, filter->features};
  share(frame, 9, size, turn_place, &turned);
  return finish(frame, &work, turned.result);
}

typedef struct {
  const TanrenBlocks *work;
  float *kernel;
} KernelGradient;

static void gather_gradient_row(void *context, int64_t row) {
  const KernelGradient *gradient = context;
  const TanrenBlocks *work = gradient->work;
  int64_t columns = work->output.channels, stride = work->input.channels * columns, start = row * columns;
  transform_kernel_gradient(
    work->matrices + start, work->parts, POSITIONS * stride, gradient->kernel + start, stride, columns);
}

int tanren_winograd_kernel_gradient(const XLA_FFI_CallFrame *frame, const TanrenFilter *filter) {
  int64_t size = POSITIONS * filter->channels * filter->features, threads = tanren_thread_count(frame);
  int64_t rounds = GRADIENT_BYTES / (size * (int64_t)sizeof(float)) / threads;
  TanrenBlocks work = {.blocks = (filter->batch * ((filter->rows + 1) / 2) * ((filter->columns + 1) / 2) + TANREN_BLOCK - 1) / TANREN_BLOCK};
  int64_t parts = tanren_least(work.blocks, threads * (rounds < 1 ? 1 : tanren_least(rounds, PARTS)));
  work = begin(filter, input_of(filter), output_of(filter), parts * size);
  if (work.matrices == NULL) return dnnl_out_of_memory;
  work.parts = parts;
  work.low[0] = filter->low[0];
  work.low[1] = filter->low[1];
  tanren_parallel(frame, parts, tanren_winograd_run_gradient_part, &work);
  KernelGradient gradient = {&work, filter->kernel};
  if (atomic_load(&work.status) == dnnl_success) {
    share(frame, filter->channels, size / POSITIONS * parts, gather_gradient_row, &gradient);
  }
  free(work.matrices);
  return atomic_load(&work.status);
}

bool tanren_winograd_pays(const TanrenFilter *filter, int64_t threads) {
  int64_t tiles = ((filter->rows + 1) / 2) * ((filter->columns + 1) / 2);
  return tanren_plan_can_run_alone() && filter->channels % LANES == 0 && filter->features % LANES == 0 &&
    filter->channels >= FEWEST && filter->features >= FEWEST && filter->low[0] <= 2 && filter->low[1] <= 2 &&
    // Enough blocks, and not too much of the tiles outside of the images.
    filter->batch * tiles >= threads * TANREN_BLOCK && 16 * tiles * 3 <= 9 * filter->rows * filter->columns * 2;
}
