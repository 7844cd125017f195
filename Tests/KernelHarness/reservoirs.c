#include "harness.h"

// Calls of the state loop of reservoirs.

enum { F64 = XLA_FFI_DataType_F64 };

static void make_reservoir(Random *random, Call *call) {
  // Now and then large enough for a second thread.
  bool is_large = random_chance(random, 15);
  int64_t n = is_large ? random_between(random, 150, 260) : random_between(random, 1, 70);
  int64_t width = is_large ? random_between(random, 70, 90) : random_between(random, 1, n < 20 ? n : 20);
  int64_t groups = random_between(random, 1, 3), members = is_large ? 1 : groups * random_between(random, 1, 3);
  if (is_large) groups = 1;
  int64_t steps = random_between(random, 1, is_large ? 200 : 12), signals = random_between(random, 0, 3);
  bool is_closed = random_chance(random, 50);
  add_argument(call, F64, 3, DIMS(groups, n, width))->content = PADDED;
  Array *columns = add_argument(call, XLA_FFI_DataType_S32, 3, DIMS(groups, n, width));
  columns->content = PLACES;
  columns->bound = n;
  add_argument(call, F64, 3, DIMS(members, random_chance(random, 50) ? 1 : steps, n));
  add_argument(call, F64, 2, DIMS(members, n));
  add_argument(call, F64, 2, DIMS(members, 2))->content = POSITIVE;
  add_argument(call, F64, 3, DIMS(members, steps, signals));
  add_argument(call, F64, 3, DIMS(members, signals, n));
  if (!is_closed) {
    add_result(call, F64, 3, DIMS(members, steps, n));
    return;
  }
  int64_t outputs = random_between(random, 1, 3);
  add_argument(call, F64, 3, DIMS(members, outputs, n));
  add_argument(call, F64, 3, DIMS(members, n + 1, outputs));
  add_argument(call, F64, 2, DIMS(members, outputs));
  add_result(call, F64, 3, DIMS(members, steps, outputs));
  add_result(call, F64, 2, DIMS(members, n));
}

const Maker reservoir_makers[] = {
  {"tanren.reservoir.", make_reservoir, NULL},
  {NULL, NULL, NULL},
};
