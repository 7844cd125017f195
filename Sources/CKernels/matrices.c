#include "matrices.h"

// Matrices from which on a thread takes one at a time.
enum { MANY = 4 };

void tanren_spread(const tanren_threads *threads, int64_t count, void (*body)(void *, int64_t), void *context) {
  if (threads->is_shared) {
    tanren_parallel(threads->frame, count, body, context);
    return;
  }
  for (int64_t index = 0; index < count; index++) body(context, index);
}

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

XLA_FFI_Error *tanren_run_matrices(
  XLA_FFI_CallFrame *frame, tanren_matrices *batch, int64_t count, void (*body)(void *, int64_t)) {
  atomic_init(&batch->failed, false);
  batch->threads = (tanren_threads){frame, count < MANY};
  if (count < MANY) {
    for (int64_t index = 0; index < count; index++) body(batch, index);
  } else {
    tanren_parallel(frame, count, body, batch);
  }
  if (!atomic_load(&batch->failed)) return NULL;
  return tanren_error(frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "a product or solution of matrices: out of memory");
}
