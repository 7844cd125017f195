#include "sparse.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A processor's gather loads number by number, so a sparse product costs as much as its loads. Here 16 columns of x
// lie in two registers, and one permutation looks up 8 of them: rows that have no number there cost as much as those
// that have, and it is still half the time at the densities that reservoirs have.

enum { ROWS = TANREN_SPARSE_ROWS, COLUMNS = TANREN_SPARSE_COLUMNS, DEPTH = TANREN_SPARSE_DEPTH };

// In four parts, so that additions needn't wait for each other.
static void plain_rows(const tanren_sparse *matrix, const double *x, double *y, int64_t first, int64_t limit) {
  for (int64_t row = first; row < limit; row++) {
    const double *values = matrix->values + row * matrix->width;
    double parts[4] = {0};
    for (int64_t k = 0; k < matrix->counts[row]; k++) parts[k & 3] += values[k] * x[tanren_sparse_column(matrix, row, k)];
    y[row] = (parts[0] + parts[1]) + (parts[2] + parts[3]);
  }
}

#if defined(__x86_64__)
#define TARGET __attribute__((target("avx512f,avx512dq,avx512vl")))

// The groups of one depth.
TARGET __attribute__((always_inline)) static inline const double *add_groups(
  const tanren_sparse *matrix, const double *x, const double *values, int64_t first, int64_t limit, int depth,
  __m512d *even, __m512d *odd) {
  for (int64_t group = first; group < limit; group++) {
    const double *block = x + matrix->blocks[group] * COLUMNS;
    __m512d low = _mm512_loadu_pd(block), high = _mm512_loadu_pd(block + 8);
    __m512i places = _mm512_cvtepu16_epi64(_mm_loadu_si128((const __m128i *)(matrix->places + group * ROWS)));
    for (int level = 0; level < depth; level++) {
      // A permutation looks at the lowest four bits.
      __m512d found = _mm512_permutex2var_pd(low, places, high);
      __m512d *sum = level % 2 == 0 ? even : odd;
      *sum = _mm512_fmadd_pd(_mm512_load_pd(values + level * ROWS), found, *sum);
      places = _mm512_srli_epi64(places, 4);
    }
    values += depth * ROWS;
  }
  return values;
}

TARGET static void permuted_rows(
  const tanren_sparse *matrix, const double *x, double *y, int64_t first, int64_t limit) {
  for (int64_t slice = first / ROWS; slice * ROWS < limit; slice++) {
    const double *values = matrix->packed + matrix->value_starts[slice] * ROWS;
    const int64_t *starts = matrix->group_starts + slice * DEPTH;
    __m512d even = _mm512_setzero_pd(), odd = _mm512_setzero_pd();
    values = add_groups(matrix, x, values, starts[0], starts[1], 1, &even, &odd);
    values = add_groups(matrix, x, values, starts[1], starts[2], 2, &even, &odd);
    values = add_groups(matrix, x, values, starts[2], starts[3], 3, &even, &odd);
    add_groups(matrix, x, values, starts[3], starts[4], 4, &even, &odd);
    // Memory for y goes to a multiple of 64 rows.
    _mm512_storeu_pd(y + slice * ROWS, _mm512_add_pd(even, odd));
  }
}
#endif

void tanren_sparse_rows(const tanren_sparse *matrix, const double *x, double *y, int64_t first, int64_t limit) {
#if defined(__x86_64__)
  if (matrix->packed != NULL) {
    permuted_rows(matrix, x, y, first, limit);
    return;
  }
#endif
  plain_rows(matrix, x, y, first, limit);
}
