// Threads that stay together through the phases of one computation, so that each begins without waking anyone.

#ifndef TANREN_CREW_H
#define TANREN_CREW_H

#include "frame.h"

typedef struct tanren_crew tanren_crew;

// Asks XLA's pool for its threads. NULL, which is a crew of the calling thread alone, if there are none.
tanren_crew *tanren_crew_begin(const XLA_FFI_CallFrame *frame);

// Calls `body` with each number below `count`, on this thread and on those that have come, and waits for them all.
void tanren_crew_do(tanren_crew *crew, int64_t count, void (*body)(void *context, int64_t index), void *context);

// Lets the threads go.
void tanren_crew_end(tanren_crew *crew);

#endif
