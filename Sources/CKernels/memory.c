#if defined(__linux__)
#define _DEFAULT_SOURCE
#endif

#include <stdint.h>
#include <stdlib.h>

#include "kernels.h"

#if defined(__GLIBC__)

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

// Address space to set aside, as far as it isn't more than half of the machine's memory.
#define RESERVE ((size_t)4 << 30)
#define HUGE_PAGE ((uintptr_t)2 << 20)

bool tanren_retain_memory(void) {
  // All blocks come from one heap, and what is freed stays there.
  if (mallopt(M_MMAP_MAX, 0) != 1 || mallopt(M_TRIM_THRESHOLD, -1) != 1 || mallopt(M_ARENA_MAX, 1) != 1) return false;
  size_t machine = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
  size_t size = machine / 2 < RESERVE ? machine / 2 : RESERVE;
  // The heap's end moves up and stays. None of it is touched, so none of it takes memory yet.
  char *block = malloc(size);
  if (block == NULL) return true;
  uintptr_t start = ((uintptr_t)block + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
  uintptr_t end = ((uintptr_t)block + size) & ~(HUGE_PAGE - 1);
  if (end > start) madvise((void *)start, end - start, MADV_HUGEPAGE);
  free(block);
  return true;
}

#else

bool tanren_retain_memory(void) { return false; }

#endif
