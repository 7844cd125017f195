#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "element.h"
#include "handlers.h"
#include "reservoir.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define PAUSE() _mm_pause()
#else
#define PAUSE()
#endif
#include <sched.h>

// The state loop of echo state networks in float64: a sparse matrix times the state, a drive, tanh, a leaky mean.
// A step depends on the last, so all of it has to be quick: there is one call for all steps, and the threads that
// are free take parts of each step without ever being waited for before they have begun.
//
// Arguments: values and columns [groups, n, k] (rows padded with zeros), drive [members, steps, n], state
// [members, n], mixing [members, 2] (what is kept of the state, what is taken of tanh). With a closed loop also
// feedback [members, outputs, n], readout [members, n + 1, outputs] (biases last) and output [members, outputs].
// As many members share a group of weights as there are more of them: one for all, or one each, or one for some.
// Results: states [members, steps, n]; with a closed loop outputs [members, steps, outputs] and the last state
// [members, n].

enum {
  CHUNKS = 4,
  ROWS = 8,
  // How often to look before another thread gets the processor.
  PATIENCE = 1024,
  // Steps that are done alone after a helper was kept from its work, as on a machine that is busy with other things.
  RETREAT = 500,
  // Numbers in a matrix above which a second thread is worth its while.
  SHARED_SIZE = 10000,
};

typedef struct {
  int64_t members, steps, n, outputs;
  bool is_closed;
  const double *drive, *state, *mixing, *feedback, *readout, *output;
  const tanren_sparse *matrices;
  int64_t groups;
  double *states, *generated, *last;
} Loop;

// One member on its way.
typedef struct {
  const Loop *loop;
  const tanren_sparse *matrix;
  const double *drive, *feedback;
  double *x, *next, *z, *sums, *readout;
  double kept, taken;
  int64_t chunk_rows;
  // The step's number above 16 bits, and the next chunk of it.
  _Alignas(64) atomic_uint_fast64_t ticket;
  _Alignas(64) atomic_int_fast64_t done;
  atomic_bool is_over;
} Team;

// tanh to about two units in the last place: a rational function near zero (Cephes), else by exp(2|x|).
TANREN_INLINE double quick_tanh(double x) {
  double a = x < 0 ? -x : x;
  a = a > 20 ? 20 : a;
  double z = a * a;
  double p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3;
  double q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3;
  double magic = 0x1.8p52;
  double shifted = 2 * a * 1.44269504088896340736 + magic;
  double whole = shifted - magic;
  double r = 2 * a - whole * 6.93145751953125e-1 - whole * 1.42860682030941723212e-6;
  double e = 1.0 / 6227020800;
  e = e * r + 1.0 / 479001600;
  e = e * r + 1.0 / 39916800;
  e = e * r + 1.0 / 3628800;
  e = e * r + 1.0 / 362880;
  e = e * r + 1.0 / 40320;
  e = e * r + 1.0 / 5040;
  e = e * r + 1.0 / 720;
  e = e * r + 1.0 / 120;
  e = e * r + 1.0 / 24;
  e = e * r + 1.0 / 6;
  e = e * r + 0.5;
  e = e * r + 1;
  e = e * r + 1;
  uint64_t bits, exponent;
  memcpy(&bits, &e, sizeof bits);
  memcpy(&exponent, &shifted, sizeof exponent);
  bits += exponent << 52;
  memcpy(&e, &bits, sizeof e);
  bool is_small = a < 0.625;
  double top = is_small ? a * q + a * z * p : e - 1;
  double bottom = is_small ? q : e + 1;
  double y = top / bottom;
  return x < 0 ? -y : y;
}

TANREN_VECTORIZED static void mix_rows(
  double *restrict next, const double *restrict sums, const double *restrict x, double kept, double taken,
  int64_t count) {
  for (int64_t i = 0; i < count; i++) next[i] = kept * x[i] + taken * quick_tanh(sums[i]);
}

TANREN_VECTORIZED static void add_scaled(double *restrict sums, const double *restrict row, double scale, int64_t count) {
  for (int64_t i = 0; i < count; i++) sums[i] += scale * row[i];
}

// The sum in eight parts, so that it can be vectorized.
TANREN_VECTORIZED static double dot(const double *restrict x, const double *restrict y, int64_t count) {
  double parts[8] = {0}, sum = 0;
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (int j = 0; j < 8; j++) parts[j] += x[i + j] * y[i + j];
  }
  for (; i < count; i++) sum += x[i] * y[i];
  for (int j = 0; j < 8; j++) sum += parts[j];
  return sum;
}

