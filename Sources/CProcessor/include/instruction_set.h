// The instruction sets that loops are compiled for, and the one in use: the best that the processor has, or a lesser one
// that the environment variable TANREN_ISA names.

#ifndef TANREN_INSTRUCTION_SET_H
#define TANREN_INSTRUCTION_SET_H

#include <stdatomic.h>

// In ascending order. Every 64-bit Arm processor has NEON, so the baseline's code there is NEON's.
typedef enum {
  TANREN_BASELINE = 1,
#if defined(__x86_64__)
  // x86-64-v3 and x86-64-v4.
  TANREN_AVX2,
  TANREN_AVX512,
#elif defined(__aarch64__)
  TANREN_NEON,
#endif
} TanrenInstructionSet;

// What TANREN_ISA calls a set; NULL if this architecture has no such set.
const char *tanren_instruction_set_name(TanrenInstructionSet set);

// The best set that this processor has.
TanrenInstructionSet tanren_processor_instruction_set(void);

// 0 until a set was chosen.
extern atomic_int tanren_chosen_instruction_set;

// Chooses by the processor and TANREN_ISA, whose value doesn't count if it names no set that the processor has.
TanrenInstructionSet tanren_choose_instruction_set(void);

// The set in use. It stays the same for as long as the process runs.
static inline TanrenInstructionSet tanren_instruction_set(void) {
  int chosen = atomic_load_explicit(&tanren_chosen_instruction_set, memory_order_relaxed);
  return chosen != 0 ? (TanrenInstructionSet)chosen : tanren_choose_instruction_set();
}

// Uses another set that the processor has from here on, to compare what they compute. Nothing may run meanwhile that was
// prepared for the former.
void tanren_use_instruction_set(TanrenInstructionSet set);

#if defined(__x86_64__)
// What code may use for a set. AVX-512 has its instructions rather than `arch=x86-64-v4`, which prefers half of a register. AVX2
// has its architecture, whose schedule keeps the sums of wide_product_tiles.h in registers.
#define TANREN_FOR_AVX2 __attribute__((target("arch=x86-64-v3")))
#define TANREN_FOR_AVX512                                                                                             \
  __attribute__((target("avx512bw,avx512cd,avx512dq,avx512f,avx512vl,bmi,bmi2,f16c,fma,lzcnt,movbe,popcnt")))
#endif

// A function that is compiled for every set, of which a call takes the one in use:
//
//   TANREN_FORMS(void, add, (float *sum, const float *term, int64_t count), (sum, term, count)) { … }
//
// It isn't left to the loader (`target_clones`), which asks neither TANREN_ISA nor a sanitizer.
#define TANREN_FORMS(result, name, parameters, arguments) TANREN_FORMS_OF(result, name, parameters, arguments)

#if defined(__x86_64__)
#define TANREN_FORMS_OF(result, name, parameters, arguments)                                                     \
  static inline __attribute__((always_inline)) result name##_loop parameters;                                    \
  TANREN_FOR_AVX512 static result name##_avx512 parameters { return name##_loop arguments; }                     \
  TANREN_FOR_AVX2 static result name##_avx2 parameters { return name##_loop arguments; }                         \
  __attribute__((noinline)) static result name##_baseline parameters { return name##_loop arguments; }           \
  static inline result name parameters {                                                                         \
    switch (tanren_instruction_set()) {                                                                          \
      case TANREN_AVX512: return name##_avx512 arguments;                                                        \
      case TANREN_AVX2: return name##_avx2 arguments;                                                            \
      default: return name##_baseline arguments;                                                                 \
    }                                                                                                            \
  }                                                                                                              \
  static inline __attribute__((always_inline)) result name##_loop parameters
#else
#define TANREN_FORMS_OF(result, name, parameters, arguments) static inline result name parameters
#endif

#endif
