// The transforms of Winograd's F(2x2, 3x3) for tiles of images, over channels; those for kernels are in
// winograd_kernels.h. Lavin and Gray, Fast algorithms for convolutional neural networks (2016), give the matrices:
// with d the 4x4 input, g the 3x3 kernel and y the 2x2 output of a tile, y = A'[(G g G') (B' d B)]A, products in
// parentheses being elementwise.

#ifndef TANREN_WINOGRAD_TILES_H
#define TANREN_WINOGRAD_TILES_H

#include "winograd_lanes.h"

// B' d B: 16 pixels to 16 rows that are `stride` apart.
TANREN_FORMS(void, transform_input,
  (float *const *pixels, float *rows, int64_t stride, int64_t channels),
  (pixels, rows, stride, channels)) {
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
TANREN_FORMS(void, transform_output,
  (const float *rows, int64_t stride, float *const *pixels, int64_t channels),
  (rows, stride, pixels, channels)) {
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
TANREN_FORMS(void, transform_cotangent,
  (float *const *pixels, float *rows, int64_t stride, int64_t channels),
  (pixels, rows, stride, channels)) {
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

#endif
