// Loops over rows of float64.

#ifndef TANREN_VECTORS_H
#define TANREN_VECTORS_H

#include "element.h"

TANREN_FORMS(void, tanren_add_scaled,
  (double *restrict sums, const double *restrict row, double scale, int64_t count),
  (sums, row, scale, count)) {
  for (int64_t i = 0; i < count; i++) sums[i] += scale * row[i];
}

// The sum in parts, so that it can be vectorized.
TANREN_FORMS(double, tanren_inner_product,
  (const double *restrict x, const double *restrict y, int64_t count),
  (x, y, count)) {
  enum { PARTS = 32 };
  double parts[PARTS] = {0}, sum = 0;
  int64_t i = 0;
  for (; i + PARTS <= count; i += PARTS) {
    for (int j = 0; j < PARTS; j++) parts[j] += x[i + j] * y[i + j];
  }
  for (; i < count; i++) sum += x[i] * y[i];
  for (int j = 0; j < PARTS; j++) sum += parts[j];
  return sum;
}

#endif
