#ifndef TANREN_QUICK_TANH_H
#define TANREN_QUICK_TANH_H

#include "element.h"

// tanh to 2.5 units in the last place: m / (m + 2) with m = exp(2|x|) - 1, which is small where x is. With 2|x| = k ln 2 + r,
// m is 2^k p + (2^k - 1) for p = exp(r) - 1.
TANREN_INLINE double tanren_quick_tanh(double x) {
  double a = x < 0 ? -x : x;
  a = a > 20 ? 20 : a;
  double magic = 0x1.8p52;
  double shifted = 2 * a * 1.44269504088896340736 + magic;
  double whole = shifted - magic;
  double r = 2 * a - whole * 6.93145751953125e-1 - whole * 1.42860682030941723212e-6;
  double e = 1.0 / 6227020800;
  e = e * r + 1.0 / 479001600;
  e = e * r + 1.0 / 39916800;
  e = e * r + 1.0 / 3628800;
  e = e * r + 1.0 / 362880;
  e = e * r + 1.0 / 40320;
  e = e * r + 1.0 / 5040;
  e = e * r + 1.0 / 720;
  e = e * r + 1.0 / 120;
  e = e * r + 1.0 / 24;
  e = e * r + 1.0 / 6;
  e = e * r + 0.5;
  double p = e * (r * r) + r, power = 1;
  uint64_t bits, exponent;
  memcpy(&bits, &power, sizeof bits);
  memcpy(&exponent, &shifted, sizeof exponent);
  bits += exponent << 52;
  memcpy(&power, &bits, sizeof power);
  double m = power * p + (power - 1);
  double y = m / (m + 2);
  return x < 0 ? -y : y;
}

#endif
