// Element types that loops are written for, and what such loops share.

#ifndef TANREN_ELEMENT_H
#define TANREN_ELEMENT_H

#include <stdint.h>
#include <string.h>

#include "instruction_set.h"

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
