// What is compiled for the LANES numbers that a register holds: included once for each, with TARGET.

#define OF(name) TANREN_JOIN(name, LANES)

typedef double OF(Vector) __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double))));

static void OF(pack_row)(const Stretch *stretch, int64_t step) {
  const TanrenRows *rows = stretch->product->rows;
  double *packed = stretch->packed + step * LANES;
  int64_t column = 0;
  for (int part = 0; part < rows->count; part++) {
    int64_t width = rows->widths[part], end = column + width;
    const double *row = rows->parts[part] + ((stretch->product->index * rows->steps + stretch->first + step) * width - column);
    while (column < end) {
      int64_t lane = column % LANES, count = tanren_least(LANES - lane, end - column);
      double *place = packed + column / LANES * stretch->steps * LANES + lane;
      if (count == LANES) {
        // One register each; clang makes one call of both branches if this is a memcpy.
        __builtin_memcpy_inline(place, row + column, LANES * sizeof *place);
      } else {
        memcpy(place, row + column, (size_t)count * sizeof *place);
      }
      column += count;
    }
  }
  for (; column % LANES != 0; column++) packed[column / LANES * stretch->steps * LANES + column % LANES] = 0;
}

// Adds `depth` rows' part to a tile, or sets it. Three quarters of the registers hold the sums.
TARGET static void OF(multiply_tile)(
  const double *left, const double *const right[PANELS], int64_t depth, bool adds, double *sum, int64_t stride) {
  typedef OF(Vector) Vector;
  Vector sums[LANES][PANELS];
  const double *first = right[0], *second = right[1], *third = right[2];
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) sums[i][0] = sums[i][1] = sums[i][2] = (Vector){0};
  for (int64_t k = 0; k < depth * LANES; k += LANES) {
    Vector a = *(const Vector *)(first + k), b = *(const Vector *)(second + k), c = *(const Vector *)(third + k);
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) {
      sums[i][0] += a * left[k + i];
      sums[i][1] += b * left[k + i];
      sums[i][2] += c * left[k + i];
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) {
#pragma clang loop unroll(full)
    for (int panel = 0; panel < PANELS; panel++) {
      Vector *place = (Vector *)(sum + i * stride + panel * LANES);
      *place = adds ? *place + sums[i][panel] : sums[i][panel];
    }
  }
}

// The tile of a panel of rows and PANELS of columns, for the rows of the stretch.
static void OF(multiply_panels)(const Stretch *stretch, int64_t panel, int64_t columns) {
  const Product *product = stretch->product;
  int64_t n = product->rows->columns, step = stretch->steps * LANES, height = n - panel * LANES, width = n - columns * LANES;
  const double *origin = stretch->packed, *right[PANELS];
  // Beyond the last panel any will do: nothing is written there.
  for (int64_t i = 0; i < PANELS; i++) right[i] = origin + tanren_least(columns + i, product->panels - 1) * step;
  double *sum = product->product + panel * LANES * n + columns * LANES;
  bool adds = stretch->number > 0;
  if (height >= LANES && width >= PANELS * LANES) {
    OF(multiply_tile)(origin + panel * step, right, stretch->steps, adds, sum, n);
    return;
  }
  double values[LANES * PANELS * LANES];
  OF(multiply_tile)(origin + panel * step, right, stretch->steps, false, values, PANELS * LANES);
  for (int64_t i = 0; i < tanren_least(LANES, height); i++) {
    for (int64_t j = 0; j < tanren_least(PANELS * LANES, width); j++) {
      sum[i * n + j] = (adds ? sum[i * n + j] : 0) + values[i * PANELS * LANES + j];
    }
  }
}

#undef OF
#undef LANES
#undef TARGET
