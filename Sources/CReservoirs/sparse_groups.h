// How groups are filled.

#ifndef TANREN_SPARSE_GROUPS_H
#define TANREN_SPARSE_GROUPS_H

#include "sparse.h"

#if defined(__x86_64__)

// Groups that a block of columns can have.
enum { MOST_GROUPS = (COLUMNS + DEPTH - 1) / DEPTH };

// What packing needs to know of ROWS rows.
typedef struct {
  // How many entries of each row lie in each block of columns, and the most of any row.
  uint8_t *depth;
  uint8_t *deepest;
  // Where each block's groups stand.
  int64_t *group, *value;
} Scratch;

static void count_entries(const Sparse *matrix, int64_t slice, Scratch *scratch) {
  int64_t blocks = (matrix->n + COLUMNS - 1) / COLUMNS;
  memset(scratch->depth, 0, blocks * ROWS);
  memset(scratch->deepest, 0, blocks);
  for (int64_t lane = 0; lane < ROWS && slice * ROWS + lane < matrix->n; lane++) {
    for (int64_t k = 0; k < matrix->counts[slice * ROWS + lane]; k++) {
      int64_t block = sparse_column(matrix, slice * ROWS + lane, k) / COLUMNS;
      uint8_t depth = ++scratch->depth[block * ROWS + lane];
      if (depth > scratch->deepest[block]) scratch->deepest[block] = depth;
    }
  }
}

// The values in the group of a block that begins at entry `done`.
static int64_t group_depth(int64_t deepest, int64_t done) { return deepest - done < DEPTH ? deepest - done : DEPTH; }

// How many groups of each depth ROWS rows have.
static void count_groups(const Sparse *matrix, const Scratch *scratch, int64_t counts[DEPTH]) {
  memset(counts, 0, DEPTH * sizeof *counts);
  for (int64_t block = 0; block * COLUMNS < matrix->n; block++) {
    for (int64_t done = 0; done < scratch->deepest[block]; done += DEPTH) {
      counts[group_depth(scratch->deepest[block], done) - 1]++;
    }
  }
}

static void fill(Sparse *matrix, int64_t slice, Scratch *scratch) {
  int64_t counts[DEPTH], group[DEPTH], value[DEPTH];
  count_entries(matrix, slice, scratch);
  count_groups(matrix, scratch, counts);
  for (int64_t depth = 0; depth < DEPTH; depth++) {
    group[depth] = matrix->groups.group_starts[slice * DEPTH + depth];
    value[depth] = depth == 0 ? matrix->groups.value_starts[slice] : value[depth - 1] + counts[depth - 1] * depth;
  }
  for (int64_t block = 0; block * COLUMNS < matrix->n; block++) {
    for (int64_t done = 0; done < scratch->deepest[block]; done += DEPTH) {
      int64_t depth = group_depth(scratch->deepest[block], done) - 1;
      int64_t entry = block * MOST_GROUPS + done / DEPTH;
      scratch->group[entry] = group[depth]++;
      scratch->value[entry] = value[depth];
      value[depth] += depth + 1;
      matrix->groups.blocks[scratch->group[entry]] = (int32_t)block;
    }
  }
  memset(scratch->depth, 0, (matrix->n + COLUMNS - 1) / COLUMNS * ROWS);
  for (int64_t lane = 0; lane < ROWS && slice * ROWS + lane < matrix->n; lane++) {
    int64_t row = slice * ROWS + lane;
    for (int64_t k = 0; k < matrix->counts[row]; k++) {
      int64_t place = sparse_column(matrix, row, k), level = scratch->depth[place / COLUMNS * ROWS + lane]++;
      int64_t entry = place / COLUMNS * MOST_GROUPS + level / DEPTH;
      matrix->groups.values[(scratch->value[entry] + level % DEPTH) * ROWS + lane] = matrix->values[row * matrix->width + k];
      matrix->groups.places[scratch->group[entry] * ROWS + lane] |=
        (Places)(place % COLUMNS) << (PLACE_BITS * (level % DEPTH));
    }
  }
}

