#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "element.h"
#include "handlers.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Symmetric products and Cholesky's decomposition in float64. Both are made of one tile: ROWS rows and COLUMNS
// columns of a product, summed over a stretch of their inner axis, from operands that lie as panels: ROWS rows (or
// columns) side by side for each place of the inner axis. Three panels beside each other are the tile's columns, so
// one packed copy serves as both operands.
//
// gram: rows [..., steps, n] to [..., n, n], X^T X. positive_solve: symmetric matrices [..., n, n], of
// which the lower triangle is read, and right sides [..., n, m], to solutions [..., n, m]; NaN where a matrix isn't
// positive definite.

enum {
  ROWS = 8,
  PANELS = 3,
  COLUMNS = ROWS * PANELS,
  // Places of the inner axis at a time: the columns of a tile stay in the first cache.
  DEPTH = 192,
  // Panels of rows that a thread takes at a time.
  RISE = 16,
  // Columns that one step of Cholesky's decomposition finishes.
  BLOCK = 48,
  // Matrices from which on a thread takes one at a time.
  MANY = 4,
};

typedef double Lanes __attribute__((vector_size(ROWS * sizeof(double)), aligned(8), may_alias));

// A tile's sums over a stretch of the inner axis.
TANREN_VECTORIZED static void plain_tile(
  const double *left, const double *const right[PANELS], int64_t depth, double values[ROWS][COLUMNS]) {
  for (int64_t k = 0; k < depth; k++) {
    for (int i = 0; i < ROWS; i++) {
      for (int panel = 0; panel < PANELS; panel++) {
        for (int j = 0; j < ROWS; j++) {
          values[i][panel * ROWS + j] += left[k * ROWS + i] * right[panel][k * ROWS + j];
        }
      }
    }
  }
}

#if defined(__x86_64__)
// 24 of the 32 registers hold the sums.
__attribute__((target("avx512f"))) static void wide_tile(
  const double *left, const double *const right[PANELS], int64_t depth, double values[ROWS][COLUMNS]) {
  __m512d sums[ROWS][PANELS];
  const double *first = right[0], *second = right[1], *third = right[2];
#pragma clang loop unroll(full)
  for (int i = 0; i < ROWS; i++) sums[i][0] = sums[i][1] = sums[i][2] = _mm512_setzero_pd();
  for (int64_t k = 0; k < depth * ROWS; k += ROWS) {
    __m512d a = _mm512_load_pd(first + k), b = _mm512_load_pd(second + k), c = _mm512_load_pd(third + k);
#pragma clang loop unroll(full)
    for (int i = 0; i < ROWS; i++) {
      __m512d factor = _mm512_set1_pd(left[k + i]);
      sums[i][0] = _mm512_fmadd_pd(a, factor, sums[i][0]);
      sums[i][1] = _mm512_fmadd_pd(b, factor, sums[i][1]);
      sums[i][2] = _mm512_fmadd_pd(c, factor, sums[i][2]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < ROWS; i++) {
#pragma clang loop unroll(full)
    for (int panel = 0; panel < PANELS; panel++) _mm512_storeu_pd(&values[i][panel * ROWS], sums[i][panel]);
  }
}
#endif

// Adds scale times the product to a tile of which `rows` and `columns` are there.
static void tile(
  const double *left, const double *const right[PANELS], int64_t depth, double scale, double *sum, int64_t stride,
  int64_t rows, int64_t columns) {
  _Alignas(64) double values[ROWS][COLUMNS] = {0};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) wide_tile(left, right, depth, values); else plain_tile(left, right, depth, values);
#else
  plain_tile(left, right, depth, values);
#endif
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) sum[i * stride + j] += scale * values[i][j];
  }
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

// Memory on a cache line's edge, in whole ones; with a panel more than asked for, which a tile's last columns may read.
static double *make(int64_t count) {
  size_t size = ((size_t)count * sizeof(double) + 63) / 64 * 64;
  return aligned_alloc(64, size);
}

// What a product of n columns is computed from.
typedef struct {
  const double *rows;
  int64_t steps, n, blocks;
  double *packed;
  double *product;
} Gram;

