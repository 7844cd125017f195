#include "frame.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

char tanren_memory;

bool tanren_is_preparation(XLA_FFI_CallFrame *frame) {
  TANREN_TAKE_OVER(&tanren_memory);
  XLA_FFI_Extension_Base *extension = frame->extension_start;
  if (extension != NULL && extension->type == XLA_FFI_Extension_Metadata) {
    // The version is the caller's: it refuses later ones, and what is used here is the same in all it may be.
    XLA_FFI_Metadata *metadata = ((XLA_FFI_Metadata_Extension *)extension)->metadata;
    metadata->api_version.major_version = frame->api->api_version.major_version;
    metadata->api_version.minor_version = frame->api->api_version.minor_version;
    metadata->traits = 0;
    return true;
  }
  return frame->stage != XLA_FFI_ExecutionStage_EXECUTE;
}

XLA_FFI_Error *tanren_error(const XLA_FFI_CallFrame *frame, XLA_FFI_Error_Code code, const char *format, ...) {
  char message[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  XLA_FFI_Error_Create_Args create = {.struct_size = sizeof create, .message = message, .errc = code};
  return frame->api->XLA_FFI_Error_Create(&create);
}

const XLA_FFI_Buffer *tanren_argument(const XLA_FFI_CallFrame *frame, int64_t index) {
  return index < frame->args.size ? frame->args.args[index] : NULL;
}

const XLA_FFI_Buffer *tanren_result(const XLA_FFI_CallFrame *frame, int64_t index) {
  return index < frame->rets.size ? frame->rets.rets[index] : NULL;
}

bool tanren_has(const XLA_FFI_CallFrame *frame, int64_t arguments, int64_t results) {
  return frame->args.size == arguments && frame->rets.size == results;
}

static const void *attribute(const XLA_FFI_CallFrame *frame, const char *name, int type) {
  size_t length = strlen(name);
  for (int64_t i = 0; i < frame->attrs.size; i++) {
    const XLA_FFI_ByteSpan *span = frame->attrs.names[i];
    if (frame->attrs.types[i] == type && span->len == length && memcmp(span->ptr, name, length) == 0) {
      return frame->attrs.attrs[i];
    }
  }
  return NULL;
}

const int64_t *tanren_integers(const XLA_FFI_CallFrame *frame, const char *name, size_t count) {
  const XLA_FFI_Array *array = attribute(frame, name, XLA_FFI_AttrType_ARRAY);
  return array != NULL && array->dtype == XLA_FFI_DataType_S64 && array->size == count ? array->data : NULL;
}

bool tanren_integer(const XLA_FFI_CallFrame *frame, const char *name, int64_t *value) {
  const XLA_FFI_Scalar *scalar = attribute(frame, name, XLA_FFI_AttrType_SCALAR);
  if (scalar == NULL || scalar->dtype != XLA_FFI_DataType_S64) return false;
  memcpy(value, scalar->value, sizeof *value);
  return true;
}

bool tanren_double(const XLA_FFI_CallFrame *frame, const char *name, double *value) {
  const XLA_FFI_Scalar *scalar = attribute(frame, name, XLA_FFI_AttrType_SCALAR);
  if (scalar == NULL || scalar->dtype != XLA_FFI_DataType_F64) return false;
  memcpy(value, scalar->value, sizeof *value);
  return true;
}

bool tanren_has_type_of(const XLA_FFI_Buffer *array, const XLA_FFI_Buffer *other) {
  return array->dtype == other->dtype && array->rank == other->rank &&
    memcmp(array->dims, other->dims, (size_t)array->rank * sizeof *array->dims) == 0;
}

int64_t tanren_element_count(const XLA_FFI_Buffer *buffer) {
  int64_t count = 1;
  for (int64_t i = 0; i < buffer->rank; i++) count *= buffer->dims[i];
  return count;
}
