// The part of SHA-256 that takes the time, in C so that builds for debugging check an engine of hundreds of
// megabytes in seconds too.

#ifndef TANREN_SHA256_H
#define TANREN_SHA256_H

#include <stddef.h>
#include <stdint.h>

// Takes `count` blocks of 64 bytes into the state (FIPS 180-4, section 6.2.2).
void tanren_sha256_blocks(uint32_t state[8], const uint8_t *blocks, size_t count);

#endif