// Packs one panel: [steps, ROWS], zeros beyond the last column.
static void pack_columns(void *context, int64_t panel) {
  Gram *gram = context;
  double *packed = gram->packed + panel * gram->steps * ROWS;
  int64_t first = panel * ROWS, count = least(ROWS, gram->n - first);
  for (int64_t t = 0; t < gram->steps; t++) {
    const double *row = gram->rows + t * gram->n + first;
    if (count == ROWS) {
      memcpy(packed + t * ROWS, row, ROWS * sizeof(double));
      continue;
    }
    for (int64_t i = 0; i < ROWS; i++) packed[t * ROWS + i] = i < count ? row[i] : 0;
  }
}

// The tiles of RISE panels of rows up to the diagonal: a stretch of these rows stays in the second cache while all
// columns pass by. The longest rows come first.
static void multiply_rows(void *context, int64_t index) {
  Gram *gram = context;
  int64_t n = gram->n, begin = (gram->blocks - 1 - index) * RISE, end = least(begin + RISE, (n + ROWS - 1) / ROWS);
  int64_t top = begin * ROWS, bottom = least(end * ROWS, n);
  for (int64_t i = top; i < bottom; i++) memset(gram->product + i * n, 0, bottom * sizeof(double));
  for (int64_t k = 0; k < gram->steps; k += DEPTH) {
    int64_t depth = least(DEPTH, gram->steps - k);
    for (int64_t first = 0; first < end; first += PANELS) {
      const double *right[PANELS];
      for (int64_t j = 0; j < PANELS; j++) right[j] = gram->packed + ((first + j) * gram->steps + k) * ROWS;
      for (int64_t panel = begin > first ? begin : first; panel < end; panel++) {
        tile(
          gram->packed + (panel * gram->steps + k) * ROWS, right, depth, 1,
          gram->product + panel * ROWS * n + first * ROWS, n, least(ROWS, n - panel * ROWS),
          least(COLUMNS, bottom - first * ROWS));
      }
    }
  }
  // What a tile has above the diagonal is right too, and written again.
  for (int64_t i = top; i < bottom; i++) {
    for (int64_t j = 0; j < i; j++) gram->product[j * n + i] = gram->product[i * n + j];
  }
}

typedef struct {
  const XLA_FFI_CallFrame *frame;
  bool is_shared;
} Threads;

static void spread(const Threads *threads, int64_t count, void (*body)(void *, int64_t), void *context) {
  if (threads->is_shared) {
    tanren_parallel(threads->frame, count, body, context);
    return;
  }
  for (int64_t index = 0; index < count; index++) body(context, index);
}

static bool multiply(const Threads *threads, const double *rows, int64_t steps, int64_t n, double *product) {
  int64_t panels = (n + COLUMNS - 1) / COLUMNS * PANELS;
  Gram gram = {
    .rows = rows, .steps = steps, .n = n, .blocks = ((n + ROWS - 1) / ROWS + RISE - 1) / RISE,
    .packed = make(panels * steps * ROWS), .product = product};
  if (gram.packed == NULL) return false;
  spread(threads, panels, pack_columns, &gram);
  spread(threads, gram.blocks, multiply_rows, &gram);
  free(gram.packed);
  return true;
}

// A decomposition on its way: the matrix [n, n], whose lower triangle becomes the factor, and the finished block's
// columns below the diagonal as panels of rows.
typedef struct {
  double *matrix;
  int64_t n, first, width;
  double *packed;
} Factor;

// The block on the diagonal.
static bool factor_diagonal(Factor *factor) {
  int64_t n = factor->n;
  double *block = factor->matrix + factor->first * n + factor->first;
  for (int64_t j = 0; j < factor->width; j++) {
    double pivot = block[j * n + j];
    for (int64_t k = 0; k < j; k++) pivot -= block[j * n + k] * block[j * n + k];
    if (!(pivot > 0) || !isfinite(pivot)) return false;
    block[j * n + j] = sqrt(pivot);
    double inverse = 1 / block[j * n + j];
    for (int64_t i = j + 1; i < factor->width; i++) {
      double sum = block[i * n + j];
      for (int64_t k = 0; k < j; k++) sum -= block[i * n + k] * block[j * n + k];
      block[i * n + j] = sum * inverse;
    }
  }
  return true;
}

