// The loops of batch normalization over some rows of one element type: included once for each TYPE.

// Adds each channel's distance from `shift` to `sum`, and its square to `squares`.
TANREN_FORMS(void, NAME(add_moments),
  (const void *images, int64_t rows, int64_t channels, const float *restrict shift, float *restrict sum,
  float *restrict squares),
  (images, rows, channels, shift, sum, squares)) {
  const ELEMENT *restrict x = images;
  for (int64_t row = 0; row < rows; row++, x += channels) {
    for (int64_t c = 0; c < channels; c++) {
      float distance = LOAD(x[c]) - shift[c];
      sum[c] += distance;
      squares[c] += distance * distance;
    }
  }
}

TANREN_FORMS(void, NAME(normalize),
  (const void *images, void *result, int64_t rows, int64_t channels, const float *restrict mean,
  const float *restrict factor, const float *restrict offset, bool is_rectified),
  (images, result, rows, channels, mean, factor, offset, is_rectified)) {
  const ELEMENT *restrict x = images;
  ELEMENT *restrict y = result;
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
TANREN_FORMS(void, NAME(add_cotangents),
  (const void *images, const void *cotangents, int64_t rows, int64_t channels, const float *restrict mean,
  const float *restrict factor, const float *restrict offset, bool is_rectified, float *restrict sum,
  float *restrict products),
  (images, cotangents, rows, channels, mean, factor, offset, is_rectified, sum, products)) {
  const ELEMENT *restrict x = images, *restrict cotangent = cotangents;
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

TANREN_FORMS(void, NAME(pull_back),
  (const void *images, const void *cotangents, void *results, int64_t rows, int64_t channels,
  const float *restrict mean, const float *restrict factor, const float *restrict offset, const float *restrict slope,
  const float *restrict constant, bool is_rectified),
  (images, cotangents, results, rows, channels, mean, factor, offset, slope, constant, is_rectified)) {
  const ELEMENT *restrict x = images, *restrict cotangent = cotangents;
  ELEMENT *restrict result = results;
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
