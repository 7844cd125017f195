#include "plan.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Idle plans, the one used last first.
enum { PLAN_LIMIT = 512, MEMORY_LIMIT = 16, ALIGNMENT = 64 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static TanrenPlan *plans;
static int plan_count;

// Working memory, which plans share: one block for each call at the same time.
typedef struct {
  void *start;
  size_t size;
} Memory;
static Memory memories[MEMORY_LIMIT];
static int memory_count;

void tanren_key_add(TanrenKey *key, int64_t value) {
  if (key->length < TANREN_KEY_LENGTH) key->values[key->length++] = value;
}

void tanren_key_add_all(TanrenKey *key, const int64_t *values, int64_t count) {
  for (int64_t i = 0; i < count; i++) tanren_key_add(key, values[i]);
}

static void destroy(TanrenPlan *plan) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  for (int i = 0; i < plan->step_count; i++) dnnl->dnnl_primitive_destroy(plan->steps[i].primitive);
  for (int i = 0; i < plan->array_count; i++) dnnl->dnnl_memory_destroy(plan->arrays[i].memory);
  if (plan->stream != NULL) dnnl->dnnl_stream_destroy(plan->stream);
  free(plan);
}

static TanrenPlan *take(const TanrenKey *key) {
  TanrenPlan *found = NULL;
  pthread_mutex_lock(&lock);
  for (TanrenPlan **place = &plans; *place != NULL; place = &(*place)->next) {
    if (memcmp(&(*place)->key, key, sizeof *key) != 0) continue;
    found = *place;
    *place = found->next;
    plan_count--;
    break;
  }
  pthread_mutex_unlock(&lock);
  return found;
}

static void give_back(TanrenPlan *plan) {
  TanrenPlan *oldest = NULL;
  pthread_mutex_lock(&lock);
  plan->next = plans;
  plans = plan;
  if (++plan_count > PLAN_LIMIT) {
    TanrenPlan **place = &plans;
    while ((*place)->next != NULL) place = &(*place)->next;
    oldest = *place;
    *place = NULL;
    plan_count--;
  }
  pthread_mutex_unlock(&lock);
  if (oldest != NULL) destroy(oldest);
}

// A block of at least so many bytes; its start is NULL if there is no memory.
static Memory borrow(size_t size) {
  Memory memory = {NULL, 0};
  pthread_mutex_lock(&lock);
  if (memory_count > 0) memory = memories[--memory_count];
  pthread_mutex_unlock(&lock);
  if (memory.size >= size && memory.start != NULL) return memory;
  free(memory.start);
  memory.size = (size + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
  if (posix_memalign(&memory.start, ALIGNMENT, memory.size) != 0) memory.start = NULL;
  return memory;
}

static void return_memory(Memory memory) {
  pthread_mutex_lock(&lock);
  bool is_kept = memory_count < MEMORY_LIMIT;
  if (is_kept) memories[memory_count++] = memory;
  pthread_mutex_unlock(&lock);
  if (!is_kept) free(memory.start);
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

static int execute(TanrenPlan *plan, char *memory, void *const *arrays) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  for (int i = 0; i < plan->array_count; i++) {
    TanrenArray *array = &plan->arrays[i];
    void *start = array->index < 0 ? memory + array->offset : arrays[array->index];
    int status = dnnl->dnnl_memory_set_data_handle(array->memory, start);
    if (status != dnnl_success) return status;
  }
  for (int i = 0; i < plan->step_count; i++) {
    const TanrenStep *step = &plan->steps[i];
    dnnl_exec_arg_t arguments[4];
    for (int j = 0; j < step->count; j++) {
      arguments[j] = (dnnl_exec_arg_t){step->names[j], plan->arrays[step->arrays[j]].memory};
    }
    int status = dnnl->dnnl_primitive_execute(step->primitive, plan->stream, step->count, arguments);
    if (status != dnnl_success) return status;
  }
  return dnnl->dnnl_stream_wait(plan->stream);
}

static XLA_FFI_Error *failure(const XLA_FFI_CallFrame *frame, const char *operation, int status) {
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

XLA_FFI_Error *tanren_plan_run(
  const XLA_FFI_CallFrame *frame, const char *operation, const TanrenKey *key,
  int (*make)(TanrenPlan *plan, const void *geometry), const void *geometry, void *const *arrays) {
  if (tanren_dnnl() == NULL) {
    return tanren_error(frame, XLA_FFI_Error_Code_FAILED_PRECONDITION, "%s: oneDNN isn't loaded", operation);
  }
  if (key->length == TANREN_KEY_LENGTH) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "%s: there are too many axes", operation);
  }
  TanrenPlan *plan = take(key);
  if (plan == NULL) {
    plan = calloc(1, sizeof *plan);
    if (plan == NULL) return failure(frame, operation, dnnl_out_of_memory);
    plan->key = *key;
    int status = tanren_dnnl()->dnnl_stream_create(&plan->stream, tanren_dnnl()->engine, dnnl_stream_in_order);
    if (status == dnnl_success) status = make(plan, geometry);
    if (status != dnnl_success) {
      destroy(plan);
      return failure(frame, operation, status);
    }
  }
  Memory memory = borrow(plan->size);
  if (memory.start == NULL) {
    give_back(plan);
    return failure(frame, operation, dnnl_out_of_memory);
  }
  int status = execute(plan, memory.start, arrays);
  return_memory(memory);
  give_back(plan);
  return status == dnnl_success ? NULL : failure(frame, operation, status);
}
