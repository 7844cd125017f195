// The state loop of echo state networks: a sparse matrix times the state, what reaches the units from outside, tanh, a leaky
// mean.

#ifndef TANREN_RESERVOIR_LOOP_H
#define TANREN_RESERVOIR_LOOP_H

#include "frame.h"

// All members' arrays, as reservoir.c tells, of one element type.
typedef struct {
  int64_t members, groups, steps, n, width, outputs, signals;
  // Rows of the readout: n, and of one that also has weights for the squares of the states 2n, and the biases'.
  int64_t rows;
  // Steps that `drive` has: one for all, or each its own.
  int64_t drive_steps;
  bool is_closed;
  const int32_t *columns;
  const void *values, *drive, *state, *mixing, *signal, *weights, *feedback, *readout, *output;
  void *states, *generated, *last;
} tanren_reservoir_loop;

// All steps of all members. Returns whether there was memory for it.
bool tanren_reservoir_run_f64(const XLA_FFI_CallFrame *frame, const tanren_reservoir_loop *loop);
bool tanren_reservoir_run_f32(const XLA_FFI_CallFrame *frame, const tanren_reservoir_loop *loop);

#endif
