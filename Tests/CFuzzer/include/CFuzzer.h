// libFuzzer's loop around a function.

#ifndef TANREN_FUZZER_H
#define TANREN_FUZZER_H

#include <stddef.h>
#include <stdint.h>

// Calls `read` with inputs that it makes up, by libFuzzer's arguments. Returns the program's status.
int tanren_fuzz(int count, char **arguments, int (*read)(const uint8_t *bytes, size_t count));

#endif
