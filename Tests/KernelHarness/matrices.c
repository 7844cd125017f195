#include <math.h>
#include <stdlib.h>

#include "harness.h"

// Calls of the kernels by OpenBLAS, whose results are multiplied out by plain loops.

enum { F32 = XLA_FFI_DataType_F32, F64 = XLA_FFI_DataType_F64, S32 = XLA_FFI_DataType_S32 };

// The axes before a matrix' own.
static int64_t batch(Random *random, int64_t dims[MOST_AXES]) {
  int64_t axes = random_between(random, 0, 2);
  for (int64_t axis = 0; axis < axes; axis++) dims[axis] = random_between(random, 1, 3);
  return axes;
}

static int64_t side(Random *random) { return random_between(random, 1, random_chance(random, 15) ? 150 : 40); }
static int type(Random *random) { return random_chance(random, 50) ? F32 : F64; }
static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

// Rows of a regression: now and then more than are packed at a time.
static int64_t many(Random *random, int64_t fewest) {
  return random_chance(random, 3) ? random_between(random, 3000, 3300) : random_between(random, fewest, 100);
}

static int64_t extent(const Array *array, int64_t from_last) { return array->dims[array->rank - from_last]; }

// How many matrices `array` has.
static int64_t count_of(const Array *array) {
  int64_t count = 1;
  for (int64_t axis = 0; axis < array->rank - 2; axis++) count *= array->dims[axis];
  return count;
}

// Element (i, j) of column-major matrix `index`.
static double at(const Array *array, const void *data, int64_t index, int64_t i, int64_t j) {
  int64_t rows = extent(array, 2), columns = extent(array, 1);
  return element(array->dtype, data, (index * columns + j) * rows + i);
}

static bool is_near(const Array *array, double found, double expected, double scale) {
  return fabs(found - expected) <= (array->dtype == F64 ? 1e-11 : 1e-3) * (fabs(expected) + scale);
}

// Arrays whose columns are one matrix'; returns how many these are.
static int64_t add_parts(Random *random, Call *call, int64_t axes, int64_t dims[MOST_AXES], int64_t steps) {
  int64_t columns = 0;
  for (int64_t parts = random_between(random, 1, 4); parts > 0; parts--) {
    dims[axes] = steps;
    dims[axes + 1] = random_chance(random, 3) ? random_between(random, 180, 400) : side(random);
    columns += dims[axes + 1];
    add_argument(call, F64, axes + 2, dims);
  }
  return columns;
}

static void make_gram(Random *random, Call *call) {
  int64_t dims[MOST_AXES], axes = batch(random, dims);
  dims[axes] = dims[axes + 1] = add_parts(random, call, axes, dims, many(random, 0));
  add_result(call, F64, axes + 2, dims);
}

// Element (t, j) of row-major parts beside each other.
static double part_at(const Call *call, void *const *arguments, int64_t index, int64_t t, int64_t j) {
  int part = 0;
  for (; j >= extent(&call->arguments[part], 1); part++) j -= extent(&call->arguments[part], 1);
  int64_t rows = extent(&call->arguments[part], 2), columns = extent(&call->arguments[part], 1);
  return ((const double *)arguments[part])[(index * rows + t) * columns + j];
}

// A few elements of each product.
static bool gram_is_right(const Call *call, void *const *arguments, void *const *results) {
  const Array *result = &call->results[0];
  int64_t n = extent(result, 1), steps = extent(&call->arguments[0], 2);
  for (int64_t index = 0; index < count_of(result); index++) {
    for (int64_t place = index % 7; place < n * n; place += 1 + n * n / 200) {
      double sum = 0;
      for (int64_t t = 0; t < steps; t++) {
        sum += part_at(call, arguments, index, t, place / n) * part_at(call, arguments, index, t, place % n);
      }
      if (!is_near(result, ((const double *)results[0])[index * n * n + place], sum, (double)steps)) return false;
    }
  }
  return true;
}

static void make_ridge(Random *random, Call *call) {
  int64_t dims[MOST_AXES], axes = batch(random, dims);
  int64_t columns = add_parts(random, call, axes, dims, many(random, 1));
  int64_t sides = random_between(random, 1, columns < 12 ? columns : 12);
  if (sides == columns) {
    columns++;
    call->arguments[0].dims[axes + 1]++;
  }
  dims[axes] = columns - sides;
  dims[axes + 1] = 1;
  add_argument(call, F64, axes + 2, dims)->content = POSITIVE;
  dims[axes + 1] = sides;
  add_result(call, F64, axes + 2, dims);
}

static void make_system(Random *random, Call *call) {
  int64_t dims[MOST_AXES], axes = batch(random, dims), n = side(random);
  int dtype = type(random);
  dims[axes] = dims[axes + 1] = n;
  add_argument(call, dtype, axes + 2, dims)->content = random_chance(random, 90) ? DEFINITE : NUMBERS;
  dims[axes + 1] = random_between(random, 1, 12);
  add_argument(call, dtype, axes + 2, dims);
  add_result(call, dtype, axes + 2, dims);
}

