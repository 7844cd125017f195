#include "pjrt.h"
