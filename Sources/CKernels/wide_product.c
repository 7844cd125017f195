#include "wide_product.h"

#include "element.h"

#if defined(__x86_64__)

#include <stdatomic.h>
#include <stdlib.h>

#include "pause.h"

enum {
  // Panels in a tile of the product. A panel has as many columns of X, its lanes, as a register has numbers, and so many rows
  // has a tile.
  PANELS = 3,
  // Rows of X that are packed at a time and summed up by a tile before the next: what is packed is read again while the
  // caches have it, and the panels that RISE columns make stay in the second one.
  STRETCH = 1024,
  // Columns that one block of the product is high, and panels that it is wide.
  RISE = 64,
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
  int64_t index, lanes, panels, stretches, blocks;
  Progress *progress;
  // Stretches take turns with these: [panels, STRETCH, lanes], with zeros after the last column.
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

#define LANES 8
#define TARGET TANREN_FOR_AVX512
#include "wide_product_tiles.h"
#define LANES 4
#define TARGET TANREN_FOR_AVX2
#include "wide_product_tiles.h"

static void pack(const Stretch *stretch, int64_t bundle) {
  int64_t end = tanren_least((bundle + 1) * BUNDLE, stretch->steps);
  for (int64_t step = bundle * BUNDLE; step < end; step++) {
    if (stretch->product->lanes == 8) pack_row_8(stretch, step); else pack_row_4(stretch, step);
  }
}

// The first panel of columns, a multiple of SPAN, of the blocks whose rows begin with panel `rows`.
static int64_t leftmost(int64_t rows) { return rows / SPAN * SPAN; }

static int64_t blocks_beside(const Product *product, int64_t rows) {
  return (product->panels - leftmost(rows) + SPAN - 1) / SPAN;
}

static void multiply(const Stretch *stretch, int64_t number) {
  const Product *product = stretch->product;
  int64_t rows = 0, rise = RISE / product->lanes;
  for (int64_t count; number >= (count = blocks_beside(product, rows)); rows += rise) number -= count;
  int64_t left = leftmost(rows) + number * SPAN, right = tanren_least(left + SPAN, product->panels);
  for (int64_t columns = left; columns < right; columns += PANELS) {
    int64_t end = tanren_least(tanren_least(rows + rise, product->panels), columns + PANELS);
    for (int64_t panel = rows; panel < end; panel++) {
      if (product->lanes == 8) multiply_panels_8(stretch, panel, columns); else multiply_panels_4(stretch, panel, columns);
    }
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

bool tanren_has_wide_product(void) { return tanren_instruction_set() >= TANREN_AVX2; }

bool tanren_wide_product(
  XLA_FFI_CallFrame *frame, const TanrenRows *rows, int64_t index, double *result, int64_t count, const TanrenPhase *then) {
  Product product = {.rows = rows, .index = index, .lanes = tanren_instruction_set() == TANREN_AVX512 ? 8 : 4, .product = result};
  product.panels = (rows->columns + product.lanes - 1) / product.lanes;
  product.stretches = (rows->steps + STRETCH - 1) / STRETCH;
  int64_t elements = product.panels * product.lanes * tanren_least(STRETCH, rows->steps), last = rows->steps % STRETCH;
  elements = (elements + 7) / 8 * 8;
  product.packed[0] = aligned_alloc(64, (size_t)elements * (product.stretches > 1 ? 2 : 1) * sizeof(double));
  product.packed[1] = product.packed[0] + (product.stretches > 1 ? elements : 0);
  product.progress = calloc((size_t)product.stretches, sizeof *product.progress);
  bool isThere = product.packed[0] != NULL && product.progress != NULL;
  if (isThere) {
    for (int64_t panel = 0; panel < product.panels; panel += RISE / product.lanes) product.blocks += blocks_beside(&product, panel);
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
