#include <math.h>
#include <string.h>

#include "harness.h"

// Calls of the state loop of reservoirs.

enum { F32 = XLA_FFI_DataType_F32, F64 = XLA_FFI_DataType_F64 };

static void make_reservoir(Random *random, Call *call) {
  // Now and then large enough for a second thread.
  bool is_large = random_chance(random, 15);
  int64_t n = is_large ? random_between(random, 150, 260) : random_between(random, 1, random_chance(random, 30) ? 200 : 70);
  int64_t width = is_large ? random_between(random, 70, 90) : random_between(random, 1, n < 20 ? n : 20);
  int64_t groups = random_between(random, 1, 3), members = is_large ? 1 : groups * random_between(random, 1, 3);
  if (is_large) groups = 1;
  int64_t steps = random_between(random, 1, is_large ? 200 : 12), signals = random_between(random, 0, 3);
  bool is_closed = random_chance(random, 50);
  int type = random_chance(random, 50) ? F32 : F64;
  add_argument(call, type, 3, DIMS(groups, n, width))->content = PADDED;
  Array *columns = add_argument(call, XLA_FFI_DataType_S32, 3, DIMS(groups, n, width));
  columns->content = PLACES;
  columns->bound = n;
  add_argument(call, type, 3, DIMS(members, random_chance(random, 50) ? 1 : steps, n));
  add_argument(call, type, 2, DIMS(members, n));
  add_argument(call, type, 2, DIMS(members, 2))->content = POSITIVE;
  add_argument(call, type, 3, DIMS(members, steps, signals));
  add_argument(call, type, 3, DIMS(members, signals, n));
  if (!is_closed) {
    add_result(call, type, 3, DIMS(members, steps, n));
    return;
  }
  int64_t outputs = random_between(random, 1, 3);
  add_argument(call, type, 3, DIMS(members, outputs, n));
  // With weights for the squares of the states, or without.
  add_argument(call, type, 3, DIMS(members, (random_chance(random, 30) ? 2 * n : n) + 1, outputs));
  add_argument(call, type, 2, DIMS(members, outputs));
  add_result(call, type, 3, DIMS(members, steps, outputs));
  add_result(call, type, 2, DIMS(members, n));
}

enum { MOST_UNITS = 300, MOST_OUTPUTS = 3 };

typedef struct {
  const Call *call;
  void *const *arguments;
  int type;
  int64_t member, n, width, signals, steps, outputs;
} Network;

// The element of an argument whose first axis may be one for several members.
static double at(const Network *network, int argument, int64_t index) {
  const Call *call = network->call;
  int64_t size = 1, members = call->arguments[3].dims[0];
  const Array *array = &call->arguments[argument];
  for (int64_t axis = 1; axis < array->rank; axis++) size *= array->dims[axis];
  int64_t group = network->member * array->dims[0] / members;
  return element(network->type, network->arguments[argument], group * size + index);
}

// A step of a network by plain loops.
static void do_step(const Network *network, int64_t step, const double *x, const double *z, double *next) {
  int64_t n = network->n, group = network->member * network->call->arguments[1].dims[0] / network->call->arguments[3].dims[0];
  const int32_t *columns = (const int32_t *)network->arguments[1] + group * n * network->width;
  int64_t drive_step = network->call->arguments[2].dims[1] == 1 ? 0 : step;
  for (int64_t i = 0; i < n; i++) {
    double sum = at(network, 2, drive_step * n + i);
    for (int64_t k = 0; k < network->width; k++) {
      int64_t column = ((columns[i * network->width + k] % n) + n) % n;
      sum += at(network, 0, i * network->width + k) * x[column];
    }
    for (int64_t s = 0; s < network->signals; s++) {
      sum += at(network, 5, step * network->signals + s) * at(network, 6, s * n + i);
    }
    for (int64_t o = 0; o < network->outputs; o++) sum += z[o] * at(network, 7, o * n + i);
    next[i] = at(network, 4, 0) * x[i] + at(network, 4, 1) * tanh(sum);
  }
}

static bool is_near(const Network *network, double value, double expected) {
  double tolerance = network->type == F64 ? 1e-9 : network->outputs > 0 ? 1e-2 : 1e-4;
  return fabs(value - expected) <= tolerance * (1 + fabs(expected));
}

// States that are known follow from each other; outputs are compared for a few steps, since rounding grows from step to step.
static bool is_reservoir(const Call *call, void *const *arguments, void *const *results) {
  bool is_closed = call->argument_count == 10;
  const int64_t *dims = call->arguments[0].dims;
  Network network = {
    call, arguments, call->arguments[0].dtype, 0, dims[1], dims[2], call->arguments[5].dims[2], call->arguments[5].dims[1],
    is_closed ? call->arguments[7].dims[1] : 0};
  int64_t n = network.n, compared = network.type == F64 ? 6 : 2;
  for (; network.member < call->arguments[3].dims[0]; network.member++) {
    double x[MOST_UNITS], next[MOST_UNITS], z[MOST_OUTPUTS];
    for (int64_t i = 0; i < n; i++) x[i] = at(&network, 3, i);
    for (int64_t o = 0; o < network.outputs; o++) z[o] = at(&network, 9, o);
    for (int64_t step = 0; step < network.steps && !(is_closed && step == compared); step++) {
      do_step(&network, step, x, z, next);
      memcpy(x, next, (size_t)n * sizeof *x);
      int64_t place = network.member * network.steps + step;
      for (int64_t i = 0; i < n && !is_closed; i++) {
        double state = element(network.type, results[0], place * n + i);
        if (!is_near(&network, state, x[i])) return false;
        x[i] = state;
      }
      for (int64_t o = 0; o < network.outputs; o++) {
        int64_t rows = call->arguments[8].dims[1];
        z[o] = at(&network, 8, (rows - 1) * network.outputs + o);
        for (int64_t i = 0; i < rows - 1; i++) {
          z[o] += (i < n ? x[i] : x[i - n] * x[i - n]) * at(&network, 8, i * network.outputs + o);
        }
        if (!is_near(&network, element(network.type, results[0], place * network.outputs + o), z[o])) return false;
      }
    }
  }
  return true;
}

const Maker reservoir_makers[] = {
  {"tanren.reservoir.", make_reservoir, is_reservoir},
  {NULL, NULL, NULL},
};
