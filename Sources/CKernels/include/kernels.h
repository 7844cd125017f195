// Operations that XLA's own CPU code is slow at, as custom calls of XLA programs.
//
// Arrays are dense and row-major, as XLA hands them over: images [batch, space..., channels], kernels
// [space..., channels / groups, features]. The attributes of each custom call are named where it is implemented.

#ifndef TANREN_KERNELS_H
#define TANREN_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

// Another library that a kernel needs.
typedef enum TanrenLibrary { TANREN_NO_LIBRARY, TANREN_ONEDNN, TANREN_OPENBLAS } TanrenLibrary;

// A function that XLA can call.
typedef struct TanrenKernel {
  // What programs call it.
  const char *target;
  void *handler;
  TanrenLibrary needs;
} TanrenKernel;

// All kernels, and how many there are.
const TanrenKernel *tanren_kernels(size_t *count);

// What oneDNN can do on this processor.
typedef struct TanrenOneDNN {
  int major;
  int minor;
  // Whether bfloat16 works at all, and whether the processor has instructions for it.
  bool has_bfloat16;
  bool has_fast_bfloat16;
} TanrenOneDNN;

// Load oneDNN from a file; loading the same file again does no harm, but there can't be two of them.
//
// Returns whether it is there; if not, `message` says why.
bool tanren_load_onednn(const char *path, TanrenOneDNN *found, char *message, size_t capacity);

// What is known of OpenBLAS once it is loaded.
typedef struct TanrenOpenBLAS {
  char version[64];
  // The processor whose code it runs, by its own name.
  char processor[64];
} TanrenOpenBLAS;

// Load OpenBLAS from a file, as oneDNN.
bool tanren_load_openblas(const char *path, TanrenOpenBLAS *found, char *message, size_t capacity);

// Let the C library keep memory that is freed for the next allocation, in large pages, instead of giving it back
// to the system: XLA allocates a program's temporary arrays anew for every run, and the system clears fresh memory
// page by page. It holds for the whole process. Returns whether the C library can, which is glibc.
bool tanren_retain_memory(void);

#endif
