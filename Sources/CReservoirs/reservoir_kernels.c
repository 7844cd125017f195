#include "reservoir_kernels.h"

#include "reservoir_handlers.h"

// A target's number grows when its meaning changes: compiled programs outlive the library.
static const TanrenKernel kernels[] = {
  {"tanren.reservoir.3", (void *)tanren_reservoir, TANREN_NO_LIBRARY},
  {"tanren.ridge.2", (void *)tanren_ridge, TANREN_OPENBLAS},
};

const TanrenKernel *tanren_reservoir_kernels(size_t *count) {
  *count = sizeof kernels / sizeof *kernels;
  return kernels;
}