// A X = B, where the matrix is one that has to have a solution.
static bool system_is_right(const Call *call, void *const *arguments, void *const *results, bool is_symmetric) {
  const Array *matrix = &call->arguments[0], *right = &call->arguments[1], *solution = &call->results[0];
  int64_t n = extent(matrix, 1), sides = extent(right, 1);
  if (matrix->content != DEFINITE) return true;
  for (int64_t index = 0; index < count_of(matrix); index++) {
    for (int64_t j = 0; j < sides; j++) {
      for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t k = 0; k < n; k++) {
          bool is_mirrored = is_symmetric && k > i;
          double factor = is_mirrored ? at(matrix, arguments[0], index, k, i) : at(matrix, arguments[0], index, i, k);
          sum += factor * at(solution, results[0], index, k, j);
        }
        if (!is_near(matrix, sum, at(right, arguments[1], index, i, j), 1)) return false;
      }
    }
  }
  return true;
}

static bool solve_is_right(const Call *call, void *const *arguments, void *const *results) {
  return system_is_right(call, arguments, results, false);
}

static bool positive_solve_is_right(const Call *call, void *const *arguments, void *const *results) {
  return system_is_right(call, arguments, results, true);
}

// A square matrix, and results of the kinds that have letters: matrices of its size, vectors, and vectors of integers.
static void make_square(Random *random, Call *call, Content content, const char *kinds) {
  int64_t dims[MOST_AXES], axes = batch(random, dims);
  int dtype = type(random);
  dims[axes] = dims[axes + 1] = side(random);
  add_argument(call, dtype, axes + 2, dims)->content = content;
  for (; *kinds != 0; kinds++) add_result(call, *kinds == 'I' ? S32 : dtype, axes + (*kinds == 'M' ? 2 : 1), dims);
}

static void make_cholesky(Random *random, Call *call) {
  make_square(random, call, random_chance(random, 90) ? DEFINITE : NUMBERS, "M");
}
static void make_eigh(Random *random, Call *call) { make_square(random, call, NUMBERS, random_chance(random, 70) ? "VM" : "V"); }
static void make_eigvals(Random *random, Call *call) {
  make_square(random, call, NUMBERS, random_chance(random, 50) ? "VVMMMM" : "VV");
}
static void make_lu(Random *random, Call *call) { make_square(random, call, NUMBERS, "MI"); }

static void make_rectangle(Random *random, Call *call, bool is_svd) {
  int64_t dims[MOST_AXES], axes = batch(random, dims), rows = side(random), columns = side(random), k = least(rows, columns);
  int dtype = type(random);
  bool is_whole = random_chance(random, 70);
  dims[axes] = rows;
  dims[axes + 1] = columns;
  add_argument(call, dtype, axes + 2, dims);
  dims[axes + 1] = k;
  if (is_whole) add_result(call, dtype, axes + 2, dims);
  dims[axes] = k;
  if (is_svd) add_result(call, dtype, axes + 1, dims);
  dims[axes + 1] = columns;
  if (is_whole || !is_svd) add_result(call, dtype, axes + 2, dims);
}

static void make_svd(Random *random, Call *call) { make_rectangle(random, call, true); }
static void make_qr(Random *random, Call *call) { make_rectangle(random, call, false); }

// The product of the first factor, of columns times numbers, and the last is the matrix.
static bool factors_are_right(const Call *call, void *const *arguments, void *const *results) {
  const Array *matrix = &call->arguments[0], *left = &call->results[0];
  int last = call->result_count - 1;
  const Array *right = &call->results[last];
  // The factors aren't all there.
  if (last == 0) return true;
  int64_t k = extent(left, 1);
  for (int64_t index = 0; index < count_of(matrix); index++) {
    for (int64_t i = 0; i < extent(matrix, 2); i++) {
      for (int64_t j = 0; j < extent(matrix, 1); j++) {
        double sum = 0;
        for (int64_t l = 0; l < k; l++) {
          double scale = last == 1 ? 1 : element(matrix->dtype, results[1], index * k + l);
          sum += at(left, results[0], index, i, l) * scale * at(right, results[last], index, l, j);
        }
        if (!is_near(matrix, sum, at(matrix, arguments[0], index, i, j), 1)) return false;
      }
    }
  }
  return true;
}

const Maker matrix_makers[] = {
  {"tanren.gram.", make_gram, gram_is_right},
  {"tanren.ridge.", make_ridge, NULL},
  {"tanren.cholesky.", make_cholesky, NULL},
  {"tanren.positive_solve.", make_system, positive_solve_is_right},
  {"tanren.solve.", make_system, solve_is_right},
  {"tanren.eigh.", make_eigh, NULL},
  {"tanren.eigvals.", make_eigvals, NULL},
  {"tanren.svd.", make_svd, factors_are_right},
  {"tanren.qr.", make_qr, factors_are_right},
  {"tanren.lu.", make_lu, NULL},
  {NULL, NULL, NULL},
};
