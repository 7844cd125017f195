#include "sparse.h"

#include <stdlib.h>
#include <string.h>

#include "instruction_set.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { ROWS = TANREN_SPARSE_ROWS, COLUMNS = TANREN_SPARSE_COLUMNS, DEPTH = TANREN_SPARSE_DEPTH };

// A number of each row of a slice.
typedef double Slice __attribute__((vector_size(ROWS * sizeof(double)), aligned(sizeof(double))));

// What a step adds to the rows' sums. Eight loads and the instructions that join them take less time than a gather, on
// every processor that was measured.
#define PRODUCTS(x, values, columns)                                                                                     \
  (*(const Slice *)(values) *                                                                                            \
   (Slice){(x)[(columns)[0]], (x)[(columns)[1]], (x)[(columns)[2]], (x)[(columns)[3]], (x)[(columns)[4]],                \
           (x)[(columns)[5]], (x)[(columns)[6]], (x)[(columns)[7]]})

// In two parts, so that additions needn't wait for each other.
TANREN_FORMS(void, sliced_rows,
  (const tanren_sparse *matrix, const double *x, double *y, int64_t first, int64_t limit),
  (matrix, x, y, first, limit)) {
  const tanren_slices *slices = &matrix->slices;
  for (int64_t slice = first / ROWS; slice * ROWS < limit; slice++) {
    Slice even = {0}, odd = {0};
    for (int64_t panel = 0; panel < slices->panels; panel++) {
      const double *part = x + panel * TANREN_SPARSE_PANEL;
      const int64_t *starts = slices->starts + slice * slices->panels + panel;
      const double *values = slices->values + starts[0] * ROWS;
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
// A gather loads number by number, and so do slices. Here 16 columns of x lie in two registers, and one permutation looks up
// 8 of them: rows that have no number there cost as much as those that have, but where many numbers are there it is the faster
// way.

// The groups of one depth.
TANREN_FOR_AVX512 __attribute__((always_inline)) static inline const double *add_groups(
  const tanren_groups *groups, const double *x, const double *values, int64_t first, int64_t limit, int depth,
  __m512d *even, __m512d *odd) {
  for (int64_t group = first; group < limit; group++) {
    const double *block = x + groups->blocks[group] * COLUMNS;
    __m512d low = _mm512_loadu_pd(block), high = _mm512_loadu_pd(block + 8);
    __m512i places = _mm512_cvtepu16_epi64(_mm_loadu_si128((const __m128i *)(groups->places + group * ROWS)));
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

TANREN_FOR_AVX512 static void grouped_rows(const tanren_groups *groups, const double *x, double *y, int64_t first, int64_t limit) {
  for (int64_t slice = first / ROWS; slice * ROWS < limit; slice++) {
    const double *values = groups->values + groups->value_starts[slice] * ROWS;
    const int64_t *starts = groups->group_starts + slice * DEPTH;
    __m512d even = _mm512_setzero_pd(), odd = _mm512_setzero_pd();
    values = add_groups(groups, x, values, starts[0], starts[1], 1, &even, &odd);
    values = add_groups(groups, x, values, starts[1], starts[2], 2, &even, &odd);
    values = add_groups(groups, x, values, starts[2], starts[3], 3, &even, &odd);
    add_groups(groups, x, values, starts[3], starts[4], 4, &even, &odd);
    // Memory for y goes to a multiple of 64 rows.
    _mm512_storeu_pd(y + slice * ROWS, _mm512_add_pd(even, odd));
  }
}
#endif

void tanren_sparse_rows(const tanren_sparse *matrix, const double *x, double *y, int64_t first, int64_t limit) {
#if defined(__x86_64__)
  if (matrix->is_grouped) {
    grouped_rows(&matrix->groups, x, y, first, limit);
    return;
  }
#endif
  sliced_rows(matrix, x, y, first, limit);
}

bool tanren_sparse_begin(
  tanren_sparse *matrix, const double *values, const int32_t *columns, int64_t n, int64_t width) {
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
  if (!tanren_slices_begin(matrix) || !tanren_groups_begin(matrix)) return false;
  return matrix->is_grouped || tanren_slices_fill(matrix);
}

void tanren_sparse_end(tanren_sparse *matrix) {
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
