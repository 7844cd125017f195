// The functions that XLA calls; their arguments and results are described where they are implemented.

#ifndef TANREN_RESERVOIR_HANDLERS_H
#define TANREN_RESERVOIR_HANDLERS_H

#include "frame.h"

XLA_FFI_Error *tanren_reservoir(XLA_FFI_CallFrame *frame);
XLA_FFI_Error *tanren_ridge(XLA_FFI_CallFrame *frame);

#endif
