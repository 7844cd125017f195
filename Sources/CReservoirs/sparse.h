// A square sparse matrix made ready for many products with vectors.

#ifndef TANREN_SPARSE_H
#define TANREN_SPARSE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "element.h"

enum {
  // Rows among which those are chosen that are computed together.
  SCOPE = 32,
  // Columns that 16 bits can tell apart.
  PANEL = 1 << 16,
};

// Rows in slices of ROWS of about the same length, whose values lie side by side: SELL-C-32 (Kreutzer et al., SIAM J. Sci.
// Comput. 36, 2014).
typedef struct {
  int64_t panels;
  // For each slice and panel of columns, where its steps begin: ROWS values and their columns each. What a row has less of is
  // zeros in its own column, so that nothing else can make it infinite.
  int64_t *starts;
  Number *values;
  uint16_t *columns;
  // Each slice's rows; n stands for none.
  int32_t *rows;
} Slices;

// For processors that can look up ROWS numbers among COLUMNS in registers (AVX-512): for each ROWS rows, and each COLUMNS columns
// in which they have anything, a group of up to DEPTH values a row. The groups of 1 value come first, since a processor can't
// guess how long each of a mixture is.
typedef struct {
  Number *values;
  Places *places;
  int32_t *blocks;
  // For each ROWS rows: where its values begin, and the groups of 1, 2, … values.
  int64_t *value_starts, *group_starts;
} Groups;

typedef struct {
  int64_t n, width;
  // As they were given, [n, width]; `counts` says how much of each row isn't padding.
  const Number *values;
  const int32_t *columns;
  int32_t *counts;
  // One of the two, whichever takes less time.
  bool is_grouped;
  Slices slices;
  Groups groups;
} Sparse;

// The column of entry k of a row; those outside are taken modulo n.
static inline int32_t sparse_column(const Sparse *matrix, int64_t row, int64_t k) {
  int32_t place = matrix->columns[row * matrix->width + k];
  return place >= 0 && place < matrix->n ? place : (int32_t)(((place % matrix->n) + matrix->n) % matrix->n);
}

#endif
