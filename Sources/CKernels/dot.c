#include <stdatomic.h>
#include <stdlib.h>

#include "element.h"
#include "handlers.h"
#include "plan.h"

// A matrix product [..., rows, inner] x [..., inner, columns], or an array of its shape plus the product times a number, if these
// are further arguments; the result may lie where that array does. Attributes: transposed_left and transposed_right,
// whether the array's last two axes are exchanged. All leading axes are batch axes.
//
// XLA's threads share the product's rows or its columns, whichever are more, in parts that don't depend on how many threads
// there are. Waking OpenMP's would take longer, and they keep the processor for a while after.

// Rows or columns of a part are a multiple of `GRAIN`, and its products of elements so many at least.
enum { GRAIN = 64 };
static const int64_t FEWEST = 1 << 24;

// Of the product of whole matrices or, if `axis` isn't negative, of `length` rows (0) or columns (1).
typedef struct {
  int rank, type, axis;
  int64_t length;
  const int64_t *extents[3];
  bool is_transposed[3];
  // Whether the product is added to what the result holds.
  bool is_added;
} Geometry;

// The arrays that have rows and columns of the product.
static bool has_axis(int which, int axis) { return which == 2 || which == axis; }

static int matrix(dnnl_memory_desc_t *description, const Geometry *geometry, int which) {
  int rank = geometry->rank;
  const int64_t *extents = geometry->extents[which];
  dnnl_dims_t dims, strides;
  int64_t stride = 1;
  for (int axis = rank - 1; axis >= 0; axis--) {
    int place = axis < rank - 2 || !geometry->is_transposed[which] ? axis : 2 * rank - 3 - axis;
    dims[place] = extents[axis];
    strides[place] = stride;
    stride *= extents[axis];
  }
  if (geometry->axis >= 0 && has_axis(which, geometry->axis)) dims[rank - 2 + geometry->axis] = geometry->length;
  return tanren_dnnl()->dnnl_memory_desc_create_with_strides(description, rank, dims, geometry->type, strides);
}

static int make(TanrenPlan *plan, const void *context) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  dnnl_memory_desc_t descriptions[3] = {NULL};
  int arrays[3];
  int status = dnnl_success;
  for (int i = 0; i < 3 && status == dnnl_success; i++) {
    status = matrix(&descriptions[i], context, i);
    if (status == dnnl_success) arrays[i] = tanren_plan_add_array(plan, descriptions[i], i);
  }
  if (status == dnnl_success) {
    dnnl_primitive_attr_t attributes = tanren_plan_attributes();
    dnnl_post_ops_t sum = NULL;
    if (((const Geometry *)context)->is_added) {
      status = dnnl->dnnl_post_ops_create(&sum);
      if (status == dnnl_success) status = dnnl->dnnl_post_ops_append_sum(sum, 1, 0, 0);
      if (status == dnnl_success) status = dnnl->dnnl_primitive_attr_set_post_ops(attributes, sum);
    }
    dnnl_primitive_desc_t operation = NULL;
    if (status == dnnl_success) {
      status = dnnl->dnnl_matmul_primitive_desc_create(
        &operation, dnnl->engine, descriptions[0], descriptions[1], NULL, descriptions[2], attributes);
    }
    if (sum != NULL) dnnl->dnnl_post_ops_destroy(sum);
    if (attributes != NULL) dnnl->dnnl_primitive_attr_destroy(attributes);
    if (status == dnnl_success) {
      status = tanren_plan_add_step(
        plan, operation, 3,
        (int[][2]){{DNNL_ARG_SRC, arrays[0]}, {DNNL_ARG_WEIGHTS, arrays[1]}, {DNNL_ARG_DST, arrays[2]}});
    }
  }
  for (int i = 0; i < 3; i++) {
    if (descriptions[i] != NULL) dnnl->dnnl_memory_desc_destroy(descriptions[i]);
  }
  return status;
}

static bool fits(const Geometry *geometry) {
  int rank = geometry->rank;
  for (int axis = 0; axis < rank - 2; axis++) {
    for (int i = 0; i < 2; i++) {
      if (geometry->extents[i][axis] != geometry->extents[2][axis]) return false;
    }
  }
  int row = rank - 2, column = rank - 1;
  const int64_t *left = geometry->extents[0], *right = geometry->extents[1], *product = geometry->extents[2];
  int left_row = geometry->is_transposed[0] ? column : row, right_row = geometry->is_transposed[1] ? column : row;
  return left[left_row] == product[row] && right[row + column - right_row] == product[column] &&
    left[row + column - left_row] == right[right_row];
}

static TanrenKey key_of(const Geometry *geometry) {
  TanrenKey key = {0};
  // Beside the kinds of convolution.
  tanren_key_add(&key, 16);
  tanren_key_add(&key, geometry->type);
  tanren_key_add(&key, geometry->rank);
  for (int i = 0; i < 3; i++) tanren_key_add_all(&key, geometry->extents[i], geometry->rank);
  tanren_key_add(&key, geometry->is_transposed[0]);
  tanren_key_add(&key, geometry->is_transposed[1]);
  tanren_key_add(&key, geometry->axis);
  tanren_key_add(&key, geometry->length);
  tanren_key_add(&key, geometry->is_added);
  return key;
}

typedef struct {
  Geometry geometry;
  int64_t extent;
  void *arrays[3];
  atomic_int status;
} Parts;

