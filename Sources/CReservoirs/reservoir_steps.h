// A member's way through the steps, by one thread or two.

#ifndef TANREN_RESERVOIR_STEPS_H
#define TANREN_RESERVOIR_STEPS_H

#include <stdatomic.h>

#include "pause.h"
#include "quick_tanh.h"
#include "reservoir_loop.h"
#include "sparse_rows.h"
#include "vectors.h"

typedef tanren_reservoir_loop Loop;

// One member on its way, and what its two threads tell each other.
typedef struct {
  const Loop *loop;
  const Sparse *matrix;
  // What the current step reads and writes; `states` is NULL where the states aren't kept.
  const Number *drive, *signal, *weights, *feedback;
  Number *x, *next, *states;
  // Working memory: sums [n], the readout by outputs [outputs, rows], the outputs, and the two halves' parts of these.
  Number *sums, *readout, *z, *parts;
  Number kept, taken;
  // The rows of the first half.
  int64_t middle;
  // What the leading thread wants, and what the other has done of it.
  _Alignas(64) atomic_uint_fast64_t order;
  _Alignas(64) atomic_uint_fast64_t answer;
} Member;

enum {
  // Rows between whose product and tanh the sums stay in the first cache.
  STRETCH = 128,
  // Steps that are done alone after the helper was kept from its half, as on a machine that is busy with other things.
  RETREAT = 50,
};

// An order that ends the help; others are numbered, and the lowest bit says whether it is a question only.
static const uint64_t OVER = UINT64_MAX;

TANREN_FORMS(void, mix_rows,
  (Number *restrict next, const Number *restrict sums, const Number *restrict drive, const Number *restrict x,
  Number kept, Number taken, int64_t count),
  (next, sums, drive, x, kept, taken, count)) {
#pragma clang loop vectorize_width(ROWS) interleave_count(2)
  for (int64_t i = 0; i < count; i++) next[i] = kept * x[i] + taken * quick_tanh(sums[i] + drive[i]);
}

// A step's rows of one half. Which thread does it doesn't change a bit.
static void do_half(Member *member, bool is_second) {
  const Loop *loop = member->loop;
  int64_t n = loop->n, begin = is_second ? member->middle : 0, end = is_second ? n : member->middle;
  for (int64_t first = begin; first < end; first += STRETCH) {
    int64_t limit = first + STRETCH < end ? first + STRETCH : end, count = limit - first;
    Number *sums = member->sums + first;
    sparse_rows(member->matrix, member->x, member->sums, first, limit);
    for (int64_t k = 0; k < loop->signals; k++) add_scaled(sums, member->weights + k * n + first, member->signal[k], count);
    for (int64_t o = 0; o < loop->outputs; o++) add_scaled(sums, member->feedback + o * n + first, member->z[o], count);
    mix_rows(member->next + first, sums, member->drive + first, member->x + first, member->kept, member->taken, count);
  }
  if (member->states != NULL) memcpy(member->states + begin, member->next + begin, (size_t)(end - begin) * sizeof(Number));
  Number *parts = member->parts + (is_second ? loop->outputs : 0);
  for (int64_t o = 0; o < loop->outputs; o++) {
    const Number *readout = member->readout + o * loop->rows + begin;
    parts[o] = inner_product(readout, member->next + begin, end - begin);
    if (loop->rows > n + 1) parts[o] += inner_squares(readout + n, member->next + begin, end - begin);
  }
}

// The leading thread's idea of the other.
typedef struct {
  enum { ALONE, ASKING, SHARED } state;
  uint64_t number;
  int64_t retreat;
} Help;

static void do_step(Member *member, int64_t step, Help *help) {
  if (help->state == ALONE && step >= help->retreat) {
    atomic_store_explicit(&member->order, ++help->number << 1 | 1, memory_order_release);
    help->state = ASKING;
  } else if (help->state == ASKING && atomic_load_explicit(&member->answer, memory_order_acquire) == help->number) {
    help->state = SHARED;
  }
  if (help->state != SHARED) {
    do_half(member, false);
    do_half(member, true);
    return;
  }
  atomic_store_explicit(&member->order, ++help->number << 1, memory_order_release);
  do_half(member, false);
  int64_t spins = 0;
  for (; atomic_load_explicit(&member->answer, memory_order_acquire) != help->number; spins++) tanren_pause(spins);
  if (spins >= TANREN_PATIENCE) *help = (Help){ALONE, help->number, step + RETREAT};
}

