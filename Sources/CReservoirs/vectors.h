// Loops over rows of numbers.

#ifndef TANREN_VECTORS_H
#define TANREN_VECTORS_H

#include "element.h"

TANREN_FORMS(void, add_scaled,
  (Number *restrict sums, const Number *restrict row, Number scale, int64_t count),
  (sums, row, scale, count)) {
  for (int64_t i = 0; i < count; i++) sums[i] += scale * row[i];
}

// The sum in parts, so that it can be vectorized.
TANREN_FORMS(Number, inner_product,
  (const Number *restrict x, const Number *restrict y, int64_t count),
  (x, y, count)) {
  enum { PARTS = 32 };
  Number parts[PARTS] = {0}, sum = 0;
  int64_t i = 0;
  for (; i + PARTS <= count; i += PARTS) {
    for (int j = 0; j < PARTS; j++) parts[j] += x[i + j] * y[i + j];
  }
  for (; i < count; i++) sum += x[i] * y[i];
  for (int j = 0; j < PARTS; j++) sum += parts[j];
  return sum;
}

// The inner product with the squares of `y`.
TANREN_FORMS(Number, inner_squares,
  (const Number *restrict x, const Number *restrict y, int64_t count),
  (x, y, count)) {
  enum { PARTS = 32 };
  Number parts[PARTS] = {0}, sum = 0;
  int64_t i = 0;
  for (; i + PARTS <= count; i += PARTS) {
    for (int j = 0; j < PARTS; j++) parts[j] += x[i + j] * (y[i + j] * y[i + j]);
  }
  for (; i < count; i++) sum += x[i] * (y[i] * y[i]);
  for (int j = 0; j < PARTS; j++) sum += parts[j];
  return sum;
}

#endif
