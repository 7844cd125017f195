// Cholesky's decomposition in float64.

#ifndef TANREN_CHOLESKY_H
#define TANREN_CHOLESKY_H

#include "crew.h"

// Writes the solutions [n, sides] of A x = b, NaN where A isn't positive definite. `rows`, [n + sides, n] with `stride`
// between rows, has the lower triangle of A, and below it the right sides, one a row; it is used up. Returns whether there
// was memory for it.
bool tanren_cholesky_solve(
  tanren_crew *crew, double *rows, int64_t n, int64_t sides, int64_t stride, double *solutions);

#endif
