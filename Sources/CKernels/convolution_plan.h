// Convolutions and their gradients as plans of oneDNN.

#ifndef TANREN_CONVOLUTION_PLAN_H
#define TANREN_CONVOLUTION_PLAN_H

#include "plan.h"

typedef enum { FORWARD, INPUT_GRADIENT, KERNEL_GRADIENT } TanrenConvolutionKind;

typedef struct {
  TanrenConvolutionKind kind;
  int type;
  // The gradient of a kernel may be in single precision where the images aren't.
  int kernel_type;
  int space;
  const int64_t *input, *kernel, *output;
  const int64_t *strides, *low, *high, *dilation;
  int64_t groups;
} TanrenConvolution;

// Fills in a plan; `context` is a TanrenConvolution. The caller's arrays are input, kernel and output, whichever of them is
// the result.
int tanren_convolution_make(TanrenPlan *plan, const void *context);

TanrenKey tanren_convolution_key(const TanrenConvolution *convolution);

#endif
