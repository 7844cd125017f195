#include "harness.h"

// Calls of the kernels in float64: reservoirs, symmetric products, solutions.

enum { F64 = XLA_FFI_DataType_F64 };

static void make_reservoir(Random *random, Call *call) {
  // Now and then large enough for a second thread.
  bool is_large = random_chance(random, 15);
  int64_t n = is_large ? random_between(random, 150, 260) : random_between(random, 1, 70);
  int64_t width = is_large ? random_between(random, 70, 90) : random_between(random, 1, n < 20 ? n : 20);
  int64_t groups = random_between(random, 1, 3), members = is_large ? 1 : groups * random_between(random, 1, 3);
  if (is_large) groups = 1;
  int64_t steps = random_between(random, 1, is_large ? 200 : 12), signals = random_between(random, 0, 3);
  bool is_closed = random_chance(random, 50);
  add_argument(call, F64, 3, DIMS(groups, n, width))->content = PADDED;
  Array *columns = add_argument(call, XLA_FFI_DataType_S32, 3, DIMS(groups, n, width));
  columns->content = PLACES;
  columns->bound = n;
  add_argument(call, F64, 3, DIMS(members, random_chance(random, 50) ? 1 : steps, n));
  add_argument(call, F64, 2, DIMS(members, n));
  add_argument(call, F64, 2, DIMS(members, 2))->content = POSITIVE;
  add_argument(call, F64, 3, DIMS(members, steps, signals));
  add_argument(call, F64, 3, DIMS(members, signals, n));
  if (!is_closed) {
    add_result(call, F64, 3, DIMS(members, steps, n));
    return;
  }
  int64_t outputs = random_between(random, 1, 3);
  add_argument(call, F64, 3, DIMS(members, outputs, n));
  add_argument(call, F64, 3, DIMS(members, n + 1, outputs));
  add_argument(call, F64, 2, DIMS(members, outputs));
  add_result(call, F64, 3, DIMS(members, steps, outputs));
  add_result(call, F64, 2, DIMS(members, n));
}

// The axes before a matrix' own.
static int64_t batch(Random *random, int64_t dims[MOST_AXES]) {
  int64_t axes = random_between(random, 0, 2);
  for (int64_t axis = 0; axis < axes; axis++) dims[axis] = random_between(random, 1, 3);
  return axes;
}

static int64_t side(Random *random) { return random_between(random, 1, random_chance(random, 15) ? 150 : 40); }

// Arrays whose columns are one matrix'; returns how many these are.
static int64_t add_parts(Random *random, Call *call, int64_t axes, int64_t dims[MOST_AXES], int64_t steps) {
  int64_t columns = 0;
  for (int64_t parts = random_between(random, 1, 4); parts > 0; parts--) {
    dims[axes] = steps;
    dims[axes + 1] = side(random);
    columns += dims[axes + 1];
    add_argument(call, F64, axes + 2, dims);
  }
  return columns;
}

static void make_gram(Random *random, Call *call) {
  int64_t dims[MOST_AXES], axes = batch(random, dims);
  dims[axes] = dims[axes + 1] = add_parts(random, call, axes, dims, random_between(random, 0, 300));
  add_result(call, F64, axes + 2, dims);
}

static void make_ridge(Random *random, Call *call) {
  int64_t dims[MOST_AXES], axes = batch(random, dims);
  int64_t columns = add_parts(random, call, axes, dims, random_between(random, 1, 300));
  int64_t sides = random_between(random, 1, columns < 12 ? columns : 12);
  dims[axes] = columns - sides;
  dims[axes + 1] = 1;
  add_argument(call, F64, axes + 2, dims)->content = POSITIVE;
  dims[axes + 1] = sides;
  add_result(call, F64, axes + 2, dims);
}

static void make_positive_solve(Random *random, Call *call) {
  int64_t dims[MOST_AXES], axes = batch(random, dims), n = side(random);
  dims[axes] = dims[axes + 1] = n;
  add_argument(call, F64, axes + 2, dims)->content = random_chance(random, 90) ? DEFINITE : NUMBERS;
  dims[axes + 1] = random_between(random, 1, 12);
  add_argument(call, F64, axes + 2, dims);
  add_result(call, F64, axes + 2, dims);
}

const Maker matrix_makers[] = {
  {"tanren.reservoir.", make_reservoir, NULL},
  {"tanren.gram.", make_gram, NULL},
  {"tanren.ridge.", make_ridge, NULL},
  {"tanren.positive_solve.", make_positive_solve, NULL},
  {NULL, NULL, NULL},
};
