// Rows whose elements are computed `PLACES` at a time, each in a place of its own, so that sums have the same order with every
// instruction set. What depends on the element type is included once for each TYPE.

#ifndef TANREN_ROW_PLACES_H
#define TANREN_ROW_PLACES_H

#include "element.h"

enum { PLACES = 16 };

TANREN_INLINE float sum_of_places(float values[PLACES]) {
  for (int half = PLACES / 2; half > 0; half /= 2) {
    for (int j = 0; j < half; j++) values[j] += values[j + half];
  }
  return values[0];
}

#endif

// Elements from `x` on, and `rest` in the places from `count` on.
TANREN_INLINE void NAME(load_row)(const ELEMENT *x, int64_t count, float rest, float values[PLACES]) {
  if (count >= PLACES) {
    for (int j = 0; j < PLACES; j++) values[j] = LOAD(x[j]);
  } else {
    for (int j = 0; j < PLACES; j++) values[j] = rest;
    for (int j = 0; j < count; j++) values[j] = LOAD(x[j]);
  }
}

TANREN_INLINE void NAME(store_row)(const float values[PLACES], int64_t count, ELEMENT *y) {
  if (count >= PLACES) {
    for (int j = 0; j < PLACES; j++) y[j] = STORE(values[j]);
  } else {
    for (int j = 0; j < count; j++) y[j] = STORE(values[j]);
  }
}
