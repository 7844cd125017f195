// Layer normalization of rows of one element type: included once for each TYPE.

// Mean and inverse deviation of a row.
TANREN_INLINE Moments NAME(moments)(const ELEMENT *x, int64_t columns, double epsilon) {
  float value[PLACES], sums[PLACES] = {0}, squares[PLACES] = {0};
  for (int64_t column = 0; column < columns; column += PLACES) {
    NAME(load_row)(x + column, columns - column, 0, value);
    for (int j = 0; j < PLACES; j++) sums[j] += value[j];
  }
  float mean = sum_of_places(sums) / (float)columns;
  for (int64_t column = 0; column < columns; column += PLACES) {
    NAME(load_row)(x + column, columns - column, mean, value);
    for (int j = 0; j < PLACES; j++) squares[j] += (value[j] - mean) * (value[j] - mean);
  }
  return (Moments){mean, 1 / sqrtf(sum_of_places(squares) / (float)columns + (float)epsilon)};
}

TANREN_FORMS(void, NAME(normalize_rows),
  (const void *inputs, const float *scale, const float *offset, double epsilon, int64_t rows, int64_t columns, void *results),
  (inputs, scale, offset, epsilon, rows, columns, results)) {
  float value[PLACES], factor[PLACES], addend[PLACES];
  for (int64_t row = 0; row < rows; row++) {
    const ELEMENT *x = (const ELEMENT *)inputs + row * columns;
    ELEMENT *y = (ELEMENT *)results + row * columns;
    Moments own = NAME(moments)(x, columns, epsilon);
    for (int64_t column = 0; column < columns; column += PLACES) {
      int64_t count = columns - column;
      NAME(load_row)(x + column, count, 0, value);
      load_row_f32(scale + column, count, 0, factor);
      load_row_f32(offset + column, count, 0, addend);
      for (int j = 0; j < PLACES; j++) value[j] = (value[j] - own.mean) * own.factor * factor[j] + addend[j];
      NAME(store_row)(value, count, y + column);
    }
  }
}

// The cotangents of rows, and those of scale and offset, which are added to `sums`, [2, columns].
TANREN_FORMS(void, NAME(normalization_gradient_rows),
  (const void *inputs, const float *scale, const void *cotangents, double epsilon, int64_t rows, int64_t columns,
    void *results, float *sums),
  (inputs, scale, cotangents, epsilon, rows, columns, results, sums)) {
  float value[PLACES], factor[PLACES], cotangent[PLACES], total[PLACES];
  for (int64_t row = 0; row < rows; row++) {
    const ELEMENT *x = (const ELEMENT *)inputs + row * columns, *g = (const ELEMENT *)cotangents + row * columns;
    ELEMENT *to = (ELEMENT *)results + row * columns;
    Moments own = NAME(moments)(x, columns, epsilon);
    float means[PLACES] = {0}, products[PLACES] = {0};
    for (int64_t column = 0; column < columns; column += PLACES) {
      int64_t count = columns - column;
      NAME(load_row)(x + column, count, own.mean, value);
      NAME(load_row)(g + column, count, 0, cotangent);
      load_row_f32(scale + column, count, 0, factor);
      for (int j = 0; j < PLACES; j++) {
        value[j] = (value[j] - own.mean) * own.factor;
        means[j] += cotangent[j] * factor[j];
        products[j] += cotangent[j] * factor[j] * value[j];
      }
      load_row_f32(sums + column, count, 0, total);
      for (int j = 0; j < PLACES; j++) total[j] += cotangent[j] * value[j];
      store_row_f32(total, count, sums + column);
      load_row_f32(sums + columns + column, count, 0, total);
      for (int j = 0; j < PLACES; j++) total[j] += cotangent[j];
      store_row_f32(total, count, sums + columns + column);
    }
    float mean = sum_of_places(means) / (float)columns, product = sum_of_places(products) / (float)columns;
    for (int64_t column = 0; column < columns; column += PLACES) {
      int64_t count = columns - column;
      NAME(load_row)(x + column, count, 0, value);
      NAME(load_row)(g + column, count, 0, cotangent);
      load_row_f32(scale + column, count, 0, factor);
      for (int j = 0; j < PLACES; j++) {
        // Rounded by itself, so that the only one of a row leaves nothing after the mean.
        float normalized = (value[j] - own.mean) * own.factor, scaled = cotangent[j] * factor[j];
        value[j] = (scaled - mean - normalized * product) * own.factor;
      }
      NAME(store_row)(value, count, to + column);
    }
  }
}
