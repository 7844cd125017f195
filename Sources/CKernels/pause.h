// How a thread waits for another that is about to answer.

#ifndef TANREN_PAUSE_H
#define TANREN_PAUSE_H

#include <sched.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// How often to look before another thread gets the processor.
enum { TANREN_PATIENCE = 4096 };

// To be called between two looks, of which `spins` were in vain.
static inline void tanren_pause(int64_t spins) {
  if (spins >= TANREN_PATIENCE) {
    sched_yield();
    return;
  }
#if defined(__x86_64__)
  _mm_pause();
#endif
}

#endif
