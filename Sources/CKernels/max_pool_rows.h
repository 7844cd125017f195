// The loops of maximum pooling for one element type: included once for each TYPE.

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(name) JOIN(name, TYPE)
#define ELEMENT JOIN(tanren, TYPE)
#define LOAD JOIN(tanren_load, TYPE)
#define STORE JOIN(tanren_store, TYPE)

// One row of windows: the greatest elements, NaN if any is.
TANREN_VECTORIZED static void NAME(pool_row)(
  const ELEMENT *x, ELEMENT *restrict y, int64_t windows, int64_t height, int64_t width, int64_t row, int64_t channels) {
  for (int64_t window = 0; window < windows; window++, y += channels) {
    const ELEMENT *corner = x + window * width * channels;
    memcpy(y, corner, channels * sizeof *y);
    for (int64_t i = 0; i < height; i++) {
      for (int64_t j = 0; j < width; j++) {
        const ELEMENT *restrict element = corner + i * row + j * channels;
        for (int64_t c = 0; c < channels; c++) {
          float value = LOAD(element[c]);
          y[c] = value > LOAD(y[c]) || value != value ? element[c] : y[c];
        }
      }
    }
  }
}

// One row of windows: the cotangent goes to the first that is greatest, zero to the others.
TANREN_VECTORIZED static void NAME(spread_row)(
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

#undef JOIN_
#undef JOIN
#undef NAME
#undef ELEMENT
#undef LOAD
#undef STORE
