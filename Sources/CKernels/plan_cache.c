#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

// Idle plans, the one used last first.
enum { PLAN_LIMIT = 512, MEMORY_LIMIT = 16 };
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
  memory.size = (size + TANREN_PLAN_ALIGNMENT) / TANREN_PLAN_ALIGNMENT * TANREN_PLAN_ALIGNMENT;
  if (posix_memalign(&memory.start, TANREN_PLAN_ALIGNMENT, memory.size) != 0) memory.start = NULL;
  return memory;
}

static void return_memory(Memory memory) {
  pthread_mutex_lock(&lock);
  bool is_kept = memory_count < MEMORY_LIMIT;
  if (is_kept) memories[memory_count++] = memory;
  pthread_mutex_unlock(&lock);
  if (!is_kept) free(memory.start);
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

int tanren_plan_run(const TanrenKey *key, TanrenMake *make, const void *geometry, void *const *arrays) {
  TanrenPlan *plan = take(key);
  if (plan == NULL) {
    plan = calloc(1, sizeof *plan);
    if (plan == NULL) return dnnl_out_of_memory;
    plan->key = *key;
    int status = tanren_dnnl()->dnnl_stream_create(&plan->stream, tanren_dnnl()->engine, dnnl_stream_in_order);
    if (status == dnnl_success) status = make(plan, geometry);
    if (status != dnnl_success) {
      destroy(plan);
      return status;
    }
  }
  Memory memory = borrow(plan->size);
  int status = memory.start == NULL ? dnnl_out_of_memory : execute(plan, memory.start, arrays);
  if (memory.start != NULL) return_memory(memory);
  give_back(plan);
  return status;
}

bool tanren_plan_can_run_alone(void) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  return dnnl != NULL && dnnl->omp_set_num_threads != NULL && dnnl->omp_get_max_threads != NULL;
}

int tanren_plan_run_alone(TanrenKey key, TanrenMake *make, const void *geometry, void *const *arrays) {
  const TanrenDNNL *dnnl = tanren_dnnl();
  // How many threads an operation uses is decided where it is made, or where it is run.
  int threads = dnnl->omp_get_max_threads();
  dnnl->omp_set_num_threads(1);
  // A plan for one thread isn't one for several.
  tanren_key_add(&key, 1);
  int status = tanren_plan_run(&key, make, geometry, arrays);
  dnnl->omp_set_num_threads(threads);
  return status;
}
