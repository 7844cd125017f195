// The state loop of echo state networks and ridge regression, as custom calls of XLA programs.

#ifndef TANREN_RESERVOIR_KERNELS_H
#define TANREN_RESERVOIR_KERNELS_H

#include "kernels.h"

// All kernels, and how many there are.
const TanrenKernel *tanren_reservoir_kernels(size_t *count);

#endif
