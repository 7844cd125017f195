// The state loop of echo state networks in float64: a sparse matrix times the state, what reaches the units from
// outside, tanh, a leaky mean.

#ifndef TANREN_RESERVOIR_LOOP_H
#define TANREN_RESERVOIR_LOOP_H

#include <stdatomic.h>

#include "sparse.h"

// All members' arrays, as reservoir.c tells.
typedef struct {
  int64_t members, steps, n, outputs, signals;
  // Steps that `drive` has: one for all, or each its own.
  int64_t drive_steps;
  bool is_closed;
  const double *drive, *state, *mixing, *signal, *weights, *feedback, *readout, *output;
  const tanren_sparse *matrices;
  int64_t groups;
  double *states, *generated, *last;
} tanren_reservoir_loop;

// One member on its way, and what its two threads tell each other.
typedef struct {
  const tanren_reservoir_loop *loop;
  const tanren_sparse *matrix;
  // What the current step reads and writes; `states` is NULL where the states aren't kept.
  const double *drive, *signal, *weights, *feedback;
  double *x, *next, *states;
  // Working memory: sums [n], the readout by outputs [outputs, n + 1], the outputs, and the two halves' parts of these.
  double *sums, *readout, *z, *parts;
  double kept, taken;
  // The rows of the first half.
  int64_t middle;
  // What the leading thread wants, and what the other has done of it.
  _Alignas(64) atomic_uint_fast64_t order;
  _Alignas(64) atomic_uint_fast64_t answer;
} tanren_reservoir_member;

// Returns whether there was memory for it.
bool tanren_reservoir_begin(tanren_reservoir_member *member, const tanren_reservoir_loop *loop, int64_t index);
void tanren_reservoir_end(tanren_reservoir_member *member);

// All steps of member `index`, alone or with whoever calls `tanren_reservoir_help` meanwhile.
void tanren_reservoir_lead(tanren_reservoir_member *member, int64_t index, bool is_alone);
void tanren_reservoir_help(tanren_reservoir_member *member);

#endif
