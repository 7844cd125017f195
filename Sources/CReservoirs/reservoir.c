#include "reservoir_handlers.h"
#include "reservoir_loop.h"

// All steps of the state loop in one call, in float64 or float32.
//
// Arguments: values and columns [groups, n, k] (rows padded with zeros), drive [members, 1 or steps, n], state
// [members, n], mixing [members, 2] (what is kept of the state, what is taken of tanh), signals [members, steps, s] and
// their weights [members, s, n]. With a closed loop also feedback [members, outputs, n], readout
// [members, n + 1, outputs] (biases last), or [members, 2n + 1, outputs] with weights for the squares of the states after
// those for the states, and output [members, outputs].
// As many members share a group of weights as there are more of them: one for all, or one each, or one for some.
// Results: states [members, steps, n]; with a closed loop outputs [members, steps, outputs] and the last state
// [members, n].

typedef tanren_reservoir_loop Loop;

static bool is_of(int type, const XLA_FFI_Buffer *buffer, int64_t rank) {
  return buffer != NULL && buffer->rank == rank && buffer->dtype == type;
}

static bool has_extents(const XLA_FFI_Buffer *buffer, int64_t a, int64_t b, int64_t c) {
  return buffer->dims[0] == a && buffer->dims[1] == b && (buffer->rank == 2 || buffer->dims[2] == c);
}

// Reads and checks the arguments.
static bool read_loop(const XLA_FFI_CallFrame *frame, int type, Loop *loop) {
  loop->is_closed = tanren_has(frame, 10, 2);
  if (!loop->is_closed && !tanren_has(frame, 7, 1)) return false;
  const XLA_FFI_Buffer *values = tanren_argument(frame, 0), *columns = tanren_argument(frame, 1);
  const XLA_FFI_Buffer *drive = tanren_argument(frame, 2), *state = tanren_argument(frame, 3);
  const XLA_FFI_Buffer *mixing = tanren_argument(frame, 4), *signals = tanren_argument(frame, 5);
  const XLA_FFI_Buffer *weights = tanren_argument(frame, 6);
  if (!is_of(type, values, 3) || columns->rank != 3 || columns->dtype != XLA_FFI_DataType_S32 || !is_of(type, drive, 3) ||
      !is_of(type, state, 2) || !is_of(type, mixing, 2) || !is_of(type, signals, 3) || !is_of(type, weights, 3)) {
    return false;
  }
  loop->groups = values->dims[0];
  loop->width = values->dims[2];
  loop->values = values->data;
  loop->columns = columns->data;
  loop->members = drive->dims[0];
  loop->drive_steps = drive->dims[1];
  loop->n = drive->dims[2];
  loop->steps = signals->dims[1];
  loop->signals = signals->dims[2];
  loop->drive = drive->data;
  loop->state = state->data;
  loop->mixing = mixing->data;
  loop->signal = signals->data;
  loop->weights = weights->data;
  if (loop->groups < 1 || loop->members % loop->groups != 0 || values->dims[1] != loop->n ||
      (loop->drive_steps != 1 && loop->drive_steps != loop->steps) || signals->dims[0] != loop->members ||
      !has_extents(columns, loop->groups, loop->n, values->dims[2]) || !has_extents(state, loop->members, loop->n, 0) ||
      !has_extents(mixing, loop->members, 2, 0) || !has_extents(weights, loop->members, loop->signals, loop->n)) {
    return false;
  }
  const XLA_FFI_Buffer *first = tanren_result(frame, 0), *last = tanren_result(frame, 1);
  if (!loop->is_closed) {
    loop->states = first->data;
    return is_of(type, first, 3) && has_extents(first, loop->members, loop->steps, loop->n);
  }
  const XLA_FFI_Buffer *feedback = tanren_argument(frame, 7), *readout = tanren_argument(frame, 8);
  const XLA_FFI_Buffer *output = tanren_argument(frame, 9);
  if (!is_of(type, feedback, 3) || !is_of(type, readout, 3) || !is_of(type, output, 2)) return false;
  loop->outputs = feedback->dims[1];
  loop->rows = readout->dims[1];
  loop->feedback = feedback->data;
  loop->readout = readout->data;
  loop->output = output->data;
  loop->generated = first->data;
  loop->last = last->data;
  return has_extents(feedback, loop->members, loop->outputs, loop->n) &&
    (loop->rows == loop->n + 1 || loop->rows == 2 * loop->n + 1) &&
    has_extents(readout, loop->members, loop->rows, loop->outputs) &&
    has_extents(output, loop->members, loop->outputs, 0) && is_of(type, first, 3) &&
    has_extents(first, loop->members, loop->steps, loop->outputs) && is_of(type, last, 2) &&
    has_extents(last, loop->members, loop->n, 0);
}

XLA_FFI_Error *tanren_reservoir(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  const XLA_FFI_Buffer *values = tanren_argument(frame, 0);
  bool is_f32 = values != NULL && values->dtype == XLA_FFI_DataType_F32;
  Loop loop = {0};
  if (!read_loop(frame, is_f32 ? XLA_FFI_DataType_F32 : XLA_FFI_DataType_F64, &loop)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "reservoir: the arrays' types or extents don't fit");
  }
  if (is_f32 ? tanren_reservoir_run_f32(frame, &loop) : tanren_reservoir_run_f64(frame, &loop)) return NULL;
  return tanren_error(frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "reservoir: out of memory");
}
