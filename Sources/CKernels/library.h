// Libraries that are loaded at run time.

#ifndef TANREN_LIBRARY_H
#define TANREN_LIBRARY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

// The variable by which a library's instructions are limited, and its value for x86-64's baseline and for AVX2.
typedef struct {
  const char *variable, *baseline, *avx2;
} TanrenLimit;

// One library, of which a process has at most one file.
typedef struct {
  pthread_mutex_t lock;
  // What the library reads from the environment as it is loaded, where nobody has set it.
  const char *variable, *value;
  // The same for its instructions, where this process uses less than the processor has.
  TanrenLimit limit;
  // Looks the functions up. Returns whether all are there; if not, `message` says why.
  bool (*find)(void *handle, const char *path, char *message, size_t capacity);
  // NULL before it is loaded.
  void *handle;
} TanrenLoader;

// Loads the library from a file; loading the same file again does no harm. Returns whether it is there; if not, `message`
// says why.
bool tanren_load_library(TanrenLoader *loader, const char *path, char *message, size_t capacity);

#endif
