#include "crew.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "pause.h"

// What `left` is when no more is to come.
enum { OVER = -1 };

struct tanren_crew {
  void (*body)(void *context, int64_t index);
  void *context;
  int64_t count;
  // The calling thread and the scheduled tasks; the last frees this.
  atomic_int_fast64_t holders;
  // Numbers of the phase that nobody has taken. Whoever takes one keeps the phase from ending, so that what else is
  // told here is the phase's.
  _Alignas(64) atomic_int_fast64_t left;
  _Alignas(64) atomic_int_fast64_t done;
};

static void release(tanren_crew *crew) {
  if (atomic_fetch_sub(&crew->holders, 1) == 1) free(crew);
}

// Takes numbers until there are none.
static void take_part(tanren_crew *crew) {
  int64_t left = atomic_load_explicit(&crew->left, memory_order_acquire);
  while (left > 0) {
    if (!atomic_compare_exchange_weak(&crew->left, &left, left - 1)) continue;
    crew->body(crew->context, crew->count - left);
    atomic_fetch_add_explicit(&crew->done, 1, memory_order_release);
    left = atomic_load_explicit(&crew->left, memory_order_acquire);
  }
}

static void help(void *data) {
  TANREN_TAKE_OVER(data);
  tanren_crew *crew = data;
  for (int64_t spins = 0, left; (left = atomic_load_explicit(&crew->left, memory_order_acquire)) != OVER; spins++) {
    if (left > 0) {
      take_part(crew);
      spins = 0;
    }
    tanren_pause(spins);
  }
  release(crew);
}

tanren_crew *tanren_crew_begin(const XLA_FFI_CallFrame *frame) {
  int64_t helpers = tanren_thread_count(frame) - 1;
  tanren_crew *crew = helpers > 0 ? aligned_alloc(64, sizeof *crew) : NULL;
  if (crew == NULL) return NULL;
  atomic_init(&crew->holders, helpers + 1);
  atomic_init(&crew->left, 0);
  for (int64_t i = 0; i < helpers; i++) {
    if (!tanren_schedule(frame, help, crew)) release(crew);
  }
  return crew;
}

void tanren_crew_do(tanren_crew *crew, int64_t count, void (*body)(void *context, int64_t index), void *context) {
  if (crew == NULL || count < 2) {
    for (int64_t index = 0; index < count; index++) body(context, index);
    return;
  }
  crew->body = body;
  crew->context = context;
  crew->count = count;
  atomic_store_explicit(&crew->done, 0, memory_order_relaxed);
  atomic_store_explicit(&crew->left, count, memory_order_release);
  take_part(crew);
  for (int64_t spins = 0; atomic_load_explicit(&crew->done, memory_order_acquire) < count; spins++) tanren_pause(spins);
}

void tanren_crew_end(tanren_crew *crew) {
  TANREN_HAND_OVER(&tanren_memory);
  if (crew == NULL) return;
  atomic_store_explicit(&crew->left, OVER, memory_order_release);
  release(crew);
}
