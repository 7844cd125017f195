#include "matrices.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool read_array(const XLA_FFI_Buffer *buffer, char kind, const XLA_FFI_Buffer *first, TanrenBatch *batch, int place) {
  int64_t own = kind == 'M' ? 2 : 1, leading = buffer->rank - own, count = 1;
  if (buffer->dtype != (kind == 'I' ? (int)XLA_FFI_DataType_S32 : (int)first->dtype) || leading < 0) return false;
  if (place > 0 && leading != first->rank - 2) return false;
  for (int64_t axis = 0; axis < leading; axis++) {
    if (buffer->dims[axis] != first->dims[axis]) return false;
    count *= buffer->dims[axis];
  }
  int64_t rows = buffer->dims[leading], columns = own == 2 ? buffer->dims[leading + 1] : 1;
  if (rows > INT_MAX || columns > INT_MAX) return false;
  size_t element = kind == 'I' ? sizeof(int32_t) : batch->element;
  batch->count = count;
  batch->arrays[place] = (TanrenMatrices){
    buffer->data, (int)rows, (int)columns, (size_t)rows * (size_t)columns * element, element};
  return true;
}

XLA_FFI_Error *tanren_batch_read(XLA_FFI_CallFrame *frame, const char *operation, const char *kinds, TanrenBatch *batch) {
  int64_t arguments = strchr(kinds, '>') - kinds, results = (int64_t)strlen(kinds) - arguments - 1;
  if (!tanren_has(frame, arguments, results)) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "%s takes another number of arrays", operation);
  }
  const XLA_FFI_Buffer *first = tanren_argument(frame, 0);
  batch->is_double = first->dtype == XLA_FFI_DataType_F64;
  batch->element = batch->is_double ? sizeof(double) : sizeof(float);
  batch->lapack = tanren_lapack(first->dtype);
  atomic_init(&batch->has_failed, false);
  if (batch->lapack == NULL) {
    return tanren_openblas() == NULL
      ? tanren_error(frame, XLA_FFI_Error_Code_FAILED_PRECONDITION, "%s needs OpenBLAS, which isn't loaded", operation)
      : tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "%s takes float32 or float64 arrays", operation);
  }
  for (int64_t i = 0; i < arguments + results; i++) {
    const XLA_FFI_Buffer *buffer = i < arguments ? tanren_argument(frame, i) : tanren_result(frame, i - arguments);
    if (!read_array(buffer, kinds[i < arguments ? i : i + 1], first, batch, (int)i)) {
      return tanren_batch_misfit(frame, operation);
    }
  }
  return NULL;
}

bool tanren_batch_is(const TanrenBatch *batch, int array, int rows, int columns) {
  return batch->arrays[array].rows == rows && batch->arrays[array].columns == columns;
}

XLA_FFI_Error *tanren_batch_misfit(const XLA_FFI_CallFrame *frame, const char *operation) {
  return tanren_error(
    frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "%s: the arrays' types or extents don't fit", operation);
}

typedef struct {
  TanrenBatch *batch;
  bool (*body)(const TanrenBatch *, int64_t);
} Run;

static void run_one(void *context, int64_t index) {
  Run *run = context;
  if (!run->body(run->batch, index)) atomic_store(&run->batch->has_failed, true);
}

XLA_FFI_Error *tanren_batch_run(
  XLA_FFI_CallFrame *frame, const char *operation, TanrenBatch *batch, bool (*body)(const TanrenBatch *, int64_t)) {
  Run run = {batch, body};
  tanren_parallel(frame, batch->count, run_one, &run);
  if (!atomic_load(&batch->has_failed)) return NULL;
  return tanren_error(frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "%s: out of memory", operation);
}

void *tanren_member(const TanrenBatch *batch, int array, int64_t index) {
  return batch->arrays[array].data + (size_t)index * batch->arrays[array].stride;
}

void *tanren_elements(const TanrenBatch *batch, int64_t count) { return malloc(((size_t)count + 1) * batch->element); }

int *tanren_integers_for(int64_t count) { return malloc(((size_t)count + 1) * sizeof(int)); }

double tanren_number(const TanrenBatch *batch, const void *data, int64_t index) {
  return batch->is_double ? ((const double *)data)[index] : (double)((const float *)data)[index];
}

bool tanren_is_finite(const TanrenBatch *batch, const void *data, int64_t count) {
  // What isn't finite gives NaN, and nothing brings it back to 0.
  if (batch->is_double) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) sum += ((const double *)data)[i] * 0;
    return sum == 0;
  }
  float sum = 0;
  for (int64_t i = 0; i < count; i++) sum += ((const float *)data)[i] * 0;
  return sum == 0;
}

void tanren_fill_nan(const TanrenBatch *batch, int first, int count, int64_t index) {
  for (int array = first; array < first + count; array++) {
    char *data = tanren_member(batch, array, index);
    size_t element = batch->arrays[array].element, elements = batch->arrays[array].stride / element;
    if (element != batch->element) {
      memset(data, 0, batch->arrays[array].stride);
    } else if (batch->is_double) {
      for (size_t i = 0; i < elements; i++) ((double *)data)[i] = NAN;
    } else {
      for (size_t i = 0; i < elements; i++) ((float *)data)[i] = NAN;
    }
  }
}

void tanren_clear_triangle(const TanrenBatch *batch, void *matrix, int rows, int columns, bool is_upper) {
  for (int64_t j = 0; j < columns; j++) {
    int64_t begin = is_upper ? 0 : j + 1, end = is_upper && j < rows ? j : rows;
    if (begin < end) {
      memset((char *)matrix + (size_t)(j * rows + begin) * batch->element, 0, (size_t)(end - begin) * batch->element);
    }
  }
}
