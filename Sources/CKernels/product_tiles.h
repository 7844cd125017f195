// Tiles of a product of matrices by one instruction set: included once for each FORM, with its TARGET, LANES, the elements
// of a vector, and ROWS, of which twice as many vectors fit into the registers with some to spare.

#define FORM_NAME(name) TANREN_JOIN(name, FORM)
#define VECTOR FORM_NAME(Vector)

typedef float VECTOR __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float))));

// `rows` rows of a panel's first `vectors` vectors. The counts are constants where this is inlined, so that the sums stay
// in registers.
TARGET TANREN_INLINE void FORM_NAME(multiply_tile)(const Tile *tile, const int rows, const int vectors) {
  int64_t row = tile->left_row, step = tile->left_step;
  const float *left = tile->left, *right = tile->right;
  for (int64_t first = 0; first < tile->depth; first += STRETCH) {
    VECTOR sums[ROWS][2];
    for (int i = 0; i < rows; i++) sums[i][0] = sums[i][1] = (VECTOR){0};
    int64_t count = tanren_least(STRETCH, tile->depth - first);
    for (int64_t k = 0; k < count; k++, left += step, right += tile->right_step) {
      VECTOR factors[2];
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) factors[j] = *(const VECTOR *)(right + j * LANES);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        float factor = left[i * row];
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sums[i][j] += factors[j] * factor;
      }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      int64_t offset = i * tile->product_row;
      float *place = tile->product + offset;
      const float *addend = first > 0 ? place : tile->addend == NULL ? NULL : tile->addend + offset;
      if (tile->skipped == 0 && tile->width == vectors * LANES) {
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) {
          VECTOR *vector = (VECTOR *)(place + j * LANES);
          *vector = addend == NULL ? sums[i][j] : *(const VECTOR *)(addend + j * LANES) + sums[i][j] * tile->factor;
        }
      } else {
        // Copied, so that the sums themselves have no address.
        float lanes[2 * LANES];
        for (int j = 0; j < vectors; j++) *(VECTOR *)(lanes + j * LANES) = sums[i][j];
        for (int64_t j = 0; j < tile->width; j++) {
          place[j] = (addend == NULL ? 0 : addend[j]) + lanes[tile->skipped + j] * tile->factor;
        }
      }
    }
  }
}

TARGET static void FORM_NAME(multiply)(Tile tile, int64_t height) {
#define TANREN_ROWS(count)                                               \
  for (; height >= (count); height -= (count)) {                         \
    if (tile.width > LANES) FORM_NAME(multiply_tile)(&tile, (count), 2); \
    if (tile.width <= LANES) FORM_NAME(multiply_tile)(&tile, (count), 1); \
    tile.left += (count) * tile.left_row;                                \
    tile.product += (count) * tile.product_row;                          \
    if (tile.addend != NULL) tile.addend += (count) * tile.product_row;   \
  }
  TANREN_ROWS(ROWS)
  TANREN_ROWS(ROWS * 2 / 3)
  TANREN_ROWS(ROWS / 2)
  TANREN_ROWS(ROWS / 3)
  TANREN_ROWS(ROWS / 6)
  TANREN_ROWS(1)
#undef TANREN_ROWS
}

#undef FORM
#undef FORM_NAME
#undef VECTOR
#undef TARGET
#undef LANES
#undef ROWS
