// Softmax of rows of one element type: included once for each TYPE.

// Powers are computed twice, since a row of bfloat16 has no place for them.
TANREN_FORMS(void, NAME(softmax_rows),
  (const void *inputs, int64_t rows, int64_t columns, void *results), (inputs, rows, columns, results)) {
  for (int64_t row = 0; row < rows; row++) {
    const ELEMENT *x = (const ELEMENT *)inputs + row * columns;
    ELEMENT *y = (ELEMENT *)results + row * columns;
    float value[PLACES], maxima[PLACES], sums[PLACES] = {0};
    for (int j = 0; j < PLACES; j++) maxima[j] = -INFINITY;
    for (int64_t column = 0; column < columns; column += PLACES) {
      NAME(load_row)(x + column, columns - column, -INFINITY, value);
      for (int j = 0; j < PLACES; j++) maxima[j] = value[j] > maxima[j] ? value[j] : maxima[j];
    }
    float maximum = maxima[0];
    for (int j = 1; j < PLACES; j++) maximum = maxima[j] > maximum ? maxima[j] : maximum;
    for (int64_t column = 0; column < columns; column += PLACES) {
      NAME(load_row)(x + column, columns - column, -INFINITY, value);
      // What isn't a number isn't greater than another, but its power and so the sum are none.
      for (int j = 0; j < PLACES; j++) sums[j] += tanren_exponential(value[j] - maximum);
    }
    float factor = 1 / sum_of_places(sums);
    for (int64_t column = 0; column < columns; column += PLACES) {
      NAME(load_row)(x + column, columns - column, -INFINITY, value);
      for (int j = 0; j < PLACES; j++) value[j] = tanren_exponential(value[j] - maximum) * factor;
      NAME(store_row)(value, columns - column, y + column);
    }
  }
}

TANREN_FORMS(void, NAME(softmax_gradient_rows),
  (const void *outputs, const void *cotangents, int64_t rows, int64_t columns, void *results),
  (outputs, cotangents, rows, columns, results)) {
  for (int64_t row = 0; row < rows; row++) {
    const ELEMENT *y = (const ELEMENT *)outputs + row * columns, *g = (const ELEMENT *)cotangents + row * columns;
    ELEMENT *to = (ELEMENT *)results + row * columns;
    float value[PLACES], factor[PLACES], sums[PLACES] = {0};
    for (int64_t column = 0; column < columns; column += PLACES) {
      NAME(load_row)(y + column, columns - column, 0, value);
      NAME(load_row)(g + column, columns - column, 0, factor);
      for (int j = 0; j < PLACES; j++) sums[j] += value[j] * factor[j];
    }
    float sum = sum_of_places(sums);
    for (int64_t column = 0; column < columns; column += PLACES) {
      NAME(load_row)(y + column, columns - column, 0, value);
      NAME(load_row)(g + column, columns - column, 0, factor);
      for (int j = 0; j < PLACES; j++) value[j] *= factor[j] - sum;
      NAME(store_row)(value, columns - column, to + column);
    }
  }
}
