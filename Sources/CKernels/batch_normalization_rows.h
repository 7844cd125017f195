// The loops of batch normalization over some rows of one element type: included once for each TYPE.

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(name) JOIN(name, TYPE)
#define ELEMENT JOIN(tanren, TYPE)
#define LOAD JOIN(tanren_load, TYPE)
#define STORE JOIN(tanren_store, TYPE)

// Adds each channel's distance from `shift` to `sum`, and its square to `squares`.
TANREN_VECTORIZED static void NAME(add_moments)(
  const ELEMENT *restrict x, int64_t rows, int64_t channels, const float *restrict shift, float *restrict sum,
  float *restrict squares) {
  for (int64_t row = 0; row < rows; row++, x += channels) {
    for (int64_t c = 0; c < channels; c++) {
      float distance = LOAD(x[c]) - shift[c];
      sum[c] += distance;
      squares[c] += distance * distance;
    }
  }
}

TANREN_VECTORIZED static void NAME(normalize)(
  const ELEMENT *restrict x, ELEMENT *restrict y, int64_t rows, int64_t channels, const float *restrict mean,
  const float *restrict factor, const float *restrict offset, bool is_rectified) {
  for (int64_t row = 0; row < rows; row++, x += channels, y += channels) {
    if (is_rectified) {
      for (int64_t c = 0; c < channels; c++) {
        float value = (LOAD(x[c]) - mean[c]) * factor[c] + offset[c];
        y[c] = STORE(value <= 0 ? 0 : value);
      }
    } else {
      for (int64_t c = 0; c < channels; c++) y[c] = STORE((LOAD(x[c]) - mean[c]) * factor[c] + offset[c]);
    }
  }
}

// Adds each channel's cotangent to `sum`, and its product with the distance from the mean to `products`.
TANREN_VECTORIZED static void NAME(add_cotangents)(
  const ELEMENT *restrict x, const ELEMENT *restrict cotangent, int64_t rows, int64_t channels,
  const float *restrict mean, const float *restrict factor, const float *restrict offset, bool is_rectified,
  float *restrict sum, float *restrict products) {
  for (int64_t row = 0; row < rows; row++, x += channels, cotangent += channels) {
    if (is_rectified) {
      for (int64_t c = 0; c < channels; c++) {
        float distance = LOAD(x[c]) - mean[c];
        float g = distance * factor[c] + offset[c] <= 0 ? 0 : LOAD(cotangent[c]);
        sum[c] += g;
        products[c] += g * distance;
      }
    } else {
      for (int64_t c = 0; c < channels; c++) {
        float g = LOAD(cotangent[c]);
        sum[c] += g;
        products[c] += g * (LOAD(x[c]) - mean[c]);
      }
    }
  }
}

TANREN_VECTORIZED static void NAME(pull_back)(
  const ELEMENT *restrict x, const ELEMENT *restrict cotangent, ELEMENT *restrict result, int64_t rows,
  int64_t channels, const float *restrict mean, const float *restrict factor, const float *restrict offset,
  const float *restrict slope, const float *restrict constant, bool is_rectified) {
  for (int64_t row = 0; row < rows; row++, x += channels, cotangent += channels, result += channels) {
    if (is_rectified) {
      for (int64_t c = 0; c < channels; c++) {
        float distance = LOAD(x[c]) - mean[c];
        float g = distance * factor[c] + offset[c] <= 0 ? 0 : LOAD(cotangent[c]);
        result[c] = STORE(g * factor[c] + distance * slope[c] + constant[c]);
      }
    } else {
      for (int64_t c = 0; c < channels; c++) {
        result[c] = STORE(LOAD(cotangent[c]) * factor[c] + (LOAD(x[c]) - mean[c]) * slope[c] + constant[c]);
      }
    }
  }
}

#undef JOIN_
#undef JOIN
#undef NAME
#undef ELEMENT
#undef LOAD
#undef STORE
