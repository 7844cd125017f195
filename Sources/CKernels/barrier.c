// Results that are the arguments, each where it is: XLA computes none of what uses them before all arguments are there, and
// can't tell it from what uses the arguments themselves. Any number of arrays of any types, as many results of the same.
//
// Programs alias each result to its argument. Where an engine has copied nothing but given it other memory, this copies.

#include <string.h>

#include "handlers.h"

// Bytes of an element; 0 for a type that isn't known.
static size_t width(int type) {
  switch (type) {
    case XLA_FFI_DataType_PRED:
    case XLA_FFI_DataType_S8:
    case XLA_FFI_DataType_U8: return 1;
    case XLA_FFI_DataType_S16:
    case XLA_FFI_DataType_U16:
    case XLA_FFI_DataType_F16:
    case XLA_FFI_DataType_BF16: return 2;
    case XLA_FFI_DataType_S32:
    case XLA_FFI_DataType_U32:
    case XLA_FFI_DataType_F32: return 4;
    case XLA_FFI_DataType_S64:
    case XLA_FFI_DataType_U64:
    case XLA_FFI_DataType_F64: return 8;
    default: return 0;
  }
}

XLA_FFI_Error *tanren_barrier(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  if (frame->args.size != frame->rets.size) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "barrier: as many results as arguments are needed");
  }
  for (int64_t i = 0; i < frame->args.size; i++) {
    const XLA_FFI_Buffer *from = tanren_argument(frame, i), *to = tanren_result(frame, i);
    size_t bytes = (size_t)tanren_element_count(from) * width(from->dtype);
    if (from->dtype != to->dtype || width(from->dtype) == 0 || tanren_element_count(from) != tanren_element_count(to)) {
      return tanren_error(
        frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "barrier: result %d isn't of its argument's type", (int)i);
    }
    if (to->data != from->data && bytes > 0) memcpy(to->data, from->data, bytes);
  }
  return NULL;
}
