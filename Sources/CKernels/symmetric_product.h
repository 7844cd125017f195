// The lower triangle of X^T X in float64.

#ifndef TANREN_SYMMETRIC_PRODUCT_H
#define TANREN_SYMMETRIC_PRODUCT_H

#include "crew.h"

// Columns of X: [steps, columns].
typedef struct {
  const double *data;
  int64_t columns;
} tanren_columns;

// Writes the lower triangle of the product [n, n] of an X whose n columns are in parts one after the other. Right of the
// diagonal it leaves anything. Returns whether there was memory for it.
bool tanren_symmetric_product(
  tanren_crew *crew, const tanren_columns *parts, int64_t steps, int64_t n, double *product);

#endif
