// Functions that are newer than glibc 2.34, by older ones: scripts/static-build links them into programs that are to run
// there.

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

#define HIDDEN __attribute__((visibility("hidden")))

// For libarchive.
HIDDEN void arc4random_buf(void *buffer, size_t size) {
  for (char *place = buffer; size > 0;) {
    ssize_t count = getrandom(place, size, 0);
    if (count < 0 && errno != EINTR) abort();
    if (count > 0) {
      place += count;
      size -= (size_t)count;
    }
  }
}

// For libstdc++.
HIDDEN uint32_t arc4random(void) {
  uint32_t number;
  arc4random_buf(&number, sizeof number);
  return number;
}

// For Foundation: the same functions under the version that they had before 2.35.
__asm__(".symver older_hypot, hypot@GLIBC_2.2.5");
__asm__(".symver older_hypotf, hypotf@GLIBC_2.2.5");
double older_hypot(double, double);
float older_hypotf(float, float);

HIDDEN double hypot(double x, double y) { return older_hypot(x, y); }

HIDDEN float hypotf(float x, float y) { return older_hypotf(x, y); }
