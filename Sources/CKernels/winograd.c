#include "winograd.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "plan.h"
#include "winograd_tiles.h"

// An output of 2x2 takes 16 products of channels by features instead of 36. The tiles of all images are one row of
// blocks: a block's tiles are transformed into 16 matrices [tile, channels], these are multiplied by the kernel's 16
// matrices, and the products transformed back. Parts of the row are shared among XLA's threads. Additions in the
// transforms are few and their factors 1 and 1/2, so that rounding isn't worse than that of the sums themselves.

// Tiles of a block, the fewest channels, parts a thread, bytes of kernels' gradients of all parts together, and
// floats between two matrices, so that their rows don't compete for the same lines of a cache.
enum { BLOCK = 128, FEWEST = 64, PARTS = 8, GRADIENT_BYTES = 1 << 22, GAP = 16 };
// Elements of a kernel from which on its transform is worth another thread.
enum { LARGE = 1 << 13 };

// Images under tiles.
typedef struct {
  float *data;
  int64_t height, width, channels;
} Images;

typedef struct {
  Images input, output;
  int64_t tile_rows, tile_columns, tiles, blocks, parts;
  // Where the first tile's input begins.
  int64_t low[2];
  // [16, input's channels, output's], of each part where it is a gradient.
  float *matrices;
  // What lies outside of the images, and where what falls there goes: as long as a pixel.
  float *zeros;
  float *rest;
  atomic_int status;
} Work;

// A product of 16 matrices: [BLOCK, inner] x [inner, outer], or the sum of what is there and the product of
// [inner, BLOCK] and [BLOCK, outer].
typedef struct {
  int64_t inner, outer;
  bool is_gradient;
} Product;

static int matrices(dnnl_memory_desc_t *description, int64_t rows, int64_t columns, bool is_turned, int64_t gap) {
  dnnl_dims_t extents = {POSITIONS, rows, columns};
  dnnl_dims_t strides = {rows * columns + gap, is_turned ? 1 : columns, is_turned ? rows : 1};
  return tanren_dnnl()->dnnl_memory_desc_create_with_strides(description, 3, extents, dnnl_f32, strides);
}

static int make(TanrenPlan *plan, const void *context) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  const Product *product = context;
  int64_t inner = product->inner, outer = product->outer;
  bool is_gradient = product->is_gradient;
  dnnl_memory_desc_t all[3] = {NULL};
  int status = matrices(&all[0], is_gradient ? inner : BLOCK, is_gradient ? BLOCK : inner, is_gradient, GAP);
  if (status == dnnl_success) {
    status = matrices(&all[1], is_gradient ? BLOCK : inner, outer, false, is_gradient ? GAP : 0);
  }
  if (status == dnnl_success) {
    status = matrices(&all[2], is_gradient ? inner : BLOCK, outer, false, is_gradient ? 0 : GAP);
  }
  dnnl_primitive_attr_t attributes = status == dnnl_success ? tanren_plan_attributes() : NULL;
  dnnl_post_ops_t sum = NULL;
  if (status == dnnl_success && is_gradient) {
    status = dnnl->dnnl_post_ops_create(&sum);
    if (status == dnnl_success) status = dnnl->dnnl_post_ops_append_sum(sum, 1, 0, 0);
    if (status == dnnl_success) status = dnnl->dnnl_primitive_attr_set_post_ops(attributes, sum);
  }
  dnnl_primitive_desc_t operation = NULL;
  if (status == dnnl_success) {
    status = dnnl->dnnl_matmul_primitive_desc_create(
      &operation, dnnl->engine, all[0], all[1], NULL, all[2], attributes);
  }
  int arrays[3];
  for (int i = 0; i < 3 && status == dnnl_success; i++) arrays[i] = tanren_plan_add_array(plan, all[i], i);
  if (status == dnnl_success) {
    status = tanren_plan_add_step(
      plan, operation, 3,
      (int[][2]){{DNNL_ARG_SRC, arrays[0]}, {DNNL_ARG_WEIGHTS, arrays[1]}, {DNNL_ARG_DST, arrays[2]}});
  }
  if (sum != NULL) dnnl->dnnl_post_ops_destroy(sum);
  if (attributes != NULL) dnnl->dnnl_primitive_attr_destroy(attributes);
  for (int i = 0; i < 3; i++) {
    if (all[i] != NULL) dnnl->dnnl_memory_desc_destroy(all[i]);
  }
  return status;
}

