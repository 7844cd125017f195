#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness.h"
#include "instruction_set.h"
#include "reservoir_kernels.h"

// kernel-harness SECONDS SEED [ONEDNN [OPENBLAS]]: calls all kernels for so long, those that need a library if it is named;
// "-" names none.
// kernel-harness -1 CALL [ONEDNN [OPENBLAS]]: makes one call again, whose number a failure has printed.
// kernel-harness forms CALLS SEED [ONEDNN [OPENBLAS]]: makes so many calls, each with every instruction set.

enum { CALLERS = 3, MOST_KERNELS = 64 };

typedef struct {
  const TanrenKernel *kernel;
  const Maker *maker;
  atomic_long accepted, refused;
} Subject;

static Subject subjects[MOST_KERNELS];
static int subject_count;
static time_t deadline;
static uint64_t first_seed;
static atomic_bool has_failed;

// The call that a thread makes, for what a sanitizer says.
static _Thread_local struct {
  uint64_t seed;
  Call call;
  const char *target;
} current;

#if defined(SANITIZER_CALLBACK)
void __sanitizer_set_death_callback(void (*callback)(void));

static void tell_current(void) {
  if (current.target == NULL) return;
  fprintf(stderr, "in call %llu: ", (unsigned long long)current.seed);
  describe(&current.call, current.target);
}
#endif

// Makes the call of that number.
static void make_one(uint64_t seed) {
  Random random = {seed};
  Subject *subject = &subjects[random_between(&random, 0, subject_count - 1)];
  Call call = {
    .threads = random_between(&random, 1, MOST_THREADS), .refuses = random_chance(&random, 5),
    .is_wild = random_chance(&random, 10)};
  subject->maker->make(&random, &call);
  bool is_spoiled = random_chance(&random, 25);
  if (is_spoiled) spoil(&random, &call);
  current.seed = seed;
  current.call = call;
  current.target = subject->kernel->target;
  switch (make_call(&random, &call, subject->kernel->handler, subject->maker, is_spoiled)) {
    case ACCEPTED: subject->accepted++; break;
    case REFUSED: subject->refused++; break;
    case FAILED:
      fprintf(stderr, "in call %llu\n", (unsigned long long)seed);
      has_failed = true;
  }
  current.target = NULL;
}

static void *call_kernels(void *number) {
  Random seeds = {first_seed + (uint64_t)(uintptr_t)number * 0x632be59bd9b4e019};
  while (time(NULL) < deadline && !has_failed) make_one(random_bits(&seeds));
  return NULL;
}

static void add_subjects(const TanrenKernel *kernels, size_t count, const bool has_library[]) {
  const Maker *makers[] = {image_makers, matrix_makers, product_makers, reservoir_makers};
  for (size_t i = 0; i < count; i++) {
    if (!has_library[kernels[i].needs]) continue;
    Subject *subject = &subjects[subject_count++];
    subject->kernel = &kernels[i];
    for (int list = 0; list < 4; list++) {
      for (const Maker *maker = makers[list]; maker->target != NULL && subject->maker == NULL; maker++) {
        if (strncmp(kernels[i].target, maker->target, strlen(maker->target)) == 0) subject->maker = maker;
      }
    }
    if (subject->maker == NULL) {
      fprintf(stderr, "there are no calls of the kernel %s: write them in Tests/KernelHarness\n", kernels[i].target);
      exit(1);
    }
  }
}

// Loads the libraries that are named: oneDNN's file, OpenBLAS' file.
static void load(int count, char **paths, bool has_library[]) {
  TanrenOneDNN onednn;
  TanrenOpenBLAS openblas;
  char message[512];
  has_library[TANREN_NO_LIBRARY] = true;
  for (int i = 0; i < count && i < 2; i++) {
    if (strcmp(paths[i], "-") == 0) continue;
    bool is_loaded = i == 0 ? tanren_load_onednn(paths[i], &onednn, message, sizeof message)
                            : tanren_load_openblas(paths[i], &openblas, message, sizeof message);
    if (!is_loaded) {
      fprintf(stderr, "%s can't be loaded: %s\n", paths[i], message);
      exit(1);
    }
    has_library[i == 0 ? TANREN_ONEDNN : TANREN_OPENBLAS] = true;
  }
}

// Makes calls one after the other, since the instruction set is the whole process's.
static void compare_sets(long calls) {
  Random seeds = {first_seed};
  compares_forms = true;
  for (long i = 0; i < calls && !has_failed; i++) make_one(random_bits(&seeds));
  printf("compared");
  for (TanrenInstructionSet set = TANREN_BASELINE; set <= tanren_instruction_set(); set++) {
    printf(" %s", tanren_instruction_set_name(set));
  }
  printf("\n");
}

int main(int count, char **arguments) {
  bool is_comparison = count > 1 && strcmp(arguments[1], "forms") == 0;
  count -= is_comparison;
  arguments += is_comparison;
  if (count < 3) {
    fprintf(stderr, "kernel-harness SECONDS SEED [ONEDNN [OPENBLAS]]\n");
    return 2;
  }
  long seconds = atol(arguments[1]);
  first_seed = strtoull(arguments[2], NULL, 10);
  bool has_library[3] = {false};
  load(count - 3, arguments + 3, has_library);
  size_t kernels, own;
  const TanrenKernel *const list = tanren_kernels(&kernels), *const reservoirs = tanren_reservoir_kernels(&own);
  add_subjects(list, kernels, has_library);
  add_subjects(reservoirs, own, has_library);
#if defined(SANITIZER_CALLBACK)
  __sanitizer_set_death_callback(tell_current);
#endif
  pool_begin();
  if (is_comparison) {
    compare_sets(seconds);
  } else if (seconds < 0) {
    make_one(first_seed);
  } else {
    deadline = time(NULL) + seconds;
    pthread_t callers[CALLERS];
    for (int i = 0; i < CALLERS; i++) {
      if (pthread_create(&callers[i], NULL, call_kernels, (void *)(uintptr_t)i) != 0) abort();
    }
    for (int i = 0; i < CALLERS; i++) pthread_join(callers[i], NULL);
  }
  pool_end();
  for (int i = 0; i < subject_count; i++) {
    printf(
      "  %-40s %8ld calls, %8ld refused\n", subjects[i].kernel->target, subjects[i].accepted + subjects[i].refused,
      (long)subjects[i].refused);
  }
  return has_failed;
}
