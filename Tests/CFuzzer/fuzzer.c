#include "CFuzzer.h"

// Of libFuzzer without a main function.
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*read)(const uint8_t *bytes, size_t count));

int tanren_fuzz(int count, char **arguments, int (*read)(const uint8_t *bytes, size_t count)) {
  return LLVMFuzzerRunDriver(&count, &arguments, read);
}
