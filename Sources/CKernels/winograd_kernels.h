// The transforms of Winograd's F(2x2, 3x3) for kernels; see winograd_tiles.h.

#ifndef TANREN_WINOGRAD_KERNELS_H
#define TANREN_WINOGRAD_KERNELS_H

#include "winograd_lanes.h"

// G g G': the 9 places of a kernel, `stride` apart, to 16.
TANREN_FORMS(void, transform_kernel,
  (const float *kernel, float *result, int64_t stride, int64_t count),
  (kernel, result, stride, count)) {
  for (int64_t c = 0; c < count; c += LANES) {
    Lanes t[4][3];
    for (int j = 0; j < 3; j++) {
      const float *place = kernel + j * stride + c;
      Lanes g0 = LANES_AT(place), g1 = LANES_AT(place + 3 * stride), g2 = LANES_AT(place + 6 * stride);
      t[0][j] = g0;
      t[1][j] = (g0 + g1 + g2) * 0.5f;
      t[2][j] = (g0 - g1 + g2) * 0.5f;
      t[3][j] = g2;
    }
    for (int i = 0; i < 4; i++) {
      float *place = result + 4 * i * stride + c;
      LANES_AT(place) = t[i][0];
      LANES_AT(place + stride) = (t[i][0] + t[i][1] + t[i][2]) * 0.5f;
      LANES_AT(place + 2 * stride) = (t[i][0] - t[i][1] + t[i][2]) * 0.5f;
      LANES_AT(place + 3 * stride) = t[i][2];
    }
  }
}

// G' u G, the adjoint of the above, of the sum of `terms` arrays that are `distance` apart: 16 places to 9.
TANREN_FORMS(void, transform_kernel_gradient,
  (const float *sums, int64_t terms, int64_t distance, float *kernel, int64_t stride, int64_t count),
  (sums, terms, distance, kernel, stride, count)) {
  for (int64_t c = 0; c < count; c += LANES) {
    Lanes t[3][4];
    for (int j = 0; j < 4; j++) {
      Lanes u[4];
      for (int i = 0; i < 4; i++) {
        const float *place = sums + (4 * i + j) * stride + c;
        u[i] = LANES_AT(place);
        for (int64_t term = 1; term < terms; term++) u[i] += LANES_AT(place + term * distance);
      }
      Lanes even = (u[1] + u[2]) * 0.5f;
      t[0][j] = u[0] + even;
      t[1][j] = (u[1] - u[2]) * 0.5f;
      t[2][j] = u[3] + even;
    }
    for (int i = 0; i < 3; i++) {
      float *place = kernel + 3 * i * stride + c;
      Lanes even = (t[i][1] + t[i][2]) * 0.5f;
      LANES_AT(place) = t[i][0] + even;
      LANES_AT(place + stride) = (t[i][1] - t[i][2]) * 0.5f;
      LANES_AT(place + 2 * stride) = t[i][3] + even;
    }
  }
}

#endif