static void run_part(void *context, int64_t index) {
  Parts *parts = context;
  Geometry geometry = parts->geometry;
  int64_t start = index * geometry.length, size = geometry.type == dnnl_bf16 ? sizeof(tanren_bf16) : sizeof(float);
  geometry.length = tanren_least(geometry.length, parts->extent - start);
  void *arrays[3];
  for (int i = 0; i < 3; i++) {
    // From one row or column to the next.
    bool is_last = (geometry.axis == 1) != geometry.is_transposed[i];
    int64_t step = is_last ? 1 : geometry.extents[i][geometry.rank - 1];
    arrays[i] = (char *)parts->arrays[i] + (has_axis(i, geometry.axis) ? start * step * size : 0);
  }
  int status = tanren_plan_run_alone(key_of(&geometry), make, &geometry, arrays);
  if (status != dnnl_success) atomic_store(&parts->status, status);
}

static int run(const XLA_FFI_CallFrame *frame, const Geometry *geometry, void *const *arrays) {
  int rank = geometry->rank;
  const int64_t *product = geometry->extents[2];
  Parts parts = {.geometry = *geometry, .arrays = {arrays[0], arrays[1], arrays[2]}};
  int axis = product[rank - 1] > product[rank - 2];
  int64_t left_inner = geometry->extents[0][geometry->is_transposed[0] ? rank - 2 : rank - 1], products = left_inner;
  for (int i = 0; i < rank; i++) products *= product[i];
  parts.extent = product[rank - 2 + axis];
  int64_t most = tanren_least((parts.extent + GRAIN - 1) / GRAIN, products / FEWEST);
  if (most < 2 || !tanren_plan_can_run_alone()) {
    TanrenKey key = key_of(geometry);
    return tanren_plan_can_run_alone() ? tanren_plan_run_alone(key, make, geometry, arrays)
                                       : tanren_plan_run(&key, make, geometry, arrays);
  }
  parts.geometry.axis = axis;
  parts.geometry.length = (parts.extent / most + GRAIN - 1) / GRAIN * GRAIN;
  tanren_parallel(frame, (parts.extent + parts.geometry.length - 1) / parts.geometry.length, run_part, &parts);
  return atomic_load(&parts.status);
}

// The product times a number is the product with one of the matrices times it: the smaller one, in memory that the caller frees.
static int scale(const XLA_FFI_CallFrame *frame, float factor, void **arrays) {
  int64_t counts[2] = {tanren_element_count(tanren_argument(frame, 0)), tanren_element_count(tanren_argument(frame, 1))};
  int which = counts[1] < counts[0];
  float *scaled = malloc((size_t)counts[which] * sizeof *scaled);
  if (scaled == NULL) return -1;
  const float *numbers = arrays[which];
  for (int64_t i = 0; i < counts[which]; i++) scaled[i] = numbers[i] * factor;
  arrays[which] = scaled;
  return which;
}

XLA_FFI_Error *tanren_dot(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  const XLA_FFI_Buffer *addend = tanren_argument(frame, 2), *factor = tanren_argument(frame, 3);
  if (!tanren_has(frame, addend == NULL ? 2 : 4, 1)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a matrix product takes two arrays, or an array and a number besides");
  }
  const XLA_FFI_Buffer *arrays[3] = {tanren_argument(frame, 0), tanren_argument(frame, 1), tanren_result(frame, 0)};
  int64_t rank = arrays[0]->rank, left, right;
  Geometry geometry = {.rank = (int)rank, .type = tanren_dnnl_type(arrays[0]->dtype), .axis = -1, .is_added = addend != NULL};
  bool is_sound = rank >= 2 && rank <= 6 && geometry.type != 0;
  for (int i = 0; i < 3; i++) {
    is_sound = is_sound && arrays[i]->rank == rank && arrays[i]->dtype == arrays[0]->dtype;
    geometry.extents[i] = arrays[i]->dims;
  }
  if (addend != NULL) {
    is_sound = is_sound && geometry.type == dnnl_f32 && tanren_has_type_of(addend, arrays[2]) && factor->rank == 0 &&
      factor->dtype == XLA_FFI_DataType_F32;
  }
  is_sound = is_sound && tanren_integer(frame, "transposed_left", &left) &&
    tanren_integer(frame, "transposed_right", &right);
  if (is_sound) {
    geometry.is_transposed[0] = left != 0;
    geometry.is_transposed[1] = right != 0;
  }
  if (!is_sound || !fits(&geometry)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a matrix product: the arrays' types or extents don't fit");
  }
  int64_t elements = tanren_element_count(arrays[2]);
  if (addend != NULL && addend->data != arrays[2]->data) {
    memcpy(arrays[2]->data, addend->data, (size_t)elements * sizeof(float));
  }
  bool is_empty = tanren_element_count(arrays[0]) == 0 || tanren_element_count(arrays[1]) == 0;
  if (addend != NULL && (elements == 0 || is_empty)) return NULL;
  if (tanren_plan_sums_nothing(frame)) return NULL;
  TanrenKey key = key_of(&geometry);
  XLA_FFI_Error *error = tanren_plan_check(frame, "a matrix product", &key);
  if (error != NULL) return error;
  void *data[] = {arrays[0]->data, arrays[1]->data, arrays[2]->data};
  int scaled = addend == NULL ? 2 : scale(frame, *(const float *)factor->data, data);
  int status = scaled < 0 ? dnnl_out_of_memory : run(frame, &geometry, data);
  if (scaled == 0 || scaled == 1) free(data[scaled]);
  return tanren_plan_error(frame, "a matrix product", status);
}
