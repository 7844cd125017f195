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

typedef struct {
  const TanrenRows *rows;
  int64_t index;
  // The stretch at work: its first row, and how many there are.
  int64_t first, steps, panels;
  // Into how many bundles its rows are divided, and how many of them are packed.
  int64_t bundles;
  atomic_int_fast64_t packed_bundles;
  // [panels, steps, LANES], with zeros after the last column.
  double *packed, *product;
} Product;

static void pack_row(const Product *product, int64_t step) {
  const TanrenRows *rows = product->rows;
  double *packed = product->packed + step * LANES;
  int64_t column = 0;
  for (int part = 0; part < rows->count; part++) {
    int64_t width = rows->widths[part], end = column + width;
    const double *row = rows->parts[part] + ((product->index * rows->steps + product->first + step) * width - column);
    while (column < end) {
      int64_t lane = column % LANES, count = tanren_least(LANES - lane, end - column);
      double *place = packed + column / LANES * product->steps * LANES + lane;
      if (count == LANES) {
        // One register each; clang makes one call of both branches if this is a memcpy.
        __builtin_memcpy_inline(place, row + column, LANES * sizeof *place);
      } else {
        memcpy(place, row + column, (size_t)count * sizeof *place);
      }
      column += count;
    }
  }
  for (; column % LANES != 0; column++) packed[column / LANES * product->steps * LANES + column % LANES] = 0;
}

static void pack(Product *product, int64_t bundle) {
  int64_t end = tanren_least((bundle + 1) * BUNDLE, product->steps);
  for (int64_t step = bundle * BUNDLE; step < end; step++) pack_row(product, step);
  atomic_fetch_add_explicit(&product->packed_bundles, 1, memory_order_release);
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
static void multiply_panels(const Product *product, int64_t panel, int64_t columns) {
  int64_t n = product->rows->columns, step = product->steps * LANES, height = n - panel * LANES, width = n - columns * LANES;
  const double *origin = product->packed, *right[PANELS];
  // Beyond the last panel any will do: nothing is written there.
  for (int64_t i = 0; i < PANELS; i++) right[i] = origin + tanren_least(columns + i, product->panels - 1) * step;
  double *sum = product->product + panel * LANES * n + columns * LANES;
  bool adds = product->first > 0;
  if (height >= LANES && width >= WIDTH) {
    multiply_tile(origin + panel * step, right, product->steps, adds, sum, n);
    return;
  }
  double values[LANES * WIDTH];
  multiply_tile(origin + panel * step, right, product->steps, false, values, WIDTH);
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

static void multiply(const Product *product, int64_t number) {
  int64_t rows = 0;
  for (int64_t count; number >= (count = blocks_beside(product, rows)); rows += RISE) number -= count;
  int64_t left = leftmost(rows) + number * SPAN, right = tanren_least(left + SPAN, product->panels);
  for (int64_t columns = left; columns < right; columns += PANELS) {
    int64_t end = tanren_least(tanren_least(rows + RISE, product->panels), columns + PANELS);
    for (int64_t panel = rows; panel < end; panel++) multiply_panels(product, panel, columns);
  }
}

// Bundles first, then blocks, which wait for the last bundle: waking threads once costs less than twice.
static void work(void *context, int64_t number) {
  Product *product = context;
  if (number < product->bundles) {
    pack(product, number);
    return;
  }
  for (int64_t spins = 0; atomic_load_explicit(&product->packed_bundles, memory_order_acquire) < product->bundles; spins++) {
    tanren_pause(spins);
  }
  multiply(product, number - product->bundles);
}

bool tanren_has_wide_product(void) { return __builtin_cpu_supports("avx512f"); }

bool tanren_wide_product(XLA_FFI_CallFrame *frame, const TanrenRows *rows, int64_t index, double *result) {
  Product product = {.rows = rows, .index = index, .panels = (rows->columns + LANES - 1) / LANES, .product = result};
  size_t elements = (size_t)product.panels * LANES * (size_t)tanren_least(STRETCH, rows->steps);
  product.packed = aligned_alloc(64, elements * sizeof(double));
  if (product.packed == NULL) return false;
  int64_t blocks = 0;
  for (int64_t panel = 0; panel < product.panels; panel += RISE) blocks += blocks_beside(&product, panel);
  for (; product.first < rows->steps; product.first += STRETCH) {
    product.steps = tanren_least(STRETCH, rows->steps - product.first);
    product.bundles = (product.steps + BUNDLE - 1) / BUNDLE;
    atomic_init(&product.packed_bundles, 0);
    tanren_parallel(frame, product.bundles + blocks, work, &product);
  }
  free(product.packed);
  return true;
}

#else

bool tanren_has_wide_product(void) { return false; }

bool tanren_wide_product(XLA_FFI_CallFrame *frame, const TanrenRows *rows, int64_t index, double *product) {
  (void)frame, (void)rows, (void)index, (void)product;
  return false;
}

#endif
