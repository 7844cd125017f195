#include "instruction_set.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

atomic_int tanren_chosen_instruction_set;

const char *tanren_instruction_set_name(TanrenInstructionSet set) {
  switch (set) {
    case TANREN_BASELINE: return "baseline";
#if defined(__x86_64__)
    case TANREN_AVX2: return "avx2";
    case TANREN_AVX512: return "avx512";
#elif defined(__aarch64__)
    case TANREN_NEON: return "neon";
#endif
  }
  return NULL;
}

TanrenInstructionSet tanren_processor_instruction_set(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return TANREN_AVX512;
  if (__builtin_cpu_supports("x86-64-v3")) return TANREN_AVX2;
  return TANREN_BASELINE;
#elif defined(__aarch64__)
  return TANREN_NEON;
#else
  return TANREN_BASELINE;
#endif
}

TanrenInstructionSet tanren_choose_instruction_set(void) {
  TanrenInstructionSet chosen = tanren_processor_instruction_set();
  const char *wish = getenv("TANREN_ISA");
  for (TanrenInstructionSet set = TANREN_BASELINE; wish != NULL && set < chosen; set++) {
    if (strcmp(wish, tanren_instruction_set_name(set)) == 0) chosen = set;
  }
  atomic_store_explicit(&tanren_chosen_instruction_set, chosen, memory_order_relaxed);
  return chosen;
}

void tanren_use_instruction_set(TanrenInstructionSet set) {
  atomic_store_explicit(&tanren_chosen_instruction_set, set, memory_order_relaxed);
}
