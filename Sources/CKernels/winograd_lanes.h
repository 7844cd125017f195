// Channels side by side, and places in a tile of 4x4.

#ifndef TANREN_WINOGRAD_LANES_H
#define TANREN_WINOGRAD_LANES_H

#include "element.h"

enum { LANES = 16, POSITIONS = 16 };
typedef float Lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float))));
// Not functions: what returns vectors has another calling convention on each processor.
#define LANES_AT(place) (*(Lanes *)(place))


#endif
