#include "plan.h"

#include <string.h>

enum { ALIGNMENT = TANREN_PLAN_ALIGNMENT };

void tanren_key_add(TanrenKey *key, int64_t value) {
  if (key->length < TANREN_KEY_LENGTH) key->values[key->length++] = value;
}

void tanren_key_add_all(TanrenKey *key, const int64_t *values, int64_t count) {
  for (int64_t i = 0; i < count; i++) tanren_key_add(key, values[i]);
}

int tanren_plan_add_array(TanrenPlan *plan, const_dnnl_memory_desc_t description, int index) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  if (plan->array_count == TANREN_PLAN_ARRAYS) return -1;
  TanrenArray *array = &plan->arrays[plan->array_count];
  if (dnnl->dnnl_memory_create(&array->memory, description, dnnl->engine, NULL) != dnnl_success) return -1;
  array->index = index;
  array->offset = plan->size;
  if (index < 0) {
    plan->size += (dnnl->dnnl_memory_desc_get_size(description) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
  return plan->array_count++;
}

int tanren_plan_add_step(TanrenPlan *plan, dnnl_primitive_desc_t description, int count, const int (*arguments)[2]) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  int status = dnnl_out_of_memory;
  const_dnnl_memory_desc_t scratch = dnnl->dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
  int scratch_array = -1;
  if (scratch != NULL && dnnl->dnnl_memory_desc_get_size(scratch) > 0) {
    scratch_array = tanren_plan_add_array(plan, scratch, -1);
    if (scratch_array < 0) goto end;
  }
  if (plan->step_count == TANREN_PLAN_STEPS) goto end;
  TanrenStep *step = &plan->steps[plan->step_count];
  step->count = 0;
  for (int i = 0; i < count; i++) {
    if (arguments[i][1] < 0) goto end;
    step->names[step->count] = arguments[i][0];
    step->arrays[step->count++] = arguments[i][1];
  }
  if (scratch_array >= 0) {
    step->names[step->count] = DNNL_ARG_SCRATCHPAD;
    step->arrays[step->count++] = scratch_array;
  }
  status = dnnl->dnnl_primitive_create(&step->primitive, description);
  if (status == dnnl_success) plan->step_count++;
end:
  dnnl->dnnl_primitive_desc_destroy(description);
  return status;
}

int tanren_plan_add_reorder(
  TanrenPlan *plan, const_dnnl_memory_desc_t from, int source, const_dnnl_memory_desc_t to, int target) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  dnnl_primitive_attr_t attributes = tanren_plan_attributes();
  dnnl_primitive_desc_t description = NULL;
  int status = dnnl->dnnl_reorder_primitive_desc_create(
    &description, from, dnnl->engine, to, dnnl->engine, attributes);
  if (attributes != NULL) dnnl->dnnl_primitive_attr_destroy(attributes);
  if (status != dnnl_success) return status;
  return tanren_plan_add_step(plan, description, 2, (int[][2]){{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, target}});
}

dnnl_primitive_attr_t tanren_plan_attributes(void) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  dnnl_primitive_attr_t attributes = NULL;
  if (dnnl->dnnl_primitive_attr_create(&attributes) != dnnl_success) return NULL;
  dnnl->dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  return attributes;
}

XLA_FFI_Error *tanren_plan_error(const XLA_FFI_CallFrame *frame, const char *operation, int status) {
  if (status == dnnl_success) return NULL;
  if (status == dnnl_out_of_memory) {
    return tanren_error(frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "%s: there isn't enough memory", operation);
  }
  if (status == dnnl_unimplemented) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_UNIMPLEMENTED,
      "%s: oneDNN has no code for this geometry: set TANREN_KERNELS=off to use XLA's", operation);
  }
  return tanren_error(frame, XLA_FFI_Error_Code_INTERNAL, "%s: oneDNN failed with status %d", operation, status);
}

XLA_FFI_Error *tanren_plan_check(const XLA_FFI_CallFrame *frame, const char *operation, const TanrenKey *key) {
  if (tanren_dnnl() == NULL) {
    return tanren_error(frame, XLA_FFI_Error_Code_FAILED_PRECONDITION, "%s: oneDNN isn't loaded", operation);
  }
  if (key->length >= TANREN_KEY_LENGTH - 1) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "%s: there are too many axes", operation);
  }
  return NULL;
}

bool tanren_plan_sums_nothing(const XLA_FFI_CallFrame *frame) {
  bool is_empty = false;
  for (int64_t i = 0; i < frame->args.size; i++) is_empty = is_empty || tanren_element_count(tanren_argument(frame, i)) == 0;
  const XLA_FFI_Buffer *result = tanren_result(frame, 0);
  int64_t count = is_empty ? tanren_element_count(result) : 0, size = result->dtype == XLA_FFI_DataType_BF16 ? 2 : 4;
  if (count > 0) memset(result->data, 0, (size_t)(count * size));
  return is_empty;
}