static int multiply(const Product *product, float *left, float *right, float *result) {
  TanrenKey key = {0};
  // Beside the kinds of convolution and the products of matrices.
  tanren_key_add(&key, 17 + product->is_gradient);
  tanren_key_add(&key, product->inner);
  tanren_key_add(&key, product->outer);
  void *arrays[] = {left, right, result};
  return tanren_plan_run_alone(key, make, product, arrays);
}

// The size x size pixels from a row and column of an image on; those outside of it are `outside`.
static void find_pixels(
  const Images *images, int64_t image, int64_t row, int64_t column, int size, float *outside, float **pixels) {
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
  const Work *work, int64_t block, const Images *images, int size, const int64_t *low, float *outside, float *rows,
  void (*transform)(float *const *pixels, float *rows, int64_t stride, int64_t channels)) {
  int64_t first = block * BLOCK, rest = work->tiles - first, count = rest < BLOCK ? rest : BLOCK;
  int64_t stride = BLOCK * images->channels + GAP;
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
  for (int i = 0; i < POSITIONS && count < BLOCK; i++) {
    float *matrix = rows + i * (BLOCK * channels + GAP);
    memset(matrix + count * channels, 0, (BLOCK - count) * channels * sizeof *matrix);
  }
}

static const int64_t origin[2] = {0, 0};

static int run_blocks(Work *work, int64_t part, float *left, float *right) {
  int64_t inner = work->input.channels, outer = work->output.channels;
  Product product = {.inner = inner, .outer = outer};
  int status = dnnl_success;
  int64_t end = (part + 1) * work->blocks / work->parts;
  for (int64_t block = part * work->blocks / work->parts; block < end && status == dnnl_success; block++) {
    int64_t count = for_tiles(work, block, &work->input, 4, work->low, work->zeros, left, transform_input);
    clear_rows(left, count, inner);
    status = multiply(&product, left, work->matrices, right);
    if (status == dnnl_success) {
      for_tiles(work, block, &work->output, 2, origin, work->rest, right, transform_back);
    }
  }
  return status;
}

static int run_gradient_blocks(Work *work, int64_t part, float *left, float *right) {
  int64_t inner = work->input.channels, outer = work->output.channels;
  Product product = {.inner = inner, .outer = outer, .is_gradient = true};
  float *sums = work->matrices + part * POSITIONS * inner * outer;
  memset(sums, 0, POSITIONS * inner * outer * sizeof *sums);
  int status = dnnl_success;
  int64_t end = (part + 1) * work->blocks / work->parts;
  for (int64_t block = part * work->blocks / work->parts; block < end && status == dnnl_success; block++) {
    int64_t count = for_tiles(work, block, &work->input, 4, work->low, work->zeros, left, transform_input);
    clear_rows(left, count, inner);
    for_tiles(work, block, &work->output, 2, origin, work->zeros, right, transform_cotangent);
    clear_rows(right, count, outer);
    status = multiply(&product, left, right, sums);
  }
  return status;
}

static void run_in_memory(Work *work, int64_t part, int (*run)(Work *, int64_t, float *, float *)) {
  int64_t left = POSITIONS * (BLOCK * work->input.channels + GAP);
  int64_t right = POSITIONS * (BLOCK * work->output.channels + GAP);
  void *memory;
  int status = dnnl_out_of_memory;
  if (posix_memalign(&memory, 64, (left + right) * sizeof(float)) == 0) {
    status = run(work, part, memory, (float *)memory + left);
    free(memory);
  }
  if (status != dnnl_success) atomic_store(&work->status, status);
}

