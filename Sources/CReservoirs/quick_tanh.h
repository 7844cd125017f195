#ifndef TANREN_QUICK_TANH_H
#define TANREN_QUICK_TANH_H

#include "element.h"

// tanh to about two units in the last place: a rational function near zero (Cephes), else by exp(2|x|).
TANREN_INLINE double tanren_quick_tanh(double x) {
  double a = x < 0 ? -x : x;
  a = a > 20 ? 20 : a;
  double z = a * a;
  double p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3;
  double q = ((z + 1.12811678491631932402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3;
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
  e = e * r + 1;
  e = e * r + 1;
  uint64_t bits, exponent;
  memcpy(&bits, &e, sizeof bits);
  memcpy(&exponent, &shifted, sizeof exponent);
  bits += exponent << 52;
  memcpy(&e, &bits, sizeof e);
  bool is_small = a < 0.625;
  double top = is_small ? a * q + a * z * p : e - 1;
  double bottom = is_small ? q : e + 1;
  double y = top / bottom;
  return x < 0 ? -y : y;
}

#endif
