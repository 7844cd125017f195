// A target needs a source file; the interface is all in the header.
#include "pjrt.h"
