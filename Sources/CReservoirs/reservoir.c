#include <stdlib.h>

#include "reservoir_handlers.h"
#include "reservoir_loop.h"

// All steps of the state loop in one call.
//
// Arguments: values and columns [groups, n, k] (rows padded with zeros), drive [members, 1 or steps, n], state
// [members, n], mixing [members, 2] (what is kept of the state, what is taken of tanh), signals [members, steps, s] and
// their weights [members, s, n]. With a closed loop also feedback [members, outputs, n], readout
// [members, n + 1, outputs] (biases last) and output [members, outputs].
// As many members share a group of weights as there are more of them: one for all, or one each, or one for some.
// Results: states [members, steps, n]; with a closed loop outputs [members, steps, outputs] and the last state
// [members, n].

// Numbers in a matrix above which a second thread is worth its while.
enum { SHARED_SIZE = 10000 };

typedef tanren_reservoir_loop Loop;

// Number 0 leads; the other helps for as long as there is something to do.
static void share(void *context, int64_t index) {
  tanren_reservoir_member *member = context;
  if (index == 0) tanren_reservoir_lead(member, 0, false); else tanren_reservoir_help(member);
}

typedef struct {
  const Loop *loop;
  atomic_bool failed;
} Members;

typedef struct {
  tanren_sparse *matrices;
  const double *values;
  const int32_t *columns;
  int64_t n, width;
  atomic_bool failed;
} Preparation;

static void prepare_group(void *context, int64_t group) {
  Preparation *all = context;
  int64_t offset = group * all->n * all->width;
  if (!tanren_sparse_begin(&all->matrices[group], all->values + offset, all->columns + offset, all->n, all->width)) {
    atomic_store(&all->failed, true);
  }
}

static void one_member(void *context, int64_t member) {
  Members *members = context;
  tanren_reservoir_member state;
  if (!tanren_reservoir_begin(&state, members->loop, member)) {
    atomic_store(&members->failed, true);
    return;
  }
  tanren_reservoir_lead(&state, member, true);
  tanren_reservoir_end(&state);
}

static bool is_f64(const XLA_FFI_Buffer *buffer, int64_t rank) {
  return buffer != NULL && buffer->rank == rank && buffer->dtype == XLA_FFI_DataType_F64;
}

static bool has_extents(const XLA_FFI_Buffer *buffer, int64_t a, int64_t b, int64_t c) {
  return buffer->dims[0] == a && buffer->dims[1] == b && (buffer->rank == 2 || buffer->dims[2] == c);
}

// Reads and checks the arguments.
static bool read_loop(const XLA_FFI_CallFrame *frame, Loop *loop) {
  loop->is_closed = tanren_has(frame, 10, 2);
  if (!loop->is_closed && !tanren_has(frame, 7, 1)) return false;
  const XLA_FFI_Buffer *values = tanren_argument(frame, 0), *columns = tanren_argument(frame, 1);
  const XLA_FFI_Buffer *drive = tanren_argument(frame, 2), *state = tanren_argument(frame, 3);
  const XLA_FFI_Buffer *mixing = tanren_argument(frame, 4), *signals = tanren_argument(frame, 5);
  const XLA_FFI_Buffer *weights = tanren_argument(frame, 6);
  if (!is_f64(values, 3) || columns->rank != 3 || columns->dtype != XLA_FFI_DataType_S32 || !is_f64(drive, 3) ||
      !is_f64(state, 2) || !is_f64(mixing, 2) || !is_f64(signals, 3) || !is_f64(weights, 3)) {
    return false;
  }
  loop->groups = values->dims[0];
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
    return is_f64(first, 3) && has_extents(first, loop->members, loop->steps, loop->n);
  }
  const XLA_FFI_Buffer *feedback = tanren_argument(frame, 7), *readout = tanren_argument(frame, 8);
  const XLA_FFI_Buffer *output = tanren_argument(frame, 9);
  if (!is_f64(feedback, 3) || !is_f64(readout, 3) || !is_f64(output, 2)) return false;
  loop->outputs = feedback->dims[1];
  loop->feedback = feedback->data;
  loop->readout = readout->data;
  loop->output = output->data;
  loop->generated = first->data;
  loop->last = last->data;
  return has_extents(feedback, loop->members, loop->outputs, loop->n) &&
    has_extents(readout, loop->members, loop->n + 1, loop->outputs) &&
    has_extents(output, loop->members, loop->outputs, 0) && is_f64(first, 3) &&
    has_extents(first, loop->members, loop->steps, loop->outputs) && is_f64(last, 2) &&
    has_extents(last, loop->members, loop->n, 0);
}

XLA_FFI_Error *tanren_reservoir(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  Loop loop = {0};
  if (!read_loop(frame, &loop)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "reservoir: the arrays' types or extents don't fit");
  }
  int64_t width = tanren_argument(frame, 0)->dims[2];
  tanren_sparse *matrices = calloc(loop.groups, sizeof *matrices);
  Members members = {.loop = &loop};
  bool is_ready = matrices != NULL;
  if (is_ready) {
    Preparation preparation = {
      matrices, tanren_argument(frame, 0)->data, tanren_argument(frame, 1)->data, loop.n, width, false};
    tanren_parallel(frame, loop.groups, prepare_group, &preparation);
    is_ready = !atomic_load(&preparation.failed);
  }
  loop.matrices = matrices;
  if (is_ready && loop.members > 1) {
    tanren_parallel(frame, loop.members, one_member, &members);
  } else if (is_ready && loop.members == 1) {
    tanren_reservoir_member member;
    is_ready = tanren_reservoir_begin(&member, &loop, 0);
    if (is_ready) {
      // A second thread halves a step; more would spend their time waiting for each other.
      if (loop.n * width > SHARED_SIZE) tanren_parallel(frame, 2, share, &member); else tanren_reservoir_lead(&member, 0, true);
      tanren_reservoir_end(&member);
    }
  }
  for (int64_t g = 0; matrices != NULL && g < loop.groups; g++) tanren_sparse_end(&matrices[g]);
  free(matrices);
  if (is_ready && !atomic_load(&members.failed)) return NULL;
  return tanren_error(frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "reservoir: out of memory");
}
