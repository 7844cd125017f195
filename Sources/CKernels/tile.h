// One tile of a product in float64, of which symmetric products and Cholesky's decomposition are made: TILE_ROWS rows and
// TILE_COLUMNS columns, summed over a stretch of their inner axis. Operands lie as panels: TILE_ROWS rows (or columns)
// side by side for each place of the inner axis. Three panels beside each other are the tile's columns, so one packed copy
// serves as both operands.

#ifndef TANREN_TILE_H
#define TANREN_TILE_H

#include <stdbool.h>
#include <stdint.h>

enum { TILE_ROWS = 8, TILE_PANELS = 3, TILE_COLUMNS = TILE_ROWS * TILE_PANELS };

// What becomes of what is there.
typedef enum { TILE_SET, TILE_ADD, TILE_SUBTRACT } tanren_tile_use;

// Writes the product to a tile of which `rows` and `columns` are there. Panels begin on cache lines.
void tanren_tile(
  const double *left, const double *const right[TILE_PANELS], int64_t depth, tanren_tile_use use, double *sum, int64_t stride,
  int64_t rows, int64_t columns);

// Memory on a cache line's edge, in whole ones.
double *tanren_lines(int64_t count);

#endif
