// X^T X by AVX-512 or AVX2, for processors that have one of them: there it takes four fifths to nine tenths of the time of
// OpenBLAS' dsyrk and dgemm in tiles, and it doesn't depend on the processor that OpenBLAS takes this one for.

#ifndef TANREN_WIDE_PRODUCT_H
#define TANREN_WIDE_PRODUCT_H

#include "symmetric_product.h"

// Whether this processor can.
bool tanren_has_wide_product(void);

// As `tanren_symmetric_product`; there is a step at least.
bool tanren_wide_product(
  XLA_FFI_CallFrame *frame, const TanrenRows *rows, int64_t index, double *product, int64_t count, const TanrenPhase *then);

#endif
