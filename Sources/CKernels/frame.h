// What every handler does with the call frame it gets.

#ifndef TANREN_FRAME_H
#define TANREN_FRAME_H

#include <stdbool.h>

#include "xla_ffi.h"

// Fills in the metadata that XLA asks every handler for before it calls one. Returns whether that is all there
// is to do in this call.
bool tanren_is_preparation(XLA_FFI_CallFrame *frame);

// An error for XLA, with a message made as printf makes it.
XLA_FFI_Error *tanren_error(const XLA_FFI_CallFrame *frame, XLA_FFI_Error_Code code, const char *format, ...)
  __attribute__((format(printf, 3, 4)));

// Argument or result `index`, or NULL if there is none.
const XLA_FFI_Buffer *tanren_argument(const XLA_FFI_CallFrame *frame, int64_t index);
const XLA_FFI_Buffer *tanren_result(const XLA_FFI_CallFrame *frame, int64_t index);

// Whether the frame has so many arguments and results.
bool tanren_has(const XLA_FFI_CallFrame *frame, int64_t arguments, int64_t results);

// The list of 64-bit integers of that name with `count` entries, or NULL if there is none.
const int64_t *tanren_integers(const XLA_FFI_CallFrame *frame, const char *name, size_t count);

// Whether there is a scalar of that name and type; if so, it is stored.
bool tanren_integer(const XLA_FFI_CallFrame *frame, const char *name, int64_t *value);
bool tanren_double(const XLA_FFI_CallFrame *frame, const char *name, double *value);

// Whether two arrays have the same element type and extents.
bool tanren_has_type_of(const XLA_FFI_Buffer *array, const XLA_FFI_Buffer *other);

// The number of elements, which is the product of the extents.
int64_t tanren_element_count(const XLA_FFI_Buffer *buffer);

// How many threads a handler may use: the calling one and those of XLA's pool.
int64_t tanren_thread_count(const XLA_FFI_CallFrame *frame);

// Has a thread of XLA's pool call `task` some time. Returns whether it will.
bool tanren_schedule(const XLA_FFI_CallFrame *frame, void (*task)(void *data), void *data);

// XLA's plugin isn't built with the thread sanitizer, so these tell it what it can't see: a task takes over what
// was handed over when it was scheduled, and a call what earlier calls left in the memory that XLA gives it.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#define TANREN_HAND_OVER(address) __tsan_release(address)
#define TANREN_TAKE_OVER(address) __tsan_acquire(address)
#endif
#endif
#ifndef TANREN_HAND_OVER
#define TANREN_HAND_OVER(address) (void)(address)
#define TANREN_TAKE_OVER(address) (void)(address)
#endif

// What calls hand over to later ones.
extern char tanren_memory;

// Calls `body` with each number below `count`, on this thread and, unless the frame is NULL, on those of XLA's pool that are
// free. Numbers are begun in their order.
void tanren_parallel(
  const XLA_FFI_CallFrame *frame, int64_t count, void (*body)(void *context, int64_t index), void *context);

// Work that begins when all before it is done.
typedef struct {
  int64_t count;
  void (*body)(void *context, int64_t index);
  void *context;
} TanrenPhase;

// One phase after another, as `tanren_parallel` does each, but the threads of the pool are called once: waking one that rests
// takes up to milliseconds. Between phases threads wait without resting.
void tanren_parallel_phases(const XLA_FFI_CallFrame *frame, int64_t count, const TanrenPhase *phases);

#endif