// The block's columns in ROWS rows below it, which are also packed.
TANREN_VECTORIZED static void solve_rows(const Factor *factor, int64_t panel) {
  int64_t n = factor->n, width = factor->width, top = factor->first + width + panel * ROWS;
  int64_t count = least(ROWS, n - top);
  const double *block = factor->matrix + factor->first * n + factor->first;
  double *rows = factor->matrix + top * n + factor->first;
  Lanes *packed = (Lanes *)(factor->packed + panel * BLOCK * ROWS);
  for (int64_t k = 0; k < width; k++) {
    double column[ROWS] = {0};
    for (int64_t i = 0; i < count; i++) column[i] = rows[i * n + k];
    memcpy(&packed[k], column, sizeof column);
  }
  for (int64_t k = 0; k < width; k++) {
    const double *row = block + k * n;
    Lanes a = packed[k], b = {0}, c = {0}, d = {0};
    int64_t l = 0;
    for (; l + 4 <= k; l += 4) {
      a -= packed[l] * row[l];
      b -= packed[l + 1] * row[l + 1];
      c -= packed[l + 2] * row[l + 2];
      d -= packed[l + 3] * row[l + 3];
    }
    for (; l < k; l++) a -= packed[l] * row[l];
    packed[k] = ((a + b) + (c + d)) / row[k];
  }
  for (int64_t k = 0; k < width; k++) {
    double column[ROWS];
    memcpy(column, &packed[k], sizeof column);
    for (int64_t i = 0; i < count; i++) rows[i * n + k] = column[i];
  }
}

static void solve_panel(void *context, int64_t panel) { solve_rows(context, panel); }

// What the finished columns take from COLUMNS columns right of them.
static void update_columns(void *context, int64_t group) {
  Factor *factor = context;
  int64_t n = factor->n, top = factor->first + factor->width, first = group * PANELS;
  const double *right[PANELS];
  for (int64_t j = 0; j < PANELS; j++) right[j] = factor->packed + (first + j) * BLOCK * ROWS;
  for (int64_t panel = first; top + panel * ROWS < n; panel++) {
    int64_t row = top + panel * ROWS, column = top + first * ROWS;
    tile(
      factor->packed + panel * BLOCK * ROWS, right, factor->width, -1, factor->matrix + row * n + column, n,
      least(ROWS, n - row), least(COLUMNS, n - column));
  }
}

static bool decompose(const Threads *threads, Factor *factor) {
  for (factor->first = 0; factor->first < factor->n; factor->first += factor->width) {
    factor->width = least(BLOCK, factor->n - factor->first);
    if (!factor_diagonal(factor)) return false;
    int64_t rest = factor->n - factor->first - factor->width;
    spread(threads, (rest + ROWS - 1) / ROWS, solve_panel, factor);
    spread(threads, (rest + COLUMNS - 1) / COLUMNS, update_columns, factor);
  }
  return true;
}

TANREN_VECTORIZED static double dot(const double *restrict x, const double *restrict y, int64_t count) {
  double parts[ROWS] = {0}, sum = 0;
  int64_t i = 0;
  for (; i + ROWS <= count; i += ROWS) {
    for (int j = 0; j < ROWS; j++) parts[j] += x[i + j] * y[i + j];
  }
  for (; i < count; i++) sum += x[i] * y[i];
  for (int j = 0; j < ROWS; j++) sum += parts[j];
  return sum;
}

TANREN_VECTORIZED static void subtract_scaled(double *restrict sum, const double *restrict row, double scale, int64_t count) {
  for (int64_t i = 0; i < count; i++) sum[i] -= scale * row[i];
}

// L L^T x = b in place.
static void substitute(const double *factor, int64_t n, double *x) {
  for (int64_t i = 0; i < n; i++) x[i] = (x[i] - dot(factor + i * n, x, i)) / factor[i * n + i];
  for (int64_t i = n - 1; i >= 0; i--) {
    x[i] /= factor[i * n + i];
    subtract_scaled(x, factor + i * n, x[i], i);
  }
}

// Whether all arrays are of float64 and of one rank, and those before the last two axes fit; how many matrices it is.
static bool read_batch(const XLA_FFI_Buffer *const buffers[], int count, int64_t *batch) {
  int64_t rank = buffers[0]->rank;
  *batch = 1;
  if (rank < 2) return false;
  for (int i = 0; i < count; i++) {
    if (buffers[i] == NULL || buffers[i]->rank != rank || buffers[i]->dtype != XLA_FFI_DataType_F64) return false;
    for (int64_t axis = 0; axis < rank - 2; axis++) {
      if (buffers[i]->dims[axis] != buffers[0]->dims[axis]) return false;
    }
  }
  for (int64_t axis = 0; axis < rank - 2; axis++) *batch *= buffers[0]->dims[axis];
  return true;
}

