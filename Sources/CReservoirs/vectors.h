// Loops over rows of numbers.

#ifndef TANREN_VECTORS_H
#define TANREN_VECTORS_H

#include "element.h"

TANREN_FORMS(void, add_scaled,
  (Number *restrict sums, const Number *restrict row, Number scale, int64_t count),
  (sums, row, scale, count)) {
  for (int64_t i = 0; i < count; i++) sums[i] += scale * row[i];
}

// The sum of x[k] times a factor, in parts, so that it can be vectorized.
#define INNER_PRODUCT(name, factor)                                               \
  TANREN_FORMS(Number, name,                                                      \
    (const Number *restrict x, const Number *restrict y, int64_t count),          \
    (x, y, count)) {                                                              \
    enum { PARTS = 32 };                                                          \
    Number parts[PARTS] = {0}, sum = 0;                                           \
    int64_t i = 0;                                                                \
    for (; i + PARTS <= count; i += PARTS) {                                      \
      for (int j = 0; j < PARTS; j++) parts[j] += x[i + j] * factor(i + j); \
    }                                                                             \
    for (; i < count; i++) sum += x[i] * factor(i);                               \
    for (int j = 0; j < PARTS; j++) sum += parts[j];                              \
    return sum;                                                                   \
  }

#define VALUE(k) y[k]
#define SQUARE(k) (y[k] * y[k])

INNER_PRODUCT(inner_product, VALUE)
INNER_PRODUCT(inner_squares, SQUARE)

#undef VALUE
#undef SQUARE
#undef INNER_PRODUCT

#endif