static void run_part(void *context, int64_t part) { run_in_memory(context, part, run_blocks); }
static void run_gradient_part(void *context, int64_t part) { run_in_memory(context, part, run_gradient_blocks); }

// Work on images of `filter`, the rest of which is cleared memory that begins with `floats`, which the caller frees.
static Work begin(const TanrenFilter *filter, Images input, Images output, int64_t floats) {
  int64_t longest = input.channels > output.channels ? input.channels : output.channels;
  Work work = {
    .input = input, .output = output, .tile_rows = (output.height + 1) / 2, .tile_columns = (output.width + 1) / 2};
  work.tiles = filter->batch * work.tile_rows * work.tile_columns;
  work.blocks = (work.tiles + BLOCK - 1) / BLOCK;
  void *memory;
  if (posix_memalign(&memory, 64, (floats + 2 * longest) * sizeof(float)) != 0) return work;
  work.matrices = memory;
  work.zeros = work.matrices + floats;
  work.rest = work.zeros + longest;
  memset(work.zeros, 0, longest * sizeof(float));
  return work;
}

static Images input_of(const TanrenFilter *filter) {
  return (Images){filter->input, filter->height, filter->width, filter->channels};
}

static Images output_of(const TanrenFilter *filter) {
  return (Images){filter->output, filter->rows, filter->columns, filter->features};
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

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

static int finish(const XLA_FFI_CallFrame *frame, Work *work, const float *kernel) {
  Matrix matrix = {kernel, work->matrices, work->input.channels, work->output.channels};
  share(frame, matrix.rows, matrix.rows * matrix.columns, transform_kernel_row, &matrix);
  work->parts = least(work->blocks, PARTS * tanren_thread_count(frame));
  tanren_parallel(frame, work->parts, run_part, work);
  free(work->matrices);
  return atomic_load(&work->status);
}

int tanren_winograd(const XLA_FFI_CallFrame *frame, const TanrenFilter *filter) {
  Work work = begin(filter, input_of(filter), output_of(filter), POSITIONS * filter->channels * filter->features);
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
  Work work = begin(filter, output_of(filter), input_of(filter), (POSITIONS + 9) * size);
  if (work.matrices == NULL) return dnnl_out_of_memory;
  work.low[0] = 2 - filter->low[0];
  work.low[1] = 2 - filter->low[1];
  Matrix turned = {filter->kernel, work.matrices + POSITIONS * size, filter->channels, filter->features};
  share(frame, 9, size, turn_place, &turned);
  return finish(frame, &work, turned.result);
}

typedef struct {
  const Work *work;
  float *kernel;
} KernelGradient;

static void gather_gradient_row(void *context, int64_t row) {
  const KernelGradient *gradient = context;
  const Work *work = gradient->work;
  int64_t columns = work->output.channels, stride = work->input.channels * columns, start = row * columns;
  transform_kernel_gradient(
    work->matrices + start, work->parts, POSITIONS * stride, gradient->kernel + start, stride, columns);
}

int tanren_winograd_kernel_gradient(const XLA_FFI_CallFrame *frame, const TanrenFilter *filter) {
  int64_t size = POSITIONS * filter->channels * filter->features, threads = tanren_thread_count(frame);
  int64_t rounds = GRADIENT_BYTES / (size * (int64_t)sizeof(float)) / threads;
  Work work = {.blocks = (filter->batch * ((filter->rows + 1) / 2) * ((filter->columns + 1) / 2) + BLOCK - 1) / BLOCK};
  int64_t parts = least(work.blocks, threads * (rounds < 1 ? 1 : least(rounds, PARTS)));
  work = begin(filter, input_of(filter), output_of(filter), parts * size);
  if (work.matrices == NULL) return dnnl_out_of_memory;
  work.parts = parts;
  work.low[0] = filter->low[0];
  work.low[1] = filter->low[1];
  tanren_parallel(frame, parts, run_gradient_part, &work);
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
    filter->batch * tiles >= threads * BLOCK && 16 * tiles * 3 <= 9 * filter->rows * filter->columns * 2;
}
