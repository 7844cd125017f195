// Sums over rows of one element type: included once for each TYPE.

// Adds each of the rows to `sum`.
TANREN_FORMS(void, NAME(add_rows),
  (const void *array, int64_t rows, int64_t columns, float *restrict sum),
  (array, rows, columns, sum)) {
  const ELEMENT *restrict x = array;
  for (int64_t row = 0; row < rows; row++, x += columns) {
    for (int64_t c = 0; c < columns; c++) sum[c] += LOAD(x[c]);
  }
}

static void NAME(store_sums)(const double *sums, int64_t count, void *result) {
  ELEMENT *y = result;
  for (int64_t i = 0; i < count; i++) y[i] = STORE((float)sums[i]);
}
