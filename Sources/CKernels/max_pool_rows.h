// The loops of maximum pooling for one element type: included once for each TYPE.

// One row of windows: the greatest elements, NaN if any is. Channels come last but one, so that the elements of a
// window stay in registers; that is only fast where the window's extents are constants.
TANREN_INLINE void NAME(pool_windows)(
  const ELEMENT *restrict x, ELEMENT *restrict y, int64_t windows, int64_t height, int64_t width, int64_t row,
  int64_t channels) {
  for (int64_t window = 0; window < windows; window++, x += width * channels, y += channels) {
    for (int64_t c = 0; c < channels; c++) {
      float greatest = LOAD(x[c]);
      for (int64_t i = 0; i < height; i++) {
        for (int64_t j = 0; j < width; j++) {
          float value = LOAD(x[i * row + j * channels + c]);
          greatest = value > greatest || value != value ? value : greatest;
        }
      }
      y[c] = STORE(greatest);
    }
  }
}

// The same for any window, which reads and writes the row of greatest elements again and again.
TANREN_INLINE void NAME(pool_any_windows)(
  const ELEMENT *x, ELEMENT *restrict y, int64_t windows, int64_t height, int64_t width, int64_t row,
  int64_t channels) {
  for (int64_t window = 0; window < windows; window++, x += width * channels, y += channels) {
    memcpy(y, x, channels * sizeof *y);
    for (int64_t i = 0; i < height; i++) {
      for (int64_t j = 0; j < width; j++) {
        const ELEMENT *restrict element = x + i * row + j * channels;
        for (int64_t c = 0; c < channels; c++) {
          float value = LOAD(element[c]);
          y[c] = value > LOAD(y[c]) || value != value ? element[c] : y[c];
        }
      }
    }
  }
}

TANREN_FORMS(void, NAME(pool_row),
  (const void *images, void *pooled, int64_t windows, int64_t height, int64_t width, int64_t row, int64_t channels),
  (images, pooled, windows, height, width, row, channels)) {
  if (height == 2 && width == 2) {
    NAME(pool_windows)(images, pooled, windows, 2, 2, row, channels);
  } else {
    NAME(pool_any_windows)(images, pooled, windows, height, width, row, channels);
  }
}

// One row of windows: the cotangent goes to the first that is greatest, zero to the others. As above, for windows of
// constant extents.
TANREN_INLINE void NAME(spread_windows)(
  const ELEMENT *restrict x, const ELEMENT *restrict y, const ELEMENT *restrict cotangent, ELEMENT *restrict result,
  int64_t windows, int64_t height, int64_t width, int64_t row, int64_t channels) {
  int64_t step = width * channels;
  for (int64_t window = 0; window < windows; window++, x += step, result += step, y += channels, cotangent += channels) {
    for (int64_t c = 0; c < channels; c++) {
      float greatest = LOAD(y[c]);
      bool is_open = true;
      for (int64_t i = 0; i < height; i++) {
        for (int64_t j = 0; j < width; j++) {
          int64_t place = i * row + j * channels + c;
          float value = LOAD(x[place]);
          bool is_chosen = is_open & ((value == greatest) | (value != value));
          result[place] = is_chosen ? cotangent[c] : STORE(0);
          is_open &= !is_chosen;
        }
      }
    }
  }
}

TANREN_INLINE void NAME(spread_any_windows)(
  const ELEMENT *x, const ELEMENT *restrict y, const ELEMENT *restrict cotangent, ELEMENT *result, int64_t windows,
  int64_t height, int64_t width, int64_t row, int64_t channels) {
  uint32_t is_open[CHUNK];
  for (int64_t window = 0; window < windows; window++, y += channels, cotangent += channels) {
    for (int64_t start = 0; start < channels; start += CHUNK) {
      int64_t count = channels - start < CHUNK ? channels - start : CHUNK;
      int64_t corner = window * width * channels + start;
      memset(is_open, 0xff, sizeof is_open);
      for (int64_t i = 0; i < height; i++) {
        for (int64_t j = 0; j < width; j++) {
          const ELEMENT *restrict element = x + corner + i * row + j * channels;
          ELEMENT *restrict place = result + corner + i * row + j * channels;
          for (int64_t c = 0; c < count; c++) {
            float value = LOAD(element[c]);
            uint32_t is_greatest = value == LOAD(y[start + c]) || value != value ? ~0u : 0;
            place[c] = is_greatest & is_open[c] ? cotangent[start + c] : STORE(0);
            is_open[c] &= ~is_greatest;
          }
        }
      }
    }
  }
}

TANREN_FORMS(void, NAME(spread_row),
  (const void *images, const void *pooled, const void *cotangents, void *results, int64_t windows, int64_t height,
  int64_t width, int64_t row, int64_t channels),
  (images, pooled, cotangents, results, windows, height, width, row, channels)) {
  if (height == 2 && width == 2) {
    NAME(spread_windows)(images, pooled, cotangents, results, windows, 2, 2, row, channels);
  } else {
    NAME(spread_any_windows)(images, pooled, cotangents, results, windows, height, width, row, channels);
  }
}
