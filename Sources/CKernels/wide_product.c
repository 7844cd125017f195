#include "wide_product.h"

#include "element.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "pause.h"

enum {
  // Columns of X in a panel, and panels in a tile of the product, which is LANES high and PANELS * LANES wide.
  LANES = 8,
  PANELS = 3,
  WIDTH = PANELS * LANES,
  // Rows of X that are packed at a time and summed up by a tile before the next: what is packed is read again while the
  // caches have it, and RISE panels stay in the second one.
  STRETCH = 1024,
  // Panels that one block of the product is high and wide.
  RISE = 8,
  SPAN = 4 * PANELS,
  // Rows that a thread packs at a time.
  BUNDLE = 32,
};

// How far a stretch is: its packed bundles, and its blocks that are done.
typedef struct {
  atomic_int_fast64_t bundles, blocks;
} Progress;

typedef struct {
  const TanrenRows *rows;
  int64_t index, panels, stretches, blocks;
  Progress *progress;
  // Stretches take turns with these: [panels, STRETCH, LANES], with zeros after the last column.
  double *packed[2], *product;
} Product;

// Rows of X that are packed together.
typedef struct {
  const Product *product;
  int64_t number, first, steps;
  double *packed;
} Stretch;

static Stretch stretch_at(const Product *product, int64_t number) {
  int64_t first = number * STRETCH;
  return (Stretch){product, number, first, tanren_least(STRETCH, product->rows->steps - first), product->packed[number % 2]};
}

static void pack_row(const Stretch *stretch, int64_t step) {
  const TanrenRows *rows = stretch->product->rows;
  double *packed = stretch->packed + step * LANES;
  int64_t column = 0;
  for (int part = 0; part < rows->count; part++) {
    int64_t width = rows->widths[part], end = column + width;
    const double *row = rows->parts[part] + ((stretch->product->index * rows->steps + stretch->first + step) * width - column);
    while (column < end) {
      int64_t lane = column % LANES, count = tanren_least(LANES - lane, end - column);
      double *place = packed + column / LANES * stretch->steps * LANES + lane;
      if (count == LANES) {
        // One register each; clang makes one call of both branches if this is a memcpy.
        __builtin_memcpy_inline(place, row + column, LANES * sizeof *place);
      } else {
        memcpy(place, row + column, (size_t)count * sizeof *place);
      }
      column += count;
    }
  }
  for (; column % LANES != 0; column++) packed[column / LANES * stretch->steps * LANES + column % LANES] = 0;
}

static void pack(const Stretch *stretch, int64_t bundle) {
  int64_t end = tanren_least((bundle + 1) * BUNDLE, stretch->steps);
  for (int64_t step = bundle * BUNDLE; step < end; step++) pack_row(stretch, step);
}

// Adds `depth` rows' part to a tile, or sets it. 24 of the 32 registers hold the sums.
__attribute__((target("avx512f"))) static void multiply_tile(
  const double *left, const double *const right[PANELS], int64_t depth, bool adds, double *sum, int64_t stride) {
  __m512d sums[LANES][PANELS];
  const double *first = right[0], *second = right[1], *third = right[2];
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) sums[i][0] = sums[i][1] = sums[i][2] = _mm512_setzero_pd();
  for (int64_t k = 0; k < depth * LANES; k += LANES) {
    __m512d a = _mm512_load_pd(first + k), b = _mm512_load_pd(second + k), c = _mm512_load_pd(third + k);
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) {
      __m512d factor = _mm512_set1_pd(left[k + i]);
      sums[i][0] = _mm512_fmadd_pd(a, factor, sums[i][0]);
      sums[i][1] = _mm512_fmadd_pd(b, factor, sums[i][1]);
      sums[i][2] = _mm512_fmadd_pd(c, factor, sums[i][2]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) {
#pragma clang loop unroll(full)
    for (int panel = 0; panel < PANELS; panel++) {
      double *place = sum + i * stride + panel * LANES;
      _mm512_storeu_pd(place, adds ? _mm512_add_pd(_mm512_loadu_pd(place), sums[i][panel]) : sums[i][panel]);
    }
  }
}

// The tile of a panel of rows and PANELS of columns, for the rows of the stretch.
static void multiply_panels(const Stretch *stretch, int64_t panel, int64_t columns) {
  const Product *product = stretch->product;
  int64_t n = product->rows->columns, step = stretch->steps * LANES, height = n - panel * LANES, width = n - columns * LANES;
  const double *origin = stretch->packed, *right[PANELS];
  // Beyond the last panel any will do: nothing is written there.
  for (int64_t i = 0; i < PANELS; i++) right[i] = origin + tanren_least(columns + i, product->panels - 1) * step;
  double *sum = product->product + panel * LANES * n + columns * LANES;
  bool adds = stretch->number > 0;
  if (height >= LANES && width >= WIDTH) {
    multiply_tile(origin + panel * step, right, stretch->steps, adds, sum, n);
    return;
  }
  double values[LANES * WIDTH];
  multiply_tile(origin + panel * step, right, stretch->steps, false, values, WIDTH);
  for (int64_t i = 0; i < tanren_least(LANES, height); i++) {
    for (int64_t j = 0; j < tanren_least(WIDTH, width); j++) {
      sum[i * n + j] = (adds ? sum[i * n + j] : 0) + values[i * WIDTH + j];
    }
  }
}

