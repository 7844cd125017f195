#include "matrices.h"

// Matrices from which on a thread takes one at a time.
enum { MANY = 4 };

bool tanren_read_matrices(const XLA_FFI_Buffer *const buffers[], int count, int64_t *batch) {
  int64_t rank = buffers[0]->rank;
  *batch = 1;
  if (rank < 2) return false;
  for (int i = 0; i < count; i++) {
    if (buffers[i] == NULL || buffers[i]->rank != rank || buffers[i]->dtype != XLA_FFI_DataType_F64) return false;
    for (int64_t axis = 0; axis < rank - 2; axis++) {
      if (buffers[i]->dims[axis] != buffers[0]->dims[axis]) return false;
    }
  }
  for (int64_t axis = 0; axis < rank - 2; axis++) *batch *= buffers[0]->dims[axis];
  return true;
}

bool tanren_read_parts(const XLA_FFI_Buffer *const buffers[], int64_t count, tanren_matrices *batch) {
  int64_t rank = buffers[0]->rank;
  batch->rows = buffers[0]->dims[rank - 2];
  batch->columns = 0;
  for (int64_t i = 0; i < count; i++) {
    int64_t columns = buffers[i]->dims[rank - 1];
    if (i == TANREN_PARTS || buffers[i]->dims[rank - 2] != batch->rows || columns == 0) return false;
    batch->parts[i] = (tanren_columns){buffers[i]->data, columns};
    batch->columns += columns;
  }
  return true;
}

bool tanren_multiply_parts(const tanren_matrices *batch, int64_t index, double *product) {
  tanren_columns parts[TANREN_PARTS];
  for (int64_t i = 0; i < TANREN_PARTS; i++) {
    tanren_columns part = batch->parts[i];
    parts[i] = (tanren_columns){part.data + index * batch->rows * part.columns, part.columns};
  }
  return tanren_symmetric_product(batch->crew, parts, batch->rows, batch->columns, product);
}

XLA_FFI_Error *tanren_run_matrices(
  XLA_FFI_CallFrame *frame, tanren_matrices *batch, int64_t count, void (*body)(void *, int64_t)) {
  atomic_init(&batch->failed, false);
  if (count < MANY) {
    batch->crew = tanren_crew_begin(frame);
    for (int64_t index = 0; index < count; index++) body(batch, index);
    tanren_crew_end(batch->crew);
  } else {
    tanren_parallel(frame, count, body, batch);
  }
  if (!atomic_load(&batch->failed)) return NULL;
  return tanren_error(frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "a product or solution of matrices: out of memory");
}
