// Element types that loops are written for, and the processors they are compiled for.

#ifndef TANREN_ELEMENT_H
#define TANREN_ELEMENT_H

#include <stdint.h>
#include <string.h>

// Whether a thread sanitizer watches: the loader picks among loops before it has begun.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TANREN_IS_WATCHED
#endif
#endif

// A loop compiled for several instruction sets, of which the loader picks one.
#if defined(__x86_64__) && defined(__linux__) && !defined(TANREN_IS_WATCHED)
#define TANREN_VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TANREN_VECTORIZED
#endif

typedef float tanren_f32;
typedef uint16_t tanren_bf16;
typedef uint8_t tanren_u8;

#define TANREN_INLINE static inline __attribute__((always_inline))

TANREN_INLINE int64_t tanren_least(int64_t a, int64_t b) { return a < b ? a : b; }

TANREN_INLINE float tanren_load_f32(float value) { return value; }
TANREN_INLINE float tanren_store_f32(float value) { return value; }
TANREN_INLINE float tanren_load_u8(uint8_t value) { return value; }

TANREN_INLINE float tanren_load_bf16(uint16_t value) {
  uint32_t bits = (uint32_t)value << 16;
  float result;
  memcpy(&result, &bits, sizeof result);
  return result;
}

// To the nearest, ties to even; NaN stays NaN.
TANREN_INLINE uint16_t tanren_store_bf16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  return (uint16_t)(value == value ? rounded : bits >> 16 | 0x40);
}

// In files that are included once for each TYPE, f32 or bf16: a name of its own for each, the element type, and its
// conversion to single precision and back.
#define TANREN_JOIN_(a, b) a##_##b
#define TANREN_JOIN(a, b) TANREN_JOIN_(a, b)
#define NAME(name) TANREN_JOIN(name, TYPE)
#define ELEMENT TANREN_JOIN(tanren, TYPE)
#define LOAD TANREN_JOIN(tanren_load, TYPE)
#define STORE TANREN_JOIN(tanren_store, TYPE)

// Calls the function of that name for the element type.
#define TANREN_CALL(is_bf16, name, ...) ((is_bf16) ? name##_bf16(__VA_ARGS__) : name##_f32(__VA_ARGS__))

#endif