// The first panel of columns, a multiple of SPAN, of the blocks whose rows begin with panel `rows`.
static int64_t leftmost(int64_t rows) { return rows / SPAN * SPAN; }

static int64_t blocks_beside(const Product *product, int64_t rows) {
  return (product->panels - leftmost(rows) + SPAN - 1) / SPAN;
}

static void multiply(const Stretch *stretch, int64_t number) {
  const Product *product = stretch->product;
  int64_t rows = 0;
  for (int64_t count; number >= (count = blocks_beside(product, rows)); rows += RISE) number -= count;
  int64_t left = leftmost(rows) + number * SPAN, right = tanren_least(left + SPAN, product->panels);
  for (int64_t columns = left; columns < right; columns += PANELS) {
    int64_t end = tanren_least(tanren_least(rows + RISE, product->panels), columns + PANELS);
    for (int64_t panel = rows; panel < end; panel++) multiply_panels(stretch, panel, columns);
  }
}

static void wait_for(const atomic_int_fast64_t *count, int64_t all) {
  for (int64_t spins = 0; atomic_load_explicit(count, memory_order_acquire) < all; spins++) tanren_pause(spins);
}

// Stretch by stretch, each its bundles first, then its blocks, which wait for the last bundle and for the blocks before.
// Work is begun in this order, so that whoever waits does so for a thread that is at work; waking threads once costs less
// than once per stretch.
static void work(void *context, int64_t number) {
  Product *product = context;
  int64_t index = tanren_least(number / (STRETCH / BUNDLE + product->blocks), product->stretches - 1);
  Stretch stretch = stretch_at(product, index);
  Progress *progress = &product->progress[index];
  int64_t bundles = (stretch.steps + BUNDLE - 1) / BUNDLE, local = number - index * (STRETCH / BUNDLE + product->blocks);
  if (local < bundles) {
    if (index > 1) wait_for(&progress[-2].blocks, product->blocks);
    pack(&stretch, local);
    atomic_fetch_add_explicit(&progress->bundles, 1, memory_order_release);
  } else {
    wait_for(&progress->bundles, bundles);
    if (index > 0) wait_for(&progress[-1].blocks, product->blocks);
    multiply(&stretch, local - bundles);
    atomic_fetch_add_explicit(&progress->blocks, 1, memory_order_release);
  }
}

bool tanren_has_wide_product(void) { return __builtin_cpu_supports("avx512f"); }

bool tanren_wide_product(
  XLA_FFI_CallFrame *frame, const TanrenRows *rows, int64_t index, double *result, int64_t count, const TanrenPhase *then) {
  Product product = {.rows = rows, .index = index, .panels = (rows->columns + LANES - 1) / LANES, .product = result};
  product.stretches = (rows->steps + STRETCH - 1) / STRETCH;
  int64_t elements = product.panels * LANES * tanren_least(STRETCH, rows->steps), last = rows->steps % STRETCH;
  product.packed[0] = aligned_alloc(64, (size_t)elements * (product.stretches > 1 ? 2 : 1) * sizeof(double));
  product.packed[1] = product.packed[0] + (product.stretches > 1 ? elements : 0);
  product.progress = calloc((size_t)product.stretches, sizeof *product.progress);
  bool isThere = product.packed[0] != NULL && product.progress != NULL;
  if (isThere) {
    for (int64_t panel = 0; panel < product.panels; panel += RISE) product.blocks += blocks_beside(&product, panel);
    int64_t bundles = rows->steps / STRETCH * (STRETCH / BUNDLE) + (last + BUNDLE - 1) / BUNDLE;
    TanrenPhase phases[1 + TANREN_MORE_PHASES] = {{bundles + product.stretches * product.blocks, work, &product}};
    if (count > 0) memcpy(phases + 1, then, (size_t)count * sizeof *then);
    tanren_parallel_phases(frame, 1 + count, phases);
  }
  free(product.packed[0]);
  free(product.progress);
  return isThere;
}

#else

bool tanren_has_wide_product(void) { return false; }

bool tanren_wide_product(
  XLA_FFI_CallFrame *frame, const TanrenRows *rows, int64_t index, double *product, int64_t count, const TanrenPhase *then) {
  (void)frame, (void)rows, (void)index, (void)product, (void)count, (void)then;
  return false;
}

#endif
