#include "factor.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "element.h"
#include "openblas.h"
#include "pause.h"

// Rows and columns of a tile.
enum { SIDE = 144 };

// Tiles are numbered column by column, from the diagonal down. Each takes from finished ones on its left, so those have
// lower numbers: numbers are begun in their order, and whoever waits for one waits for a thread that is at work.
struct TanrenFactoring {
  double *matrix;
  int n, height;
  // The number of columns and rows of tiles.
  int64_t columns, rows;
  atomic_bool has_failed;
  // Whether a tile is done, [columns, rows].
  atomic_bool *done;
};

typedef struct TanrenFactoring Factor;

static void wait_for(const Factor *factor, int64_t row, int64_t column) {
  const atomic_bool *done = &factor->done[column * factor->rows + row];
  for (int64_t spins = 0; !atomic_load_explicit(done, memory_order_acquire); spins++) tanren_pause(spins);
}

// The tile on the diagonal, whose last rows may be below the last column.
static void factor_diagonal(Factor *factor, double *tile, int first, int width, int height) {
  const TanrenOpenBLASFunctions *blas = tanren_openblas();
  double one = 1, minus = -1, *left = factor->matrix + first;
  int stride = factor->height, rest = height - width, info = 0;
  if (first > 0) {
    blas->dsyrk("L", "N", &width, &first, &minus, left, &stride, &one, tile, &stride, 1, 1);
    if (rest > 0) {
      blas->dgemm(
        "N", "T", &rest, &width, &first, &minus, left + width, &stride, left, &stride, &one, tile + width, &stride, 1, 1);
    }
  }
  blas->twofold.potrf("L", &width, tile, &stride, &info, 1);
  // What isn't finite reaches the diagonal.
  for (int64_t i = 0; i < width && info == 0; i++) {
    double pivot = tile[i * stride + i];
    if (!isfinite(pivot) || pivot == 0) info = 1;
  }
  if (info != 0) {
    atomic_store(&factor->has_failed, true);
  } else if (rest > 0) {
    blas->dtrsm("R", "L", "T", "N", &rest, &width, &one, tile, &stride, tile + width, &stride, 1, 1, 1, 1);
  }
}

static void factor_tile(void *context, int64_t number) {
  Factor *factor = context;
  int64_t column = 0;
  for (; number >= factor->rows - column; column++) number -= factor->rows - column;
  int64_t row = column + number;
  for (int64_t i = 0; i < column; i++) {
    wait_for(factor, row, i);
    wait_for(factor, column, i);
  }
  int stride = factor->height, first = (int)column * SIDE, top = (int)row * SIDE;
  int width = (int)tanren_least(SIDE, factor->n - first), height = (int)tanren_least(SIDE, factor->height - top);
  double *tile = factor->matrix + (int64_t)first * stride + top, one = 1, minus = -1;
  if (atomic_load(&factor->has_failed)) {
    // Nothing is needed any more.
  } else if (row == column) {
    factor_diagonal(factor, tile, first, width, height);
  } else {
    const TanrenOpenBLASFunctions *blas = tanren_openblas();
    if (first > 0) {
      blas->dgemm(
        "N", "T", &height, &width, &first, &minus, factor->matrix + top, &stride, factor->matrix + first, &stride, &one,
        tile, &stride, 1, 1);
    }
    wait_for(factor, column, column);
    const double *diagonal = factor->matrix + (int64_t)first * stride + first;
    blas->dtrsm("R", "L", "T", "N", &height, &width, &one, diagonal, &stride, tile, &stride, 1, 1, 1, 1);
  }
  atomic_store_explicit(&factor->done[column * factor->rows + row], true, memory_order_release);
}

TanrenFactoring *tanren_factoring(double *matrix, int n, int height) {
  Factor *factor = malloc(sizeof *factor);
  if (factor == NULL) return NULL;
  *factor = (Factor){.matrix = matrix, .n = n, .height = height};
  factor->columns = (n + SIDE - 1) / SIDE;
  factor->rows = (height + SIDE - 1) / SIDE;
  factor->done = calloc((size_t)(factor->columns * factor->rows), sizeof *factor->done);
  atomic_init(&factor->has_failed, false);
  if (factor->done != NULL) return factor;
  free(factor);
  return NULL;
}

TanrenPhase tanren_factoring_phase(TanrenFactoring *factor) {
  int64_t above = factor->columns * (factor->columns - 1) / 2;
  return (TanrenPhase){factor->columns * factor->rows - above, factor_tile, factor};
}

TanrenFactor tanren_factoring_end(TanrenFactoring *factor) {
  bool has_failed = atomic_load(&factor->has_failed);
  free(factor->done);
  free(factor);
  return has_failed ? TANREN_INDEFINITE : TANREN_FACTORED;
}
