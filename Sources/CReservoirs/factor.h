// Cholesky's decomposition in float64, in tiles that XLA's threads share.

#ifndef TANREN_FACTOR_H
#define TANREN_FACTOR_H

#include "frame.h"

// What became of a decomposition.
typedef enum { TANREN_FACTORED, TANREN_INDEFINITE, TANREN_NO_MEMORY } TanrenFactor;

typedef struct TanrenFactoring TanrenFactoring;

// Prepares to replace the lower triangle of the first n columns of a column-major matrix, which has `height` rows, by L with
// L L^T = A: the rows from n on, B, become B L^-T. The matrix isn't read yet. NULL if there is no memory.
TanrenFactoring *tanren_factoring(double *matrix, int n, int height);

// What does it. Results don't depend on how many threads there are.
TanrenPhase tanren_factoring_phase(TanrenFactoring *factoring);

// Frees it; returns what became of it.
TanrenFactor tanren_factoring_end(TanrenFactoring *factoring);

#endif