typedef struct {
  Threads threads;
  const double *matrices, *right;
  double *results;
  // Rows and columns of a matrix, columns of a right side.
  int64_t rows, columns, sides;
  atomic_bool failed;
} Batch;

static void multiply_one(void *context, int64_t index) {
  Batch *batch = context;
  int64_t n = batch->columns;
  if (!multiply(&batch->threads, batch->matrices + index * batch->rows * n, batch->rows, n, batch->results + index * n * n)) {
    atomic_store(&batch->failed, true);
  }
}

static void solve_one(void *context, int64_t index) {
  Batch *batch = context;
  int64_t n = batch->columns, sides = batch->sides;
  double *matrix = make(n * n), *x = make(n);
  Factor factor = {.matrix = matrix, .n = n, .packed = make((n + COLUMNS + ROWS) / ROWS * BLOCK * ROWS + COLUMNS * BLOCK)};
  double *result = batch->results + index * n * sides;
  const double *right = batch->right + index * n * sides;
  if (matrix == NULL || x == NULL || factor.packed == NULL) {
    atomic_store(&batch->failed, true);
  } else {
    memcpy(matrix, batch->matrices + index * n * n, (size_t)(n * n) * sizeof(double));
    bool is_definite = decompose(&batch->threads, &factor);
    for (int64_t j = 0; j < sides; j++) {
      for (int64_t i = 0; i < n; i++) x[i] = right[i * sides + j];
      if (is_definite) substitute(matrix, n, x);
      for (int64_t i = 0; i < n; i++) result[i * sides + j] = is_definite ? x[i] : (double)NAN;
    }
  }
  free(matrix);
  free(x);
  free(factor.packed);
}

// Many matrices go to the threads whole; of few each is shared.
static XLA_FFI_Error *run(XLA_FFI_CallFrame *frame, Batch *batch, int64_t count, void (*body)(void *, int64_t)) {
  atomic_init(&batch->failed, false);
  batch->threads = (Threads){frame, count < MANY};
  if (count < MANY) {
    for (int64_t index = 0; index < count; index++) body(batch, index);
  } else {
    tanren_parallel(frame, count, body, batch);
  }
  if (!atomic_load(&batch->failed)) return NULL;
  return tanren_error(frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "a symmetric product or solution: out of memory");
}

XLA_FFI_Error *tanren_gram(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  const XLA_FFI_Buffer *buffers[] = {tanren_argument(frame, 0), tanren_result(frame, 0)};
  int64_t count;
  if (!tanren_has(frame, 1, 1) || !read_batch(buffers, 2, &count)) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a symmetric product takes one array of float64");
  }
  int64_t rank = buffers[0]->rank, n = buffers[0]->dims[rank - 1];
  if (buffers[1]->dims[rank - 1] != n || buffers[1]->dims[rank - 2] != n) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a symmetric product: the extents don't fit");
  }
  Batch batch = {
    .matrices = buffers[0]->data, .results = buffers[1]->data, .rows = buffers[0]->dims[rank - 2], .columns = n};
  return run(frame, &batch, count, multiply_one);
}

XLA_FFI_Error *tanren_positive_solve(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  const XLA_FFI_Buffer *buffers[] = {tanren_argument(frame, 0), tanren_argument(frame, 1), tanren_result(frame, 0)};
  int64_t count;
  if (!tanren_has(frame, 2, 1) || !read_batch(buffers, 3, &count)) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a solution takes two arrays of float64");
  }
  int64_t rank = buffers[0]->rank, n = buffers[0]->dims[rank - 1], sides = buffers[1]->dims[rank - 1];
  for (int i = 0; i < 3; i++) {
    if (buffers[i]->dims[rank - 2] != n || (i > 0 && buffers[i]->dims[rank - 1] != sides)) {
      return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a solution: the extents don't fit");
    }
  }
  Batch batch = {
    .matrices = buffers[0]->data, .right = buffers[1]->data, .results = buffers[2]->data, .columns = n, .sides = sides};
  return run(frame, &batch, count, solve_one);
}
