// The state loop in double precision.

#include "element.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef double Number;
typedef int64_t Index;
typedef uint16_t Places;

enum {
  ROWS = 8,
  COLUMNS = 16,
  DEPTH = 4,
  PLACE_BITS = 4,
  // Tenths of nanoseconds on an AMD EPYC (Zen 4), if two threads share the rows. At 1,000 units and 5 % of the numbers groups are
  // 5 % faster on two threads and slices 2 % on one.
  GROUP_TIME = 5,
  VALUE_TIME = 6,
  STEP_TIME = 22,
};

#define LOADED(x, columns)                                                                                             \
  {(x)[(columns)[0]], (x)[(columns)[1]], (x)[(columns)[2]], (x)[(columns)[3]],                                         \
   (x)[(columns)[4]], (x)[(columns)[5]], (x)[(columns)[6]], (x)[(columns)[7]]}
#define LOOK_UP(low, places, high)                                                                                     \
  (AlignedSlice)_mm512_permutex2var_pd((__m512d)(low), (__m512i)(places), (__m512d)(high))
#define RUN tanren_reservoir_run_f64

#include "reservoir_run.h"
