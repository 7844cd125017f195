#ifndef TANREN_QUICK_TANH_H
#define TANREN_QUICK_TANH_H

#include "element.h"

// tanh to 2.5 units in the last place: m / (m + 2) with m = exp(2|x|) - 1, which is small where x is. With 2|x| = k ln 2 + r,
// m is 2^k p + (2^k - 1) for p = exp(r) - 1.
enum { IS_DOUBLE = sizeof(Number) == sizeof(double), MANTISSA = IS_DOUBLE ? 52 : 23, TERMS = IS_DOUBLE ? 12 : 6 };

// From where on tanh is 1, what rounds to a whole number, ln 2 with few digits and the rest of it.
static const Number LIMIT = IS_DOUBLE ? 20 : 10, MAGIC = IS_DOUBLE ? 0x1.8p52 : 0x1.8p23;
static const Number LN_2 = IS_DOUBLE ? 6.93145751953125e-1 : 0.693359375;
static const Number LN_2_REST = IS_DOUBLE ? 1.42860682030941723212e-6 : -2.12194440054690583e-4;
// Of exp(r) - 1 - r over r², from r^0 on.
static const Number SERIES[] = {
  0.5, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800,
  1.0 / 479001600, 1.0 / 6227020800,
};

TANREN_INLINE Number quick_tanh(Number x) {
  Number a = x < 0 ? -x : x;
  a = a > LIMIT ? LIMIT : a;
  Number shifted = 2 * a * (Number)1.44269504088896340736 + MAGIC;
  Number whole = shifted - MAGIC;
  Number r = 2 * a - whole * LN_2 - whole * LN_2_REST;
  Number e = SERIES[TERMS - 1];
#pragma clang loop unroll(full)
  for (int i = TERMS - 2; i >= 0; i--) e = e * r + SERIES[i];
  Number p = e * (r * r) + r, power = 1;
  Index bits, exponent;
  memcpy(&bits, &power, sizeof bits);
  memcpy(&exponent, &shifted, sizeof exponent);
  bits += (Index)((uint64_t)exponent << MANTISSA);
  memcpy(&power, &bits, sizeof power);
  Number m = power * p + (power - 1);
  Number y = m / (m + 2);
  return x < 0 ? -y : y;
}

#endif