// Whether every row has each column once at most, which a block's places are enough for.
static bool has_room(const Sparse *matrix, Scratch *scratch) {
  for (int64_t slice = 0; slice * ROWS < matrix->n; slice++) {
    count_entries(matrix, slice, scratch);
    for (int64_t block = 0; block * COLUMNS < matrix->n; block++) {
      if (scratch->deepest[block] > COLUMNS) return false;
    }
  }
  return true;
}

// Counts the groups and their values. Returns whether there was memory.
static bool count_all(Sparse *matrix, Scratch *scratch) {
  Groups *groups = &matrix->groups;
  int64_t slices = (matrix->n + ROWS - 1) / ROWS;
  groups->value_starts = calloc(slices + 1, sizeof *groups->value_starts);
  groups->group_starts = calloc(slices * DEPTH + 1, sizeof *groups->group_starts);
  if (groups->value_starts == NULL || groups->group_starts == NULL) return false;
  for (int64_t slice = 0; slice < slices; slice++) {
    int64_t counts[DEPTH], *starts = groups->group_starts + slice * DEPTH;
    count_entries(matrix, slice, scratch);
    count_groups(matrix, scratch, counts);
    groups->value_starts[slice + 1] = groups->value_starts[slice];
    for (int64_t depth = 0; depth < DEPTH; depth++) {
      starts[depth + 1] = starts[depth] + counts[depth];
      groups->value_starts[slice + 1] += counts[depth] * (depth + 1);
    }
  }
  return true;
}

// Whether groups take less time than slices, by the times that the element type's file has.
static bool pays(const Sparse *matrix) {
  int64_t slices = (matrix->n + ROWS - 1) / ROWS, steps = matrix->slices.starts[slices * matrix->slices.panels];
  return GROUP_TIME * matrix->groups.group_starts[slices * DEPTH] + VALUE_TIME * matrix->groups.value_starts[slices] <
    STEP_TIME * steps;
}

static bool pack(Sparse *matrix, Scratch *scratch) {
  Groups *groups = &matrix->groups;
  int64_t slices = (matrix->n + ROWS - 1) / ROWS, count = groups->group_starts[slices * DEPTH];
  size_t size = (size_t)(groups->value_starts[slices] + 1) * ROWS * sizeof *groups->values;
  groups->values = aligned_alloc(64, size);
  groups->places = calloc(count + 1, ROWS * sizeof *groups->places);
  groups->blocks = calloc(count + 1, sizeof *groups->blocks);
  if (groups->values == NULL || groups->places == NULL || groups->blocks == NULL) return false;
  memset(groups->values, 0, size);
  for (int64_t slice = 0; slice < slices; slice++) fill(matrix, slice, scratch);
  matrix->is_grouped = true;
  return true;
}

// Fills groups if they take less time than the slices, whose starts are there. Returns whether there was memory.
static bool groups_begin(Sparse *matrix) {
  int64_t n = matrix->n, blocks = (n + COLUMNS - 1) / COLUMNS, entries = blocks * MOST_GROUPS;
  bool is_possible = tanren_instruction_set() == TANREN_AVX512;
  if (!is_possible || n > INT32_MAX - COLUMNS || matrix->width > UINT8_MAX * COLUMNS) return true;
  Scratch scratch = {
    calloc(blocks, ROWS), calloc(blocks, 1), calloc(entries, sizeof(int64_t)), calloc(entries, sizeof(int64_t))};
  bool is_ready = scratch.depth != NULL && scratch.deepest != NULL && scratch.group != NULL && scratch.value != NULL;
  if (is_ready && has_room(matrix, &scratch)) {
    is_ready = count_all(matrix, &scratch) && (!pays(matrix) || pack(matrix, &scratch));
  }
  free(scratch.depth);
  free(scratch.deepest);
  free(scratch.group);
  free(scratch.value);
  return is_ready;
}

#else

static bool groups_begin(Sparse *matrix) {
  (void)matrix;
  return true;
}

#endif

#endif
