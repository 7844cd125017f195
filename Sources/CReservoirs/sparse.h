// A square sparse matrix made ready for many products with vectors in float64.

#ifndef TANREN_SPARSE_H
#define TANREN_SPARSE_H

#include <stdbool.h>
#include <stdint.h>

// Rows and columns that are looked up together, and the most values of a row in a group.
enum { TANREN_SPARSE_ROWS = 8, TANREN_SPARSE_COLUMNS = 16, TANREN_SPARSE_DEPTH = 4 };

typedef struct {
  int64_t n, width;
  // As they were given, [n, width]; `counts` says how much of each row isn't padding.
  const double *values;
  const int32_t *columns;
  int32_t *counts;
  // For processors that can look up 8 numbers among 16 in registers (AVX-512): for each 8 rows, and each 16 columns
  // in which they have anything, a group of up to 4 values a row. The groups of 1 value come first, since a processor
  // can't guess how long each of a mixture is. NULL for others.
  double *packed;
  uint16_t *places;
  int32_t *blocks;
  // For each 8 rows: where its values begin, and the groups of 1, 2, 3 and 4 values.
  int64_t *value_starts, *group_starts;
} tanren_sparse;

// The column of entry k of a row; those outside are taken modulo n.
static inline int32_t tanren_sparse_column(const tanren_sparse *matrix, int64_t row, int64_t k) {
  int32_t place = matrix->columns[row * matrix->width + k];
  return place >= 0 && place < matrix->n ? place : (int32_t)(((place % matrix->n) + matrix->n) % matrix->n);
}

// Returns whether there was memory for it. The arrays must stay.
bool tanren_sparse_begin(tanren_sparse *matrix, const double *values, const int32_t *columns, int64_t n, int64_t width);
void tanren_sparse_end(tanren_sparse *matrix);

// Rows `first`, a multiple of 8, to `limit` of the product with `x`, which is readable up to a multiple of 64.
void tanren_sparse_rows(const tanren_sparse *matrix, const double *x, double *y, int64_t first, int64_t limit);

#endif
