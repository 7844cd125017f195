#include <stdlib.h>
#include <string.h>

#include "sparse.h"

enum { ROWS = TANREN_SPARSE_ROWS, COLUMNS = TANREN_SPARSE_COLUMNS, DEPTH = TANREN_SPARSE_DEPTH };

static bool can_permute(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

// What packing needs to know of 8 rows.
typedef struct {
  // How many entries of each row lie in each block of columns, and the most of any row.
  uint8_t *depth;
  uint8_t *deepest;
  // Where each block's groups stand.
  int64_t *group, *value;
} Scratch;

static void count_entries(const tanren_sparse *matrix, int64_t slice, Scratch *scratch) {
  int64_t blocks = (matrix->n + COLUMNS - 1) / COLUMNS;
  memset(scratch->depth, 0, blocks * ROWS);
  memset(scratch->deepest, 0, blocks);
  for (int64_t lane = 0; lane < ROWS && slice * ROWS + lane < matrix->n; lane++) {
    for (int64_t k = 0; k < matrix->counts[slice * ROWS + lane]; k++) {
      int64_t block = tanren_sparse_column(matrix, slice * ROWS + lane, k) / COLUMNS;
      uint8_t depth = ++scratch->depth[block * ROWS + lane];
      if (depth > scratch->deepest[block]) scratch->deepest[block] = depth;
    }
  }
}

// The values in the group of a block that begins at entry `done`.
static int64_t group_depth(int64_t deepest, int64_t done) { return deepest - done < DEPTH ? deepest - done : DEPTH; }

// How many groups of each depth 8 rows have.
static void count_groups(const tanren_sparse *matrix, const Scratch *scratch, int64_t counts[DEPTH]) {
  memset(counts, 0, DEPTH * sizeof *counts);
  for (int64_t block = 0; block * COLUMNS < matrix->n; block++) {
    for (int64_t done = 0; done < scratch->deepest[block]; done += DEPTH) {
      counts[group_depth(scratch->deepest[block], done) - 1]++;
    }
  }
}

static void fill(tanren_sparse *matrix, int64_t slice, Scratch *scratch) {
  int64_t counts[DEPTH], group[DEPTH], value[DEPTH];
  count_entries(matrix, slice, scratch);
  count_groups(matrix, scratch, counts);
  for (int64_t depth = 0; depth < DEPTH; depth++) {
    group[depth] = matrix->group_starts[slice * DEPTH + depth];
    value[depth] = depth == 0 ? matrix->value_starts[slice] : value[depth - 1] + counts[depth - 1] * depth;
  }
  for (int64_t block = 0; block * COLUMNS < matrix->n; block++) {
    for (int64_t done = 0; done < scratch->deepest[block]; done += DEPTH) {
      int64_t depth = group_depth(scratch->deepest[block], done) - 1;
      int64_t entry = block * (COLUMNS / DEPTH) + done / DEPTH;
      scratch->group[entry] = group[depth]++;
      scratch->value[entry] = value[depth];
      value[depth] += depth + 1;
      matrix->blocks[scratch->group[entry]] = (int32_t)block;
    }
  }
  memset(scratch->depth, 0, (matrix->n + COLUMNS - 1) / COLUMNS * ROWS);
  for (int64_t lane = 0; lane < ROWS && slice * ROWS + lane < matrix->n; lane++) {
    int64_t row = slice * ROWS + lane;
    for (int64_t k = 0; k < matrix->counts[row]; k++) {
      int64_t place = tanren_sparse_column(matrix, row, k), level = scratch->depth[place / COLUMNS * ROWS + lane]++;
      int64_t entry = place / COLUMNS * (COLUMNS / DEPTH) + level / DEPTH;
      matrix->packed[(scratch->value[entry] + level % DEPTH) * ROWS + lane] = matrix->values[row * matrix->width + k];
      matrix->places[scratch->group[entry] * ROWS + lane] |= (uint16_t)((place % COLUMNS) << (4 * (level % DEPTH)));
    }
  }
}

// Whether every row has each column once at most, which a block's 16 places are enough for.
static bool has_room(const tanren_sparse *matrix, Scratch *scratch) {
  for (int64_t slice = 0; slice * ROWS < matrix->n; slice++) {
    count_entries(matrix, slice, scratch);
    for (int64_t block = 0; block * COLUMNS < matrix->n; block++) {
      if (scratch->deepest[block] > COLUMNS) return false;
    }
  }
  return true;
}

static bool pack(tanren_sparse *matrix, Scratch *scratch) {
  int64_t slices = (matrix->n + ROWS - 1) / ROWS, values = 0, groups = 0;
  matrix->value_starts = calloc(slices + 1, sizeof *matrix->value_starts);
  matrix->group_starts = calloc(slices * DEPTH + 1, sizeof *matrix->group_starts);
  if (matrix->value_starts == NULL || matrix->group_starts == NULL) return false;
  for (int64_t slice = 0; slice < slices; slice++) {
    int64_t counts[DEPTH];
    count_entries(matrix, slice, scratch);
    count_groups(matrix, scratch, counts);
    matrix->value_starts[slice] = values;
    for (int64_t depth = 0; depth < DEPTH; depth++) {
      matrix->group_starts[slice * DEPTH + depth] = groups;
      groups += counts[depth];
      values += counts[depth] * (depth + 1);
    }
  }
  matrix->group_starts[slices * DEPTH] = groups;
  size_t size = (values + 1) * ROWS * sizeof *matrix->packed;
  matrix->packed = aligned_alloc(64, size);
  matrix->places = calloc(groups + 1, ROWS * sizeof *matrix->places);
  matrix->blocks = calloc(groups + 1, sizeof *matrix->blocks);
  if (matrix->packed == NULL || matrix->places == NULL || matrix->blocks == NULL) return false;
  memset(matrix->packed, 0, size);
  for (int64_t slice = 0; slice < slices; slice++) fill(matrix, slice, scratch);
  return true;
}

bool tanren_sparse_begin(
  tanren_sparse *matrix, const double *values, const int32_t *columns, int64_t n, int64_t width) {
  memset(matrix, 0, sizeof *matrix);
  matrix->n = n;
  matrix->width = width;
  matrix->values = values;
  matrix->columns = columns;
  matrix->counts = calloc(n + 1, sizeof *matrix->counts);
  if (matrix->counts == NULL) return false;
  for (int64_t row = 0; row < n; row++) {
    int64_t count = width;
    while (count > 0 && values[row * width + count - 1] == 0) count--;
    matrix->counts[row] = (int32_t)count;
  }
  if (!can_permute() || n > INT32_MAX - COLUMNS || width > UINT8_MAX * COLUMNS) return true;
  int64_t blocks = (n + COLUMNS - 1) / COLUMNS, entries = blocks * (COLUMNS / DEPTH);
  Scratch scratch = {
    calloc(blocks, ROWS), calloc(blocks, 1), calloc(entries, sizeof(int64_t)), calloc(entries, sizeof(int64_t))};
  bool is_ready = scratch.depth != NULL && scratch.deepest != NULL && scratch.group != NULL && scratch.value != NULL;
  if (is_ready && has_room(matrix, &scratch)) is_ready = pack(matrix, &scratch);
  free(scratch.depth);
  free(scratch.deepest);
  free(scratch.group);
  free(scratch.value);
  return is_ready;
}

void tanren_sparse_end(tanren_sparse *matrix) {
  free(matrix->counts);
  free(matrix->packed);
  free(matrix->places);
  free(matrix->blocks);
  free(matrix->value_starts);
  free(matrix->group_starts);
}