static void help(Member *member) {
  uint64_t last = 0, order;
  for (int64_t spins = 0; (order = atomic_load_explicit(&member->order, memory_order_acquire)) != OVER; spins++) {
    if (order != last) {
      if ((order & 1) == 0) do_half(member, true);
      atomic_store_explicit(&member->answer, order >> 1, memory_order_release);
      last = order;
      spins = 0;
    }
    tanren_pause(spins);
  }
}

// All steps of member `index`, alone or with whoever calls `help` meanwhile.
static void lead(Member *member, int64_t index, bool is_alone) {
  const Loop *loop = member->loop;
  const Number *output = loop->output, *readout = loop->readout, *drive = loop->drive, *signal = loop->signal;
  Number *states = loop->states, *generated = loop->generated;
  int64_t n = loop->n, outputs = loop->outputs, rows = loop->rows;
  memcpy(member->x, (const Number *)loop->state + index * n, (size_t)n * sizeof(Number));
  for (int64_t o = 0; o < outputs; o++) {
    member->z[o] = output[index * outputs + o];
    for (int64_t i = 0; i < rows; i++) member->readout[o * rows + i] = readout[(index * rows + i) * outputs + o];
  }
  Help help = {ALONE, 0, is_alone ? loop->steps : 0};
  for (int64_t step = 0; step < loop->steps; step++) {
    int64_t place = index * loop->steps + step;
    member->drive = drive + (loop->drive_steps == 1 ? index : place) * n;
    member->signal = signal + place * loop->signals;
    member->states = loop->is_closed ? NULL : states + place * n;
    do_step(member, step, &help);
    Number *old = member->x;
    member->x = member->next;
    member->next = old;
    for (int64_t o = 0; o < outputs; o++) {
      member->z[o] = member->parts[o] + member->parts[outputs + o] + member->readout[o * rows + rows - 1];
      generated[place * outputs + o] = member->z[o];
    }
  }
  if (loop->is_closed) memcpy((Number *)loop->last + index * n, member->x, (size_t)n * sizeof(Number));
  atomic_store_explicit(&member->order, OVER, memory_order_release);
}

// Returns whether there was memory for it.
static bool begin(Member *member, const Loop *loop, const Sparse *matrices, int64_t index) {
  const Number *weights = loop->weights, *feedback = loop->feedback, *mixing = loop->mixing;
  int64_t n = loop->n, padded = (n + 63) / 64 * 64;
  int64_t count = 3 * padded + loop->outputs * (loop->rows + 3);
  Number *memory = aligned_alloc(64, ((size_t)count * sizeof(Number) + 63) / 64 * 64);
  if (memory == NULL) return false;
  memset(memory, 0, (size_t)count * sizeof(Number));
  memset(member, 0, sizeof *member);
  member->loop = loop;
  member->matrix = &matrices[index * loop->groups / loop->members];
  member->weights = weights + index * loop->signals * n;
  member->feedback = loop->is_closed ? feedback + index * loop->outputs * n : NULL;
  member->x = memory;
  member->next = memory + padded;
  member->sums = memory + 2 * padded;
  member->readout = memory + 3 * padded;
  member->z = member->readout + loop->outputs * loop->rows;
  member->parts = member->z + loop->outputs;
  member->kept = mixing[2 * index];
  member->taken = mixing[2 * index + 1];
  // Rows are divided where the matrix may be.
  member->middle = (n + SCOPE) / (2 * SCOPE) * SCOPE;
  atomic_init(&member->order, 0);
  atomic_init(&member->answer, 0);
  return true;
}

static void end(Member *member) {
  free(member->x < member->next ? member->x : member->next);
}

#endif
