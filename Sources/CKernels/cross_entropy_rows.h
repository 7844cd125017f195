// Cross entropies of rows of one element type: included once for each TYPE.
//
// What is computed at once, a place each, are elements of one row if rows are wide, and otherwise elements of as many rows:
// `is_wide` is a constant where this is inlined.

// Elements `stride` apart, and `rest` in the places from `count` on.
TANREN_INLINE void NAME(load_places)(const ELEMENT *x, int64_t stride, int64_t count, float rest, float values[PLACES]) {
  if (count >= PLACES && stride == 1) {
    for (int j = 0; j < PLACES; j++) values[j] = LOAD(x[j]);
  } else if (count >= PLACES) {
// AVX-512's gathers take longer.
#pragma clang loop vectorize(disable) unroll(full)
    for (int j = 0; j < PLACES; j++) values[j] = LOAD(x[j * stride]);
  } else {
    for (int j = 0; j < PLACES; j++) values[j] = rest;
    for (int j = 0; j < count; j++) values[j] = LOAD(x[j * stride]);
  }
}

// The rows that begin at `x`, one if rows are wide, else `rows` of them.
TANREN_INLINE Rows NAME(sum_rows)(
  const ELEMENT *x, const ELEMENT *targets, int64_t rows, int64_t columns, const bool is_wide) {
  int64_t stride = is_wide ? 1 : columns, step = is_wide ? PLACES : 1;
  float value[PLACES], target[PLACES];
  Rows all = {0};
  for (int j = 0; j < PLACES; j++) all.maximum[j] = -INFINITY;
  for (int64_t column = 0; column < columns; column += step) {
    NAME(load_places)(x + column, stride, is_wide ? columns - column : rows, -INFINITY, value);
    for (int j = 0; j < PLACES; j++) all.maximum[j] = value[j] > all.maximum[j] ? value[j] : all.maximum[j];
  }
  if (is_wide) {
    float maximum = all.maximum[0];
    for (int j = 1; j < PLACES; j++) maximum = all.maximum[j] > maximum ? all.maximum[j] : maximum;
    for (int j = 0; j < PLACES; j++) all.maximum[j] = maximum;
  }
  for (int64_t column = 0; column < columns; column += step) {
    int64_t count = is_wide ? columns - column : rows;
    NAME(load_places)(x + column, stride, count, -INFINITY, value);
    NAME(load_places)(targets + column, stride, count, 0, target);
    for (int j = 0; j < PLACES; j++) {
      float shifted = value[j] - all.maximum[j];
      all.powers[j] += tanren_exponential(shifted);
      all.targets[j] += target[j];
      all.products[j] += j < count ? target[j] * shifted : 0;
    }
  }
  if (is_wide) {
    add_places(all.powers);
    add_places(all.targets);
    add_places(all.products);
  }
  return all;
}

TANREN_INLINE void NAME(entropies_of)(
  const ELEMENT *x, const ELEMENT *targets, int64_t rows, int64_t columns, ELEMENT *y, const bool is_wide) {
  for (int64_t row = 0; row < rows; row += is_wide ? 1 : PLACES) {
    int64_t start = row * columns, count = is_wide ? 1 : tanren_least(PLACES, rows - row);
    Rows all = NAME(sum_rows)(x + start, targets + start, count, columns, is_wide);
    for (int64_t j = 0; j < count; j++) y[row + j] = STORE(logf(all.powers[j]) * all.targets[j] - all.products[j]);
  }
}

TANREN_FORMS(void, NAME(cross_entropies),
  (const void *logits, const void *targets, int64_t rows, int64_t columns, void *results),
  (logits, targets, rows, columns, results)) {
  if (columns > WIDE) NAME(entropies_of)(logits, targets, rows, columns, results, true);
  if (columns <= WIDE) NAME(entropies_of)(logits, targets, rows, columns, results, false);
}

TANREN_INLINE void NAME(gradients_of)(
  const ELEMENT *x, const ELEMENT *targets, const ELEMENT *cotangents, int64_t rows, int64_t columns, ELEMENT *y,
  const bool is_wide) {
  int64_t stride = is_wide ? 1 : columns, step = is_wide ? PLACES : 1;
  float value[PLACES], target[PLACES], factor[PLACES];
  for (int64_t row = 0; row < rows; row += is_wide ? 1 : PLACES) {
    int64_t start = row * columns;
    Rows all = NAME(sum_rows)(x + start, targets + start, rows - row, columns, is_wide);
    NAME(load_places)(cotangents + row, is_wide ? 0 : 1, is_wide ? PLACES : rows - row, 0, factor);
    for (int j = 0; j < PLACES; j++) all.targets[j] /= all.powers[j];
    for (int64_t column = start; column < start + columns; column += step) {
      int64_t count = is_wide ? start + columns - column : rows - row;
      NAME(load_places)(x + column, stride, count, -INFINITY, value);
      NAME(load_places)(targets + column, stride, count, 0, target);
      for (int j = 0; j < PLACES; j++) {
        value[j] = (tanren_exponential(value[j] - all.maximum[j]) * all.targets[j] - target[j]) * factor[j];
      }
      if (count >= PLACES) {
        for (int j = 0; j < PLACES; j++) y[column + j * stride] = STORE(value[j]);
      } else {
        for (int j = 0; j < count; j++) y[column + j * stride] = STORE(value[j]);
      }
    }
  }
}

TANREN_FORMS(void, NAME(cross_entropy_gradients),
  (const void *logits, const void *targets, const void *cotangents, int64_t rows, int64_t columns, void *results),
  (logits, targets, cotangents, rows, columns, results)) {
  if (columns > WIDE) NAME(gradients_of)(logits, targets, cotangents, rows, columns, results, true);
  if (columns <= WIDE) NAME(gradients_of)(logits, targets, cotangents, rows, columns, results, false);
}
