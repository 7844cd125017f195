// A square sparse matrix made ready for many products with vectors in float64.

#ifndef TANREN_SPARSE_H
#define TANREN_SPARSE_H

#include <stdbool.h>
#include <stdint.h>

enum {
  // Rows that are computed together, and those among which they are chosen for their lengths.
  TANREN_SPARSE_ROWS = 8,
  TANREN_SPARSE_SCOPE = 32,
  // Columns that 16 bits can tell apart.
  TANREN_SPARSE_PANEL = 1 << 16,
  // Columns that are looked up together, and the most values of a row in a group of them.
  TANREN_SPARSE_COLUMNS = 16,
  TANREN_SPARSE_DEPTH = 4,
};

// Rows in slices of 8 of about the same length, whose values lie side by side: SELL-8-32 (Kreutzer et al., SIAM J. Sci.
// Comput. 36, 2014).
typedef struct {
  int64_t panels;
  // For each slice and panel of columns, where its steps begin: 8 values and their columns each. What a row has less of is
  // zeros in its own column, so that nothing else can make it infinite.
  int64_t *starts;
  double *values;
  uint16_t *columns;
  // Each slice's rows; n stands for none.
  int32_t *rows;
} tanren_slices;

// For processors that can look up 8 numbers among 16 in registers (AVX-512): for each 8 rows, and each 16 columns in which
// they have anything, a group of up to 4 values a row. The groups of 1 value come first, since a processor can't guess how
// long each of a mixture is.
typedef struct {
  double *values;
  uint16_t *places;
  int32_t *blocks;
  // For each 8 rows: where its values begin, and the groups of 1, 2, 3 and 4 values.
  int64_t *value_starts, *group_starts;
} tanren_groups;

typedef struct {
  int64_t n, width;
  // As they were given, [n, width]; `counts` says how much of each row isn't padding.
  const double *values;
  const int32_t *columns;
  int32_t *counts;
  // One of the two, whichever takes less time.
  bool is_grouped;
  tanren_slices slices;
  tanren_groups groups;
} tanren_sparse;

// The column of entry k of a row; those outside are taken modulo n.
static inline int32_t tanren_sparse_column(const tanren_sparse *matrix, int64_t row, int64_t k) {
  int32_t place = matrix->columns[row * matrix->width + k];
  return place >= 0 && place < matrix->n ? place : (int32_t)(((place % matrix->n) + matrix->n) % matrix->n);
}

// Returns whether there was memory for it. The arrays must stay.
bool tanren_sparse_begin(tanren_sparse *matrix, const double *values, const int32_t *columns, int64_t n, int64_t width);
void tanren_sparse_end(tanren_sparse *matrix);

// What `tanren_sparse_begin` does for slices: their rows and starts, then the rest.
bool tanren_slices_begin(tanren_sparse *matrix);
bool tanren_slices_fill(tanren_sparse *matrix);

// Fills groups if they take less time than the slices, whose starts are there. Returns whether there was memory.
bool tanren_groups_begin(tanren_sparse *matrix);

// Rows `first`, a multiple of 32, to `limit` of the product with `x`, which is readable up to a multiple of 64; `y` has one
// more number than rows.
void tanren_sparse_rows(const tanren_sparse *matrix, const double *x, double *y, int64_t first, int64_t limit);

#endif
