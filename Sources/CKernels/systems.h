// Cholesky's decomposition, for the handlers that solve with it.

#ifndef TANREN_SYSTEMS_H
#define TANREN_SYSTEMS_H

#include "openblas.h"
#include "matrices.h"

// Replaces the triangle `uplo` of a column-major matrix by its factor. Returns whether the matrix is positive definite.
bool tanren_factor_positive(const TanrenBatch *batch, const char *uplo, int n, void *matrix, int stride);

#endif
