#include <stdbool.h>
#include <stdlib.h>

#include "element.h"
#include "tile.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { ROWS = TILE_ROWS, PANELS = TILE_PANELS, COLUMNS = TILE_COLUMNS };

double *tanren_lines(int64_t count) {
  return aligned_alloc(64, ((size_t)count * sizeof(double) + 63) / 64 * 64);
}

TANREN_VECTORIZED static void plain_tile(
  const double *left, const double *const right[PANELS], int64_t depth, tanren_tile_use use, double *sum, int64_t stride) {
  double values[ROWS][COLUMNS] = {0};
  for (int64_t k = 0; k < depth; k++) {
    for (int i = 0; i < ROWS; i++) {
      for (int panel = 0; panel < PANELS; panel++) {
        for (int j = 0; j < ROWS; j++) {
          values[i][panel * ROWS + j] += left[k * ROWS + i] * right[panel][k * ROWS + j];
        }
      }
    }
  }
  for (int i = 0; i < ROWS; i++) {
    for (int j = 0; j < COLUMNS; j++) {
      double old = use == TILE_SET ? 0 : sum[i * stride + j];
      sum[i * stride + j] = use == TILE_SUBTRACT ? old - values[i][j] : old + values[i][j];
    }
  }
}

#if defined(__x86_64__)
// 24 of the 32 registers hold the sums.
__attribute__((target("avx512f"))) static void wide_tile(
  const double *left, const double *const right[PANELS], int64_t depth, tanren_tile_use use, double *sum, int64_t stride) {
  __m512d sums[ROWS][PANELS];
  const double *first = right[0], *second = right[1], *third = right[2];
#pragma clang loop unroll(full)
  for (int i = 0; i < ROWS; i++) sums[i][0] = sums[i][1] = sums[i][2] = _mm512_setzero_pd();
  for (int64_t k = 0; k < depth * ROWS; k += ROWS) {
    __m512d a = _mm512_load_pd(first + k), b = _mm512_load_pd(second + k), c = _mm512_load_pd(third + k);
#pragma clang loop unroll(full)
    for (int i = 0; i < ROWS; i++) {
      __m512d factor = _mm512_set1_pd(left[k + i]);
      sums[i][0] = _mm512_fmadd_pd(a, factor, sums[i][0]);
      sums[i][1] = _mm512_fmadd_pd(b, factor, sums[i][1]);
      sums[i][2] = _mm512_fmadd_pd(c, factor, sums[i][2]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < ROWS; i++) {
#pragma clang loop unroll(full)
    for (int panel = 0; panel < PANELS; panel++) {
      double *place = sum + i * stride + panel * ROWS;
      __m512d old = use == TILE_SET ? _mm512_setzero_pd() : _mm512_loadu_pd(place);
      _mm512_storeu_pd(place, use == TILE_SUBTRACT ? _mm512_sub_pd(old, sums[i][panel]) : _mm512_add_pd(old, sums[i][panel]));
    }
  }
}
#endif

static void whole_tile(
  const double *left, const double *const right[PANELS], int64_t depth, tanren_tile_use use, double *sum, int64_t stride) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) {
    wide_tile(left, right, depth, use, sum, stride);
    return;
  }
#endif
  plain_tile(left, right, depth, use, sum, stride);
}

void tanren_tile(
  const double *left, const double *const right[PANELS], int64_t depth, tanren_tile_use use, double *sum, int64_t stride,
  int64_t rows, int64_t columns) {
  if (rows == ROWS && columns == COLUMNS) {
    whole_tile(left, right, depth, use, sum, stride);
    return;
  }
  _Alignas(64) double values[ROWS * COLUMNS] = {0};
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns && use != TILE_SET; j++) values[i * COLUMNS + j] = sum[i * stride + j];
  }
  whole_tile(left, right, depth, use, values, COLUMNS);
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) sum[i * stride + j] = values[i * COLUMNS + j];
  }
}
