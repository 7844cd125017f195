// The product of a sparse matrix with a vector.

#ifndef TANREN_SPARSE_ROWS_H
#define TANREN_SPARSE_ROWS_H

#include "sparse_groups.h"
#include "sparse_slices.h"

// A number of each of ROWS rows.
typedef Number Slice __attribute__((vector_size(ROWS * sizeof(Number)), aligned(sizeof(Number))));

// What a step adds to the rows' sums. Loads one by one and the instructions that join them take less time than a gather, on
// every processor that was measured.
#define PRODUCTS(x, values, columns) (*(const Slice *)(values) * (Slice)LOADED(x, columns))

// In two parts, so that additions needn't wait for each other.
TANREN_FORMS(void, sliced_rows,
  (const Sparse *matrix, const Number *x, Number *y, int64_t first, int64_t limit),
  (matrix, x, y, first, limit)) {
  const Slices *slices = &matrix->slices;
  for (int64_t slice = first / ROWS; slice * ROWS < limit; slice++) {
    Slice even = {0}, odd = {0};
    for (int64_t panel = 0; panel < slices->panels; panel++) {
      const Number *part = x + panel * PANEL;
      const int64_t *starts = slices->starts + slice * slices->panels + panel;
      const Number *values = slices->values + starts[0] * ROWS;
      const uint16_t *columns = slices->columns + starts[0] * ROWS;
      for (int64_t step = starts[0]; step < starts[1]; step += 2, values += 2 * ROWS, columns += 2 * ROWS) {
        even += PRODUCTS(part, values, columns);
        odd += PRODUCTS(part, values + ROWS, columns + ROWS);
      }
    }
    even += odd;
    const int32_t *rows = slices->rows + slice * ROWS;
    for (int lane = 0; lane < ROWS; lane++) y[rows[lane]] = even[lane];
  }
}

#if defined(__x86_64__)
// A gather loads number by number, and so do slices. Here COLUMNS of x lie in two registers, and one permutation looks up
// ROWS of them: rows that have no number there cost as much as those that have, but where many numbers are there it is the faster
// way.
typedef Number AlignedSlice __attribute__((vector_size(ROWS * sizeof(Number))));
typedef Places StoredPlaces __attribute__((vector_size(ROWS * sizeof(Places)), aligned(sizeof(Places))));
typedef Index Indices __attribute__((vector_size(ROWS * sizeof(Index))));

// The groups of one depth.
TANREN_FOR_AVX512 __attribute__((always_inline)) static inline const Number *add_groups(
  const Groups *groups, const Number *x, const Number *values, int64_t first, int64_t limit, const int depth,
  AlignedSlice *even, AlignedSlice *odd) {
  for (int64_t group = first; group < limit; group++) {
    const Number *block = x + groups->blocks[group] * COLUMNS;
    AlignedSlice low = *(const Slice *)block, high = *(const Slice *)(block + ROWS);
    Indices places = __builtin_convertvector(*(const StoredPlaces *)(groups->places + group * ROWS), Indices);
#pragma clang loop unroll(full)
    for (int level = 0; level < depth; level++) {
      // A permutation looks at the lowest bits.
      AlignedSlice found = LOOK_UP(low, places, high);
      AlignedSlice *sum = level % 2 == 0 ? even : odd;
      *sum += *(const AlignedSlice *)(values + level * ROWS) * found;
      places >>= PLACE_BITS;
    }
    values += depth * ROWS;
  }
  return values;
}

TANREN_FOR_AVX512 static void grouped_rows(const Groups *groups, const Number *x, Number *y, int64_t first, int64_t limit) {
  for (int64_t slice = first / ROWS; slice * ROWS < limit; slice++) {
    const Number *values = groups->values + groups->value_starts[slice] * ROWS;
    const int64_t *starts = groups->group_starts + slice * DEPTH;
    AlignedSlice even = {0}, odd = {0};
    // A loop of its own for each depth, which is a constant then.
#pragma clang loop unroll(full)
    for (int depth = 1; depth <= DEPTH; depth++) {
      values = add_groups(groups, x, values, starts[depth - 1], starts[depth], depth, &even, &odd);
    }
    // Memory for y goes to a multiple of 64 rows.
    *(Slice *)(y + slice * ROWS) = even + odd;
  }
}
#endif

// Rows `first`, a multiple of 32, to `limit` of the product with `x`, which is readable up to a multiple of 64; `y` has one
// more number than rows.
static void sparse_rows(const Sparse *matrix, const Number *x, Number *y, int64_t first, int64_t limit) {
#if defined(__x86_64__)
  if (matrix->is_grouped) {
    grouped_rows(&matrix->groups, x, y, first, limit);
    return;
  }
#endif
  sliced_rows(matrix, x, y, first, limit);
}

// Returns whether there was memory for it. The arrays must stay.
static bool sparse_begin(
  Sparse *matrix, const Number *values, const int32_t *columns, int64_t n, int64_t width) {
  memset(matrix, 0, sizeof *matrix);
  matrix->n = n;
  matrix->width = width;
  matrix->values = values;
  matrix->columns = columns;
  matrix->counts = calloc(n + 1, sizeof *matrix->counts);
  if (matrix->counts == NULL) return false;
  for (int64_t row = 0; row < n; row++) {
    int64_t count = width;
    while (count > 0 && values[row * width + count - 1] == 0) count--;
    matrix->counts[row] = (int32_t)count;
  }
  if (!slices_begin(matrix) || !groups_begin(matrix)) return false;
  return matrix->is_grouped || slices_fill(matrix);
}

static void sparse_end(Sparse *matrix) {
  free(matrix->counts);
  free(matrix->slices.starts);
  free(matrix->slices.values);
  free(matrix->slices.columns);
  free(matrix->slices.rows);
  free(matrix->groups.values);
  free(matrix->groups.places);
  free(matrix->groups.blocks);
  free(matrix->groups.value_starts);
  free(matrix->groups.group_starts);
}

#endif