static void do_chunk(Team *team, int64_t chunk) {
  int64_t n = team->loop->n, first = chunk * team->chunk_rows;
  int64_t limit = first + team->chunk_rows < n ? first + team->chunk_rows : n;
  if (first >= limit) return;
  tanren_sparse_rows(team->matrix, team->x, team->sums, first, limit);
  add_scaled(team->sums + first, team->drive + first, 1, limit - first);
  for (int64_t o = 0; o < team->loop->outputs; o++) {
    add_scaled(team->sums + first, team->feedback + o * n + first, team->z[o], limit - first);
  }
  mix_rows(team->next + first, team->sums + first, team->x + first, team->kept, team->taken, limit - first);
}

static void take_chunks(Team *team) {
  while ((atomic_load_explicit(&team->ticket, memory_order_acquire) & 0xffff) < CHUNKS) {
    uint64_t chunk = atomic_fetch_add(&team->ticket, 1) & 0xffff;
    if (chunk >= CHUNKS) return;
    do_chunk(team, (int64_t)chunk);
    atomic_fetch_add(&team->done, 1);
  }
}

// Returns whether the step went as it should: no helper stopped in the middle of its part.
static bool run_step(Team *team, int64_t step, bool is_alone) {
  if (is_alone) {
    for (int64_t chunk = 0; chunk < CHUNKS; chunk++) do_chunk(team, chunk);
    return true;
  }
  atomic_store(&team->done, 0);
  atomic_store_explicit(&team->ticket, (uint64_t)step << 16, memory_order_release);
  take_chunks(team);
  int64_t spins = 0;
  for (; atomic_load(&team->done) < CHUNKS; spins++) {
    if (spins < PATIENCE) PAUSE(); else sched_yield();
  }
  return spins < PATIENCE;
}

static void lead(Team *team, int64_t member, bool is_alone) {
  const Loop *loop = team->loop;
  int64_t n = loop->n, outputs = loop->outputs;
  memcpy(team->x, loop->state + member * n, n * sizeof(double));
  for (int64_t o = 0; o < outputs; o++) {
    team->z[o] = loop->output[member * outputs + o];
    for (int64_t i = 0; i <= n; i++) team->readout[o * (n + 1) + i] = loop->readout[(member * (n + 1) + i) * outputs + o];
  }
  int64_t retreat = 0;
  for (int64_t step = 0; step < loop->steps; step++) {
    team->drive = loop->drive + (member * loop->steps + step) * n;
    bool is_solo = is_alone || step < retreat;
    if (!run_step(team, step, is_solo)) retreat = step + RETREAT;
    double *old = team->x;
    team->x = team->next;
    team->next = old;
    if (!loop->is_closed) memcpy(loop->states + (member * loop->steps + step) * n, team->x, n * sizeof(double));
    for (int64_t o = 0; o < outputs; o++) {
      const double *row = team->readout + o * (n + 1);
      team->z[o] = dot(row, team->x, n) + row[n];
      loop->generated[(member * loop->steps + step) * outputs + o] = team->z[o];
    }
  }
  if (loop->is_closed) memcpy(loop->last + member * n, team->x, n * sizeof(double));
  atomic_store(&team->is_over, true);
}

// Memory for one member's arrays, in whole cache lines.
static bool begin(Team *team, const Loop *loop, int64_t member) {
  int64_t padded = (loop->n + 63) / 64 * 64;
  int64_t count = 3 * padded + loop->outputs * (loop->n + 2);
  double *memory = aligned_alloc(64, (count * sizeof(double) + 63) / 64 * 64);
  if (memory == NULL) return false;
  memset(memory, 0, count * sizeof(double));
  team->loop = loop;
  team->matrix = &loop->matrices[member * loop->groups / loop->members];
  team->feedback = loop->is_closed ? loop->feedback + member * loop->outputs * loop->n : NULL;
  team->x = memory;
  team->next = memory + padded;
  team->sums = memory + 2 * padded;
  team->readout = memory + 3 * padded;
  team->z = team->readout + loop->outputs * (loop->n + 1);
  team->kept = loop->mixing[2 * member];
  team->taken = loop->mixing[2 * member + 1];
  team->chunk_rows = (loop->n + CHUNKS * ROWS - 1) / (CHUNKS * ROWS) * ROWS;
  atomic_init(&team->ticket, CHUNKS);
  atomic_init(&team->done, 0);
  atomic_init(&team->is_over, false);
  return true;
}

static void end(Team *team) { free(team->x < team->next ? team->x : team->next); }

typedef struct {
  Team *team;
  int64_t member;
} Share;

