// How slices are filled.

#ifndef TANREN_SPARSE_SLICES_H
#define TANREN_SPARSE_SLICES_H

#include "sparse.h"

// Puts the rows of each scope in the order of their lengths, the longest first.
static void order_rows(const Sparse *matrix) {
  int32_t *rows = matrix->slices.rows;
  for (int64_t row = 0; row < matrix->n; row++) {
    int64_t place = row;
    for (; place % SCOPE != 0 && matrix->counts[rows[place - 1]] < matrix->counts[row]; place--) {
      rows[place] = rows[place - 1];
    }
    rows[place] = (int32_t)row;
  }
}

// How many entries a row has in a panel.
static int64_t count_panel_entries(const Sparse *matrix, int64_t row, int64_t panel) {
  if (matrix->slices.panels == 1) return matrix->counts[row];
  int64_t count = 0;
  for (int64_t k = 0; k < matrix->counts[row]; k++) count += sparse_column(matrix, row, k) / PANEL == panel;
  return count;
}

// Finds the slices' rows and starts. Returns whether there was memory for it.
static bool slices_begin(Sparse *matrix) {
  Slices *slices = &matrix->slices;
  int64_t count = (matrix->n + ROWS - 1) / ROWS;
  slices->panels = (matrix->n + PANEL - 1) / PANEL;
  slices->rows = calloc(count * ROWS + 1, sizeof *slices->rows);
  slices->starts = calloc(count * slices->panels + 1, sizeof *slices->starts);
  if (slices->rows == NULL || slices->starts == NULL) return false;
  order_rows(matrix);
  for (int64_t place = matrix->n; place < count * ROWS; place++) slices->rows[place] = (int32_t)matrix->n;
  for (int64_t index = 0; index < count * slices->panels; index++) {
    int64_t steps = 0;
    for (int64_t lane = 0; lane < ROWS; lane++) {
      int64_t row = slices->rows[index / slices->panels * ROWS + lane];
      int64_t entries = row < matrix->n ? count_panel_entries(matrix, row, index % slices->panels) : 0;
      if (entries > steps) steps = entries;
    }
    // Steps are taken in pairs.
    slices->starts[index + 1] = slices->starts[index] + (steps + 1) / 2 * 2;
  }
  return true;
}

// A row's part in a slice.
static void fill_lane(const Sparse *matrix, int64_t index, int64_t lane) {
  const Slices *slices = &matrix->slices;
  int64_t panel = index % slices->panels, row = slices->rows[index / slices->panels * ROWS + lane];
  int64_t place = slices->starts[index] * ROWS + lane, end = slices->starts[index + 1] * ROWS;
  if (row < matrix->n) {
    for (int64_t k = 0; k < matrix->counts[row]; k++) {
      int64_t column = sparse_column(matrix, row, k);
      if (column / PANEL != panel) continue;
      slices->values[place] = matrix->values[row * matrix->width + k];
      slices->columns[place] = (uint16_t)(column % PANEL);
      place += ROWS;
    }
  }
  uint16_t own = row < matrix->n && row / PANEL == panel ? (uint16_t)(row % PANEL) : 0;
  for (; place < end; place += ROWS) {
    slices->values[place] = 0;
    slices->columns[place] = own;
  }
}

static bool slices_fill(Sparse *matrix) {
  Slices *slices = &matrix->slices;
  int64_t count = (matrix->n + ROWS - 1) / ROWS * slices->panels;
  size_t elements = (size_t)(slices->starts[count] + 1) * ROWS;
  slices->values = aligned_alloc(64, elements * sizeof *slices->values);
  slices->columns = malloc(elements * sizeof *slices->columns);
  if (slices->values == NULL || slices->columns == NULL) return false;
  for (int64_t index = 0; index < count; index++) {
    for (int64_t lane = 0; lane < ROWS; lane++) fill_lane(matrix, index, lane);
  }
  return true;
}

#endif
