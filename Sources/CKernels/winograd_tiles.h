// The transforms of Winograd's F(2x2, 3x3) for tiles of images and for kernels, over channels. Lavin and Gray, Fast
// algorithms for convolutional neural networks (2016), give the matrices: with d the 4x4 input, g the 3x3 kernel
// and y the 2x2 output of a tile, y = A'[(G g G') (B' d B)]A, products in parentheses being elementwise.

#ifndef TANREN_WINOGRAD_TILES_H
#define TANREN_WINOGRAD_TILES_H

#include "element.h"

enum { LANES = 16, POSITIONS = 16 };
typedef float Lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float))));
// Not functions: what returns vectors has another calling convention on each processor.
#define LANES_AT(place) (*(Lanes *)(place))

// B' d B: 16 pixels to 16 rows that are `stride` apart.
TANREN_VECTORIZED static void transform_input(
  float *const *pixels, float *rows, int64_t stride, int64_t channels) {
  for (int64_t c = 0; c < channels; c += LANES) {
    Lanes t[4][4];
    for (int j = 0; j < 4; j++) {
      Lanes d0 = LANES_AT(pixels[j] + c), d1 = LANES_AT(pixels[4 + j] + c);
      Lanes d2 = LANES_AT(pixels[8 + j] + c), d3 = LANES_AT(pixels[12 + j] + c);
      t[0][j] = d0 - d2;
      t[1][j] = d1 + d2;
      t[2][j] = d2 - d1;
      t[3][j] = d1 - d3;
    }
    for (int i = 0; i < 4; i++) {
      float *row = rows + 4 * i * stride + c;
      LANES_AT(row) = t[i][0] - t[i][2];
      LANES_AT(row + stride) = t[i][1] + t[i][2];
      LANES_AT(row + 2 * stride) = t[i][2] - t[i][1];
      LANES_AT(row + 3 * stride) = t[i][1] - t[i][3];
    }
  }
}

// A' m A: 16 rows that are `stride` apart to 4 pixels.
TANREN_VECTORIZED static void transform_output(
  const float *rows, int64_t stride, float *const *pixels, int64_t channels) {
  for (int64_t c = 0; c < channels; c += LANES) {
    Lanes t[2][4];
    for (int j = 0; j < 4; j++) {
      const float *row = rows + j * stride + c;
      Lanes m1 = LANES_AT(row + 4 * stride), m2 = LANES_AT(row + 8 * stride);
      t[0][j] = LANES_AT(row) + m1 + m2;
      t[1][j] = m1 - m2 - LANES_AT(row + 12 * stride);
    }
    for (int i = 0; i < 2; i++) {
      LANES_AT(pixels[2 * i] + c) = t[i][0] + t[i][1] + t[i][2];
      LANES_AT(pixels[2 * i + 1] + c) = t[i][1] - t[i][2] - t[i][3];
    }
  }
}

// A y A', the adjoint of the above: 4 pixels to 16 rows.
TANREN_VECTORIZED static void transform_cotangent(
  float *const *pixels, float *rows, int64_t stride, int64_t channels) {
  for (int64_t c = 0; c < channels; c += LANES) {
    Lanes t[4][2];
    for (int j = 0; j < 2; j++) {
      Lanes y0 = LANES_AT(pixels[j] + c), y1 = LANES_AT(pixels[2 + j] + c);
      t[0][j] = y0;
      t[1][j] = y0 + y1;
      t[2][j] = y0 - y1;
      t[3][j] = -y1;
    }
    for (int i = 0; i < 4; i++) {
      float *row = rows + 4 * i * stride + c;
      LANES_AT(row) = t[i][0];
      LANES_AT(row + stride) = t[i][0] + t[i][1];
      LANES_AT(row + 2 * stride) = t[i][0] - t[i][1];
      LANES_AT(row + 3 * stride) = -t[i][1];
    }
  }
}

// G g G': the 9 places of a kernel, `stride` apart, to 16.
TANREN_VECTORIZED static void transform_kernel(const float *kernel, float *result, int64_t stride, int64_t count) {
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
TANREN_VECTORIZED static void transform_kernel_gradient(
  const float *sums, int64_t terms, int64_t distance, float *kernel, int64_t stride, int64_t count) {
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
