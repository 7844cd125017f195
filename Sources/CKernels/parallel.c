#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "frame.h"
#include "pause.h"

// Work shared by the calling thread and those that XLA's pool has free. Numbers are handed out one by one, so that
// the caller never waits for a thread that hasn't begun: a pool with no thread free delays nothing.
typedef struct {
  // The caller's, until all is done.
  const TanrenPhase *phases;
  int64_t count;
  atomic_int_fast64_t next;
  atomic_int_fast64_t done;
  // The caller and the scheduled tasks; the last frees this.
  atomic_int_fast64_t holders;
  pthread_mutex_t lock;
  pthread_cond_t all_done;
} Work;

static void release(Work *work) {
  if (atomic_fetch_sub(&work->holders, 1) > 1) return;
  pthread_cond_destroy(&work->all_done);
  pthread_mutex_destroy(&work->lock);
  free(work);
}

// Numbers go on from phase to phase, and each waits until all of earlier phases are done, which threads at work have.
static void take_part(Work *work) {
  int64_t index, first = 0, phase = 0;
  while ((index = atomic_fetch_add(&work->next, 1)) < work->count) {
    for (; index - first >= work->phases[phase].count; phase++) first += work->phases[phase].count;
    for (int64_t spins = 0; atomic_load(&work->done) < first; spins++) tanren_pause(spins);
    work->phases[phase].body(work->phases[phase].context, index - first);
    if (atomic_fetch_add(&work->done, 1) + 1 == work->count) {
      pthread_mutex_lock(&work->lock);
      pthread_cond_broadcast(&work->all_done);
      pthread_mutex_unlock(&work->lock);
    }
  }
}

static void task(void *data) {
  TANREN_TAKE_OVER(data);
  take_part(data);
  release(data);
}

int64_t tanren_thread_count(const XLA_FFI_CallFrame *frame) {
  int64_t threads = 1;
  XLA_FFI_ThreadPool_NumThreads_Args query = {
    .struct_size = sizeof query, .ctx = frame->ctx, .num_threads = &threads};
  if (frame->api->struct_size < sizeof(XLA_FFI_Api)) return 1;
  XLA_FFI_Error *error = frame->api->XLA_FFI_ThreadPool_NumThreads(&query);
  return error == NULL && threads > 0 ? threads : 1;
}

bool tanren_schedule(const XLA_FFI_CallFrame *frame, void (*task)(void *data), void *data) {
  TANREN_HAND_OVER(data);
  XLA_FFI_ThreadPool_Schedule_Args schedule = {
    .struct_size = sizeof schedule, .ctx = frame->ctx, .task = task, .data = data};
  return frame->api->XLA_FFI_ThreadPool_Schedule(&schedule) == NULL;
}

void tanren_parallel(
  const XLA_FFI_CallFrame *frame, int64_t count, void (*body)(void *context, int64_t index), void *context) {
  tanren_parallel_phases(frame, 1, &(TanrenPhase){count, body, context});
}

static void run_alone(int64_t count, const TanrenPhase *phases) {
  for (const TanrenPhase *phase = phases; phase < phases + count; phase++) {
    for (int64_t index = 0; index < phase->count; index++) phase->body(phase->context, index);
  }
  TANREN_HAND_OVER(&tanren_memory);
}

void tanren_parallel_phases(const XLA_FFI_CallFrame *frame, int64_t count, const TanrenPhase *phases) {
  int64_t helpers = frame == NULL ? 0 : tanren_thread_count(frame) - 1, numbers = 0, widest = 0;
  for (int64_t i = 0; i < count; i++) {
    numbers += phases[i].count;
    if (phases[i].count > widest) widest = phases[i].count;
  }
  if (helpers > widest - 1) helpers = widest - 1;
  Work *work = helpers > 0 ? malloc(sizeof *work) : NULL;
  if (work == NULL) {
    run_alone(count, phases);
    return;
  }
  work->phases = phases;
  work->count = numbers;
  atomic_init(&work->next, 0);
  atomic_init(&work->done, 0);
  atomic_init(&work->holders, helpers + 1);
  pthread_mutex_init(&work->lock, NULL);
  pthread_cond_init(&work->all_done, NULL);
  for (int64_t i = 0; i < helpers; i++) {
    // What can't be scheduled is done here.
    if (!tanren_schedule(frame, task, work)) release(work);
  }
  take_part(work);
  // Mostly the others are about to finish, and waking this thread would take longer than that.
  for (int64_t spins = 0; spins < TANREN_PATIENCE && atomic_load(&work->done) < numbers; spins++) tanren_pause(spins);
  pthread_mutex_lock(&work->lock);
  while (atomic_load(&work->done) < numbers) pthread_cond_wait(&work->all_done, &work->lock);
  pthread_mutex_unlock(&work->lock);
  TANREN_HAND_OVER(&tanren_memory);
  release(work);
}
