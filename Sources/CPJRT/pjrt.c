// A target needs a source file; the interface is all in the headers.
#include "pjrt_ffi.h"
