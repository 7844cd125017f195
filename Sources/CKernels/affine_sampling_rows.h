// The loops of affine sampling for one element type: included once for each TYPE, with the RESULT's type.

TANREN_INLINE void NAME(interpolate)(
  const ELEMENT *restrict image, RESULT_ELEMENT *restrict y, const Places *down, const Places *across, int64_t columns,
  int64_t channels, bool has_value, float value) {
  for (int64_t i = 0; i < columns; i++, y += channels) {
    const ELEMENT *low = image + down->low[i], *high = image + down->high[i];
    int32_t left = across->low[i], right = across->high[i];
    float to_right = across->fraction[i], to_bottom = down->fraction[i];
    bool is_value = has_value && (across->is_outside[i] | down->is_outside[i]);
    for (int64_t c = 0; c < channels; c++) {
      float top = LOAD(low[left + c]), bottom = LOAD(high[left + c]);
      top += (LOAD(low[right + c]) - top) * to_right;
      bottom += (LOAD(high[right + c]) - bottom) * to_right;
      y[c] = STORE_RESULT(is_value ? value : top + (bottom - top) * to_bottom);
    }
  }
}

TANREN_FORMS(void, NAME(sample_row),
  (const Row *row, const ELEMENT *restrict image, RESULT_ELEMENT *restrict y),
  (row, image, y)) {
  Places down, across;
  bool has_value = row->fill == CONSTANT;
  for (int64_t first = 0; first < row->width; first += CHUNK) {
    int64_t columns = row->width - first < CHUNK ? row->width - first : CHUNK;
    RESULT_ELEMENT *start = y + first * row->channels;
    find(row, &down, &across, first, columns);
    switch (row->channels) {
      case 1: NAME(interpolate)(image, start, &down, &across, columns, 1, has_value, row->value); break;
      case 3: NAME(interpolate)(image, start, &down, &across, columns, 3, has_value, row->value); break;
      default:
        NAME(interpolate)(image, start, &down, &across, columns, row->channels, has_value, row->value);
    }
  }
}
