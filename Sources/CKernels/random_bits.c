#include <stdint.h>
#include <string.h>

#include "element.h"
#include "handlers.h"

// Random bits by Threefry-2x32 with 20 rounds (J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011,
// https://doi.org/10.1145/2063384.2063405): those that XLA's `rng_bit_generator` draws with THREE_FRY.

#define ROUND(distance)                         \
  a += b;                                       \
  b = (b << (distance) | b >> (32 - (distance))) ^ a;

#define ROUNDS_A ROUND(13) ROUND(15) ROUND(26) ROUND(6)
#define ROUNDS_B ROUND(17) ROUND(29) ROUND(16) ROUND(24)
#define ADD_KEY(first, second, number) \
  a += k[first];                       \
  b += k[second] + number;

// Both words of the counters from `first` on.
TANREN_FORMS(void, threefry,
  (uint64_t key, uint64_t first, int64_t count, uint32_t *restrict low, uint32_t *restrict high),
  (key, first, count, low, high)) {
  const uint32_t k[3] = {(uint32_t)key, (uint32_t)(key >> 32), 0x1bd11bda ^ (uint32_t)key ^ (uint32_t)(key >> 32)};
  for (int64_t i = 0; i < count; i++) {
    uint64_t counter = first + (uint64_t)i;
    uint32_t a = (uint32_t)counter + k[0], b = (uint32_t)(counter >> 32) + k[1];
    ROUNDS_A ADD_KEY(1, 2, 1) ROUNDS_B ADD_KEY(2, 0, 2) ROUNDS_A ADD_KEY(0, 1, 3) ROUNDS_B ADD_KEY(1, 2, 4) ROUNDS_A
    ADD_KEY(2, 0, 5)
    low[i] = a;
    high[i] = b;
  }
}

// Counters of a block, and the draws from which on these are divided among threads.
enum { BLOCK = 1 << 10, WORTH_THREADS = 1 << 14 };

typedef struct {
  const uint64_t *states;
  char *result;
  bool is_wide;
  // Of one state: results and counters, and the blocks of these.
  int64_t results, counters, blocks;
  // Narrow results take both words of a counter. They lie in [outer, extent, inner], and the words of a counter in rows of
  // the middle axis that follow each other; an odd extent has no place for the last row's second words.
  int64_t extent, inner;
} Draws;

static void store_narrow(
  const Draws *all, uint32_t *result, int64_t first, int64_t count, const uint32_t *low, const uint32_t *high) {
  int64_t pairs = (all->extent + 1) / 2, inner = all->inner;
  if (inner == 1 && all->extent % 2 == 0) {
    for (int64_t i = 0; i < count; i++) {
      result[2 * (first + i)] = low[i];
      result[2 * (first + i) + 1] = high[i];
    }
    return;
  }
  for (int64_t i = 0; i < count;) {
    int64_t pair = (first + i) / inner, column = (first + i) % inner, row = pair % pairs * 2;
    int64_t run = tanren_least(inner - column, count - i);
    uint32_t *place = result + (pair / pairs * all->extent + row) * inner + column;
    memcpy(place, low + i, run * sizeof *low);
    if (row + 1 < all->extent) memcpy(place + inner, high + i, run * sizeof *high);
    i += run;
  }
}

static void draw_block(void *context, int64_t index) {
  const Draws *all = context;
  int64_t draw = index / all->blocks, first = index % all->blocks * BLOCK;
  int64_t count = tanren_least(BLOCK, all->counters - first);
  const uint64_t *state = all->states + 2 * draw;
  uint32_t low[BLOCK], high[BLOCK];
  threefry(state[0], state[1] + (uint64_t)first, count, low, high);
  if (all->is_wide) {
    uint64_t *result = (uint64_t *)all->result + draw * all->results + first;
    for (int64_t i = 0; i < count; i++) result[i] = low[i] | (uint64_t)high[i] << 32;
  } else {
    store_narrow(all, (uint32_t *)all->result + draw * all->results, first, count, low, high);
  }
}

// The axis that counters' two words share: the first of even extent, otherwise the first of the longest.
static int64_t shared_axis(const int64_t *extents, int64_t rank) {
  int64_t longest = 0;
  for (int64_t axis = 0; axis < rank; axis++) {
    if (extents[axis] % 2 == 0) return axis;
    if (extents[axis] > extents[longest]) longest = axis;
  }
  return longest;
}

static bool are_states(const XLA_FFI_Buffer *array) {
  return array->dtype == XLA_FFI_DataType_U64 && array->rank >= 1 && array->dims[array->rank - 1] == 2;
}

// Argument: states [states..., 2], each a key and a counter. Result: 32 or 64 bits each, [states..., extents...].
XLA_FFI_Error *tanren_random_bits(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  const XLA_FFI_Buffer *states = tanren_argument(frame, 0), *result = tanren_result(frame, 0);
  bool is_sound = tanren_has(frame, 1, 1) && are_states(states) && result->rank >= states->rank - 1 &&
    (result->dtype == XLA_FFI_DataType_U32 || result->dtype == XLA_FFI_DataType_U64) &&
    memcmp(result->dims, states->dims, (size_t)(states->rank - 1) * sizeof *states->dims) == 0;
  if (!is_sound) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "random bits: the arrays' types or extents don't fit");
  }
  int64_t draws = tanren_element_count(states) / 2, elements = tanren_element_count(result);
  if (elements == 0) return NULL;
  Draws all = {
    .states = states->data,
    .result = result->data,
    .is_wide = result->dtype == XLA_FFI_DataType_U64,
    .results = elements / draws,
    .extent = 1,
    .inner = 1};
  all.counters = all.results;
  if (!all.is_wide) {
    const int64_t *extents = result->dims + states->rank - 1;
    int64_t rank = result->rank - states->rank + 1, axis = shared_axis(extents, rank);
    if (rank > 0) all.extent = extents[axis];
    for (int64_t later = axis + 1; later < rank; later++) all.inner *= extents[later];
    all.counters = all.results / all.extent * ((all.extent + 1) / 2);
  }
  all.blocks = (all.counters + BLOCK - 1) / BLOCK;
  bool is_shared = draws * all.counters >= WORTH_THREADS;
  tanren_parallel(is_shared ? frame : NULL, draws * all.blocks, draw_block, &all);
  return NULL;
}

// Arguments: states [states..., 2], and a number for each. Result: the state that is derived from each by its number: the wide
// bits that the number counts to under another key, as the key, and the counter 0.
XLA_FFI_Error *tanren_folded_key(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  const XLA_FFI_Buffer *states = tanren_argument(frame, 0), *numbers = tanren_argument(frame, 1);
  bool is_sound = tanren_has(frame, 2, 1) && are_states(states) && tanren_has_type_of(tanren_result(frame, 0), states) &&
    numbers->dtype == XLA_FFI_DataType_U64 && numbers->rank == states->rank - 1 &&
    memcmp(numbers->dims, states->dims, (size_t)numbers->rank * sizeof *numbers->dims) == 0;
  if (!is_sound) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a folded key: the arrays' types or extents don't fit");
  }
  const uint64_t *state = states->data, *number = numbers->data;
  uint64_t *result = tanren_result(frame, 0)->data;
  for (int64_t i = 0; i < tanren_element_count(numbers); i++) {
    uint32_t low, high;
    threefry(state[2 * i] ^ 0x9e3779b97f4a7c15, number[i], 1, &low, &high);
    result[2 * i] = low | (uint64_t)high << 32;
    result[2 * i + 1] = 0;
  }
  return NULL;
}
