// The state loop in single precision.

#include "element.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef float Number;
typedef int32_t Index;
typedef uint32_t Places;

enum {
  ROWS = 16,
  COLUMNS = 32,
  DEPTH = 6,
  PLACE_BITS = 5,
  // As for double precision.
  GROUP_TIME = 5,
  VALUE_TIME = 6,
  STEP_TIME = 44,
};

#define LOADED(x, columns)                                                                                             \
  {(x)[(columns)[0]],  (x)[(columns)[1]],  (x)[(columns)[2]],  (x)[(columns)[3]],                                      \
   (x)[(columns)[4]],  (x)[(columns)[5]],  (x)[(columns)[6]],  (x)[(columns)[7]],                                      \
   (x)[(columns)[8]],  (x)[(columns)[9]],  (x)[(columns)[10]], (x)[(columns)[11]],                                     \
   (x)[(columns)[12]], (x)[(columns)[13]], (x)[(columns)[14]], (x)[(columns)[15]]}
#define LOOK_UP(low, places, high)                                                                                     \
  (AlignedSlice)_mm512_permutex2var_ps((__m512)(low), (__m512i)(places), (__m512)(high))
#define RUN tanren_reservoir_run_f32

#include "reservoir_run.h"
