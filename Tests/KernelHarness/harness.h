// Calls every kernel the way XLA does, again and again, with arrays of many shapes and from several threads at once: a
// program for sanitizers to watch. See scripts/sanitize.
//
// Arrays lie in blocks of exactly their size, results are filled beforehand, and each call is made twice with another
// filling: what a kernel reads or writes beside an array, leaves unwritten, or computes otherwise the second time, shows.

#ifndef TANREN_HARNESS_H
#define TANREN_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xla_ffi.h"

enum { MOST_ARRAYS = 12, MOST_AXES = 6, MOST_ATTRIBUTES = 8, MOST_ENTRIES = 4, MOST_THREADS = 4 };

// Random numbers (SplitMix64) that a seed gives again.
typedef struct {
  uint64_t state;
} Random;

uint64_t random_bits(Random *random);
// From `low` to `high`, both included.
int64_t random_between(Random *random, int64_t low, int64_t high);
bool random_chance(Random *random, int percent);

// What an array holds.
typedef enum {
  // Numbers from -1 to 1.
  NUMBERS,
  // Numbers from 0 to 1.
  POSITIVE,
  // Matrices with a large diagonal.
  DEFINITE,
  // Rows of numbers with zeros from some place on.
  PADDED,
  // Whole numbers, most of them below `bound`.
  PLACES
} Content;

typedef struct {
  int dtype;
  Content content;
  int64_t bound, rank, dims[MOST_AXES];
} Array;

typedef struct {
  const char *name;
  enum { INTEGER, REAL, INTEGERS } kind;
  int64_t count, integers[MOST_ENTRIES];
  double real;
} Attribute;

// A call as XLA makes it, before there is memory for it.
typedef struct {
  Array arguments[MOST_ARRAYS], results[MOST_ARRAYS];
  Attribute attributes[MOST_ATTRIBUTES];
  int argument_count, result_count, attribute_count;
  // What XLA's pool says it has, and whether it refuses tasks.
  int64_t threads;
  bool refuses;
  // Whether there are infinities and numbers that aren't any among the others.
  bool is_wild;
} Call;

Array *add_argument(Call *call, int dtype, int64_t rank, const int64_t *dims);
Array *add_result(Call *call, int dtype, int64_t rank, const int64_t *dims);
void add_integer(Call *call, const char *name, int64_t value);
void add_real(Call *call, const char *name, double value);
void add_integers(Call *call, const char *name, int64_t count, const int64_t *values);

#define DIMS(...) (int64_t[]){__VA_ARGS__}

// A kernel by the beginning of its target's name, and what makes a call of it that it must accept.
typedef struct {
  const char *target;
  void (*make)(Random *random, Call *call);
  // Whether the results are right, by plain loops; NULL where a kernel of ours computes them, all of whose reads and
  // writes a sanitizer sees.
  bool (*is_right)(const Call *call, void *const *arguments, void *const *results);
} Maker;

// Makers, up to one without a target.
extern const Maker image_makers[], matrix_makers[], product_makers[], reservoir_makers[];

// Makes a call something that a kernel may refuse.
void spoil(Random *random, Call *call);

// An element of float32, float64 or bfloat16.
double element(int dtype, const void *data, int64_t index);

typedef enum { ACCEPTED, REFUSED, FAILED } Outcome;

// Whether each accepted call is repeated with every lesser instruction set, whose results are the same up to rounding. Only where
// one thread makes calls.
extern bool compares_forms;

// Makes the call, and says on the standard error what is wrong if it fails. A call that was spoiled may be refused.
Outcome make_call(Random *random, const Call *call, void *handler, const Maker *maker, bool may_refuse);

// The functions that XLA gives a kernel, on a pool of threads as its own.
extern const XLA_FFI_Api pool_api;

void pool_begin(void);
void pool_end(void);

struct XLA_FFI_ExecutionContext {
  int64_t threads;
  bool refuses;
};

struct XLA_FFI_Error {
  XLA_FFI_Error_Code code;
  char message[512];
};

// Says on the standard error what a call is of.
void describe(const Call *call, const char *target);

#endif
