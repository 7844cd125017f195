// Edges that are part of the images, where oneDNN gets them wrong.

#ifndef TANREN_CONVOLUTION_PADDING_H
#define TANREN_CONVOLUTION_PADDING_H

#include <stdbool.h>

#include "convolution_plan.h"

// A convolution whose input has its edges in it.
typedef struct {
  TanrenConvolution convolution;
  int64_t input[5], low[3], high[3];
  void *images;
} TanrenPadded;

// Whether oneDNN 3.2 computes the kernel's gradient wrongly: where an element of the kernel meets nothing but edges,
// or the edges are together as long as the kernel, it reads working memory that it hasn't written.
bool tanren_convolution_needs_padding(const TanrenConvolution *convolution);

// Copies the images into cleared memory with room for the edges, which the caller frees. Returns whether there was any.
bool tanren_convolution_pad(const TanrenConvolution *convolution, const void *images, TanrenPadded *padded);

#endif
