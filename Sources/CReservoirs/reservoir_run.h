// All members' steps: what a file of one element type includes, once it has said
// - Number, the element type, and RUN, its function's name;
// - ROWS, the numbers of a register of 64 bytes, and COLUMNS, those of two;
// - DEPTH, the most values of a row in a group of columns, whose places take PLACE_BITS each in Places, and Index, an integer as
//   wide as Number;
// - LOADED(x, columns), ROWS numbers of x one by one, and LOOK_UP(low, places, high), the same from two registers;
// - what a group, each of its values, and a step in slices take, GROUP_TIME, VALUE_TIME and STEP_TIME.

#include "reservoir_steps.h"

// Numbers in a matrix above which a second thread is worth its while.
enum { SHARED_SIZE = 10000 };

// Number 0 leads; the other helps for as long as there is something to do.
static void share(void *context, int64_t index) {
  Member *member = context;
  if (index == 0) lead(member, 0, false); else help(member);
}

typedef struct {
  const Loop *loop;
  Sparse *matrices;
  atomic_bool has_failed;
} Run;

static void prepare_group(void *context, int64_t group) {
  Run *run = context;
  int64_t offset = group * run->loop->n * run->loop->width;
  const Number *values = run->loop->values;
  if (!sparse_begin(&run->matrices[group], values + offset, run->loop->columns + offset, run->loop->n, run->loop->width)) {
    atomic_store(&run->has_failed, true);
  }
}

static void one_member(void *context, int64_t index) {
  Run *run = context;
  Member member;
  if (!begin(&member, run->loop, run->matrices, index)) {
    atomic_store(&run->has_failed, true);
    return;
  }
  lead(&member, index, true);
  end(&member);
}

// Two threads, if there is enough to do.
static void only_member(const XLA_FFI_CallFrame *frame, Run *run) {
  Member member;
  if (run->loop->n * run->loop->width <= SHARED_SIZE) {
    one_member(run, 0);
  } else if (!begin(&member, run->loop, run->matrices, 0)) {
    atomic_store(&run->has_failed, true);
  } else {
    // A second thread halves a step; more would spend their time waiting for each other.
    tanren_parallel(frame, 2, share, &member);
    end(&member);
  }
}

bool RUN(const XLA_FFI_CallFrame *frame, const tanren_reservoir_loop *loop) {
  Run run = {.loop = loop, .matrices = calloc((size_t)loop->groups, sizeof *run.matrices)};
  if (run.matrices == NULL) return false;
  tanren_parallel(frame, loop->groups, prepare_group, &run);
  if (!atomic_load(&run.has_failed)) {
    if (loop->members == 1) only_member(frame, &run); else tanren_parallel(frame, loop->members, one_member, &run);
  }
  for (int64_t g = 0; g < loop->groups; g++) sparse_end(&run.matrices[g]);
  free(run.matrices);
  return !atomic_load(&run.has_failed);
}
