// Cholesky's decomposition in float64, in tiles that XLA's threads share.

#ifndef TANREN_FACTOR_H
#define TANREN_FACTOR_H

#include "frame.h"

// What became of a decomposition.
typedef enum { TANREN_FACTORED, TANREN_INDEFINITE, TANREN_NO_MEMORY } TanrenFactor;

// Replaces the lower triangle of the first n columns of a column-major matrix, which has `height` rows, by L with
// L L^T = A: the rows from n on, B, become B L^-T. Results don't depend on how many threads there are.
TanrenFactor tanren_factor(XLA_FFI_CallFrame *frame, double *matrix, int n, int height);

#endif