// Number 0 leads; the others help for as long as there is something to do.
static void share(void *context, int64_t index) {
  Share *share = context;
  if (index == 0) {
    lead(share->team, share->member, false);
    return;
  }
  for (int spins = 0; !atomic_load(&share->team->is_over); spins++) {
    if ((atomic_load_explicit(&share->team->ticket, memory_order_acquire) & 0xffff) < CHUNKS) {
      take_chunks(share->team);
      spins = 0;
    } else if (spins < PATIENCE) {
      PAUSE();
    } else {
      sched_yield();
    }
  }
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
  Team *team = aligned_alloc(64, (sizeof *team + 63) / 64 * 64);
  if (team == NULL || !begin(team, members->loop, member)) {
    atomic_store(&members->failed, true);
    free(team);
    return;
  }
  lead(team, member, true);
  end(team);
  free(team);
}

static bool is_f64(const XLA_FFI_Buffer *buffer, int64_t rank) {
  return buffer != NULL && buffer->rank == rank && buffer->dtype == XLA_FFI_DataType_F64;
}

static bool has_extents(const XLA_FFI_Buffer *buffer, int64_t a, int64_t b, int64_t c) {
  return buffer->dims[0] == a && buffer->dims[1] == b && (buffer->rank == 2 || buffer->dims[2] == c);
}

// Reads and checks the arguments.
static bool read_loop(const XLA_FFI_CallFrame *frame, Loop *loop) {
  loop->is_closed = tanren_has(frame, 8, 2);
  if (!loop->is_closed && !tanren_has(frame, 5, 1)) return false;
  const XLA_FFI_Buffer *values = tanren_argument(frame, 0), *columns = tanren_argument(frame, 1);
  const XLA_FFI_Buffer *drive = tanren_argument(frame, 2), *state = tanren_argument(frame, 3);
  const XLA_FFI_Buffer *mixing = tanren_argument(frame, 4);
  if (!is_f64(values, 3) || columns->rank != 3 || columns->dtype != XLA_FFI_DataType_S32 || !is_f64(drive, 3) ||
      !is_f64(state, 2) || !is_f64(mixing, 2)) {
    return false;
  }
  loop->groups = values->dims[0];
  loop->members = drive->dims[0];
  loop->steps = drive->dims[1];
  loop->n = drive->dims[2];
  loop->drive = drive->data;
  loop->state = state->data;
  loop->mixing = mixing->data;
  if (loop->groups < 1 || loop->members % loop->groups != 0 || values->dims[1] != loop->n ||
      !has_extents(columns, loop->groups, loop->n, values->dims[2]) || !has_extents(state, loop->members, loop->n, 0) ||
      !has_extents(mixing, loop->members, 2, 0)) {
    return false;
  }
  if (!loop->is_closed) {
    loop->states = tanren_result(frame, 0)->data;
    return tanren_element_count(tanren_result(frame, 0)) == tanren_element_count(drive);
  }
  const XLA_FFI_Buffer *feedback = tanren_argument(frame, 5), *readout = tanren_argument(frame, 6);
  const XLA_FFI_Buffer *output = tanren_argument(frame, 7);
  if (!is_f64(feedback, 3) || !is_f64(readout, 3) || !is_f64(output, 2)) return false;
  loop->outputs = feedback->dims[1];
  loop->feedback = feedback->data;
  loop->readout = readout->data;
  loop->output = output->data;
  loop->generated = tanren_result(frame, 0)->data;
  loop->last = tanren_result(frame, 1)->data;
  return has_extents(feedback, loop->members, loop->outputs, loop->n) &&
    has_extents(readout, loop->members, loop->n + 1, loop->outputs) &&
    has_extents(output, loop->members, loop->outputs, 0) &&
    tanren_element_count(tanren_result(frame, 0)) == loop->members * loop->steps * loop->outputs &&
    tanren_element_count(tanren_result(frame, 1)) == loop->members * loop->n;
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
  Team *team = aligned_alloc(64, (sizeof *team + 63) / 64 * 64);
  Members members = {.loop = &loop};
  bool is_ready = matrices != NULL && team != NULL;
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
    is_ready = begin(team, &loop, 0);
    if (is_ready) {
      Share shared = {team, 0};
      // A second thread halves a step; more would spend their time waiting for each other.
      if (loop.n * width > SHARED_SIZE) tanren_parallel(frame, 2, share, &shared); else lead(team, 0, true);
      end(team);
    }
  }
  for (int64_t g = 0; matrices != NULL && g < loop.groups; g++) tanren_sparse_end(&matrices[g]);
  free(matrices);
  free(team);
  if (is_ready && !atomic_load(&members.failed)) return NULL;
  return tanren_error(frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "reservoir: out of memory");
}
