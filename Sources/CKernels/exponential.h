// The exponential function as a loop can compute it for whole vectors.

#ifndef TANREN_EXPONENTIAL_H
#define TANREN_EXPONENTIAL_H

#include <string.h>

#include "element.h"

// e^x within 2 units in the last place for x of at most 88, and 0 below -87, where the result would be subnormal. What isn't
// a number stays none.
//
// e^x = 2^n e^r with the whole number n nearest to x / log 2, and e^r by the polynomial of Cephes' `expf` (S. L. Moshier,
// https://www.netlib.org/cephes). log 2 comes in two parts, the first short enough for exact products with n.
TANREN_INLINE float tanren_exponential(float x) {
  // Adding it rounds to a whole number, which the sum's lowest bits are.
  const float shift = 12582912.0f;
  float shifted = x * 1.44269504088896341f + shift, n = shifted - shift;
  float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1;
  int32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  // 2^n has nothing but an exponent.
  bits = (int32_t)(((uint32_t)bits + 127) << 23);
  float power;
  memcpy(&power, &bits, sizeof power);
  return x < -87 ? 0 : p * power;
}

#endif
